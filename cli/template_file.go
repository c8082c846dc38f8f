package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// templateFile is an experiment template as it stands in a file, mistakes and all: what lint judges.
type templateFile struct {
	// name is shown to users; "-" is standard input.
	name string
	// document holds maps, lists, strings, json.Numbers, booleans and nil.
	document any
	// places are where values (or, of members, their names) stand, by their paths.
	places map[string]place
	// asWritten: YAML's scalars are texts as they stand in the file, but for the log's schema version.
	asWritten bool
}

// place is where something stands in a file; both count from 1.
type place struct{ line, column int }

// unreadableError says that a file cannot be read, or is neither JSON nor YAML.
type unreadableError struct {
	file string
	at   place // zero when nobody knows
	why  string
}

// Error implements error.
func (e *unreadableError) Error() string {
	switch {
	case e.at.line == 0:
		return e.file + ": " + e.why
	case e.at.column == 0:
		return fmt.Sprintf("%s:%d: %s", e.file, e.at.line, e.why)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.file, e.at.line, e.at.column, e.why)
}

// readTemplateFile reads a template with the places of its parts. The error is an *unreadableError.
func (p *process) readTemplateFile(name string) (*templateFile, error) {
	text, err := p.readFile(name)
	if err != nil {
		return nil, &unreadableError{file: name, why: strings.TrimPrefix(strings.TrimPrefix(err.Error(), "open "), name+": ")}
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	f := &templateFile{name: name, places: map[string]place{}}
	switch trimmed := bytes.TrimSpace(text); {
	case len(trimmed) == 0:
		return nil, &unreadableError{file: name, why: "is empty"}
	case trimmed[0] == '{' && !strings.HasSuffix(name, ".yaml") && !strings.HasSuffix(name, ".yml"):
		return f, f.readJSON(text)
	}
	return f, f.readYAML(text)
}

// at is where the value of a path stands, or what is nearest around it.
func (f *templateFile) at(path []string) place {
	for n := len(path); n >= 0; n-- {
		if where, known := f.places[placeKey(path[:n])]; known {
			return where
		}
	}
	return place{1, 1}
}

func placeKey(path []string) string { return strings.Join(path, "\x00") }

// below is the path of a member or an element.
func below(path []string, name string) []string { return append(path[:len(path):len(path)], name) }

// jsonReader reads JSON with the places of its parts.
type jsonReader struct {
	file    *templateFile
	text    []byte
	decoder *json.Decoder
}

func (f *templateFile) readJSON(text []byte) error {
	r := &jsonReader{f, text, json.NewDecoder(bytes.NewReader(text))}
	r.decoder.UseNumber()
	var err error
	if f.document, err = r.value(nil); err != nil {
		return r.wrong(err)
	}
	if _, err = r.decoder.Token(); !errors.Is(err, io.EOF) {
		return &unreadableError{f.name, r.next(), "something follows the template"}
	}
	return nil
}

func (r *jsonReader) wrong(err error) error {
	var unreadable *unreadableError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &unreadable):
		return err
	case errors.As(err, &syntax): // whose offset means one thing or another
		return &unreadableError{r.file.name, r.next(), "is not JSON: " + syntax.Error()}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &unreadableError{r.file.name, r.placeOf(int64(len(r.text))), "is not JSON: it ends too early"}
	}
	return &unreadableError{r.file.name, r.next(), "is not JSON: " + err.Error()}
}

// next is where the next token begins.
func (r *jsonReader) next() place {
	offset := r.decoder.InputOffset()
	for offset < int64(len(r.text)) && strings.IndexByte(" \t\r\n,:", r.text[offset]) >= 0 {
		offset++
	}
	return r.placeOf(offset)
}

func (r *jsonReader) placeOf(offset int64) place {
	before := r.text[:min(offset, int64(len(r.text)))]
	start := bytes.LastIndexByte(before, '\n') + 1
	return place{bytes.Count(before, []byte("\n")) + 1, len([]rune(string(before[start:]))) + 1}
}

