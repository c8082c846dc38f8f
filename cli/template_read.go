package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
)

// templateLimit is how long a template's file may be.
const templateLimit = 4 << 20

// readTemplate reads a template from a file: JSON or YAML, in the form of CreateExperimentTemplate's input or
// of GetExperimentTemplate's answer. Whether it can be is for FIS to say.
func (p *process) readTemplate(path string) (aws.Document, error) {
	text, err := p.readFile(path)
	if err != nil {
		return nil, err
	}
	template, err := parseTemplate(text)
	if err != nil {
		return nil, usage("%s: %v", path, err)
	}
	return template, nil
}

// readFile reads a file, or standard input for "-".
func (p *process) readFile(path string) ([]byte, error) {
	from := p.stdin
	if path != "-" {
		opened, err := os.Open(path)
		if err != nil {
			return nil, usage("%v", err)
		}
		defer opened.Close()
		from = opened
	}
	text, err := io.ReadAll(io.LimitReader(from, templateLimit+1))
	switch {
	case err != nil:
		return nil, usage("%s: %v", path, err)
	case len(text) > templateLimit:
		return nil, usage("%s is longer than %d MiB: that is no template", path, templateLimit>>20)
	}
	return text, nil
}

func parseTemplate(text []byte) (aws.Document, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	template, err := parseJSONTemplate(text)
	if err != nil && !bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		template, err = parseYAMLTemplate(text)
	}
	if err != nil {
		return nil, err
	}
	if inner, ok := template["experimentTemplate"].(aws.Document); ok {
		// An answer of FIS's: what FIS itself has put into it is not for FIS to take.
		template = inner
		for _, name := range []string{"id", "arn", "creationTime", "lastUpdateTime", "targetAccountConfigurationsCount"} {
			delete(template, name)
		}
	}
	input := catalog.Lookup("fis").Operation("CreateExperimentTemplate").Input
	for name := range template {
		if input.Member(name) == nil {
			var known []string
			for _, m := range input.Members {
				known = append(known, m.Name)
			}
			slices.Sort(known)
			return nil, fmt.Errorf("a template has no %q%s", name, suggest(nearest(name, known), known))
		}
	}
	return template, nil
}

func parseJSONTemplate(text []byte) (aws.Document, error) {
	var template aws.Document
	err := json.Unmarshal(text, &template)
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		line := 1 + bytes.Count(text[:min(int(syntax.Offset), len(text))], []byte("\n"))
		return nil, fmt.Errorf("line %d: this is not JSON: %w", line, err)
	case err != nil || template == nil:
		return nil, errors.New("this is not an experiment template, which is an object")
	}
	wholeNumbers(template)
	return template, nil
}

// wholeNumbers makes numbers without a fraction whole, as the codec wants them.
func wholeNumbers(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name := range v {
			v[name] = wholeNumbers(v[name])
		}
	case []any:
		for i := range v {
			v[i] = wholeNumbers(v[i])
		}
	case float64:
		if v == float64(int64(v)) {
			return int64(v)
		}
	}
	return v
}

func parseYAMLTemplate(text []byte) (aws.Document, error) {
	var document yaml.Node
	if err := readYAML(text, &document); err != nil {
		return nil, fmt.Errorf("%s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if len(document.Content) != 1 || document.Content[0].Kind != yaml.MappingNode {
		return nil, errors.New("this is not an experiment template, which is an object")
	}
	value, err := fromYAML(document.Content[0], "")
	if err != nil {
		return nil, err
	}
	template, _ := value.(aws.Document)
	return template, nil
}

// fromYAML takes scalars as they are written: FIS's parameters are texts, whatever they look like. Only
// logSchemaVersion is a number.
func fromYAML(node *yaml.Node, name string) (any, error) {
	switch node.Kind {
	case yaml.AliasNode:
		return fromYAML(node.Alias, name)
	case yaml.SequenceNode:
		list := make([]any, len(node.Content))
		for i, element := range node.Content {
			var err error
			if list[i], err = fromYAML(element, ""); err != nil {
				return nil, err
			}
		}
		return list, nil
	case yaml.MappingNode:
		object := aws.Document{}
		for i := 0; i+1 < len(node.Content); i += 2 {
			key, value := node.Content[i], node.Content[i+1]
			if key.Kind != yaml.ScalarNode || key.Tag == "!!merge" {
				return nil, fmt.Errorf("line %d: this key is not a plain name", key.Line)
			}
			if _, twice := object[key.Value]; twice {
				return nil, fmt.Errorf("line %d: %s is there twice", key.Line, key.Value)
			}
			member, err := fromYAML(value, key.Value)
			if err != nil {
				return nil, err
			}
			if member != nil {
				object[key.Value] = member
			}
		}
		return object, nil
	}
	switch {
	case node.Tag == "!!null":
		return nil, nil
	case name == "logSchemaVersion":
		var number int64
		if err := node.Decode(&number); err != nil {
			return nil, fmt.Errorf("line %d: logSchemaVersion is not a whole number", node.Line)
		}
		return number, nil
	}
	return node.Value, nil
}

// readYAML refuses aliases that hold themselves, or far too much, as decoding does.
func readYAML(text []byte, document *yaml.Node) error {
	if err := yaml.Unmarshal(text, document); err != nil {
		return err
	}
	var value any
	return document.Decode(&value)
}