func (r *jsonReader) value(path []string) (any, error) {
	if key := placeKey(path); r.file.places[key] == (place{}) {
		r.file.places[key] = r.next()
	}
	token, err := r.decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		return r.members(path)
	case json.Delim('['):
		list := []any{}
		for r.decoder.More() {
			element, err := r.value(below(path, strconv.Itoa(len(list))))
			if err != nil {
				return nil, err
			}
			list = append(list, element)
		}
		_, err = r.decoder.Token()
		return list, err
	}
	return token, nil
}

func (r *jsonReader) members(path []string) (any, error) {
	members := map[string]any{}
	for r.decoder.More() {
		where := r.next()
		token, err := r.decoder.Token()
		if err != nil {
			return nil, err
		}
		name, _ := token.(string)
		if _, twice := members[name]; twice {
			return nil, &unreadableError{r.file.name, where, fmt.Sprintf("the member %q is there twice", name)}
		}
		at := below(path, name)
		r.file.places[placeKey(at)] = where
		if members[name], err = r.value(at); err != nil {
			return nil, err
		}
	}
	_, err := r.decoder.Token()
	return members, err
}

func (f *templateFile) readYAML(text []byte) error {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var root, more yaml.Node
	if err := decoder.Decode(&root); err != nil {
		return f.notYAML(err)
	}
	if err := decoder.Decode(&more); !errors.Is(err, io.EOF) {
		return &unreadableError{file: f.name, why: "holds more than one YAML document"}
	}
	// Decoding whole judges what nodes cannot: aliases that explode, members that are there twice.
	var judged any
	if err := root.Decode(&judged); err != nil {
		return f.notYAML(err)
	}
	f.document = f.yamlValue(&root, nil)
	return nil
}

// notYAML moves the line out of an error's text.
func (f *templateFile) notYAML(err error) error {
	why, at := strings.TrimPrefix(err.Error(), "yaml: "), place{}
	if rest, ok := strings.CutPrefix(why, "line "); ok {
		number, after, _ := strings.Cut(rest, ": ")
		if n, err := strconv.Atoi(number); err == nil {
			why, at.line = after, n
		}
	}
	return &unreadableError{f.name, at, "is neither JSON nor YAML: " + why}
}

// yamlValue is a node as JSON would have it.
func (f *templateFile) yamlValue(node *yaml.Node, path []string) any {
	if key := placeKey(path); f.places[key] == (place{}) {
		f.places[key] = place{node.Line, node.Column}
	}
	switch node.Kind {
	case yaml.DocumentNode:
		return f.yamlValue(node.Content[0], path)
	case yaml.AliasNode:
		return f.yamlValue(node.Alias, path)
	case yaml.SequenceNode:
		list := []any{}
		for i, element := range node.Content {
			list = append(list, f.yamlValue(element, below(path, strconv.Itoa(i))))
		}
		return list
	case yaml.MappingNode:
		return f.yamlMembers(node, path)
	}
	if f.asWritten && node.Tag != "!!null" && (len(path) == 0 || path[len(path)-1] != schemaVersion) {
		return node.Value
	}
	return yamlScalar(node)
}

func (f *templateFile) yamlMembers(node *yaml.Node, path []string) any {
	members, merged := map[string]any{}, map[string]any{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, value := node.Content[i], node.Content[i+1]
		if name.Tag == "!!merge" {
			if inner, isMap := f.yamlValue(value, path).(map[string]any); isMap {
				merged = inner
			}
			continue
		}
		at := below(path, name.Value)
		f.places[placeKey(at)] = place{name.Line, name.Column}
		members[name.Value] = f.yamlValue(value, at)
	}
	for name, value := range merged {
		if _, given := members[name]; !given {
			members[name] = value
		}
	}
	return members
}

func yamlScalar(node *yaml.Node) any {
	var v any
	if node.Tag == "!!timestamp" || node.Decode(&v) != nil {
		return node.Value
	}
	switch v := v.(type) {
	case nil, string, bool:
		return v
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return node.Value
		}
	}
	if !json.Valid([]byte(node.Value)) { // 0x10, 1_000
		return json.Number(fmt.Sprint(v))
	}
	return json.Number(node.Value)
}
