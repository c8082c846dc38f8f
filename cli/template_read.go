package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

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

// parseYAMLTemplate reads as lint does, but for scalars: they are taken as they are written, since FIS's
// parameters are texts, whatever they look like. Only logSchemaVersion is a number.
func parseYAMLTemplate(text []byte) (aws.Document, error) {
	notTemplate := errors.New("this is not an experiment template, which is an object")
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, notTemplate
	}
	f := &templateFile{places: map[string]place{}, asWritten: true}
	if err := f.readYAML(text); err != nil {
		var unreadable *unreadableError
		if errors.As(err, &unreadable) && unreadable.at.line > 0 {
			return nil, fmt.Errorf("line %d: this %s", unreadable.at.line, unreadable.why)
		}
		return nil, err
	}
	template, isObject := withoutNulls(f.document).(aws.Document)
	if !isObject {
		return nil, notTemplate
	}
	if log, ok := template["logConfiguration"].(aws.Document); ok && log[schemaVersion] != nil {
		number, isNumber := log[schemaVersion].(json.Number)
		version, err := number.Int64()
		if !isNumber || err != nil {
			return nil, errors.New("logSchemaVersion is not a whole number")
		}
		log[schemaVersion] = version
	}
	return template, nil
}

// schemaVersion is the one member of a template that is a number.
const schemaVersion = "logSchemaVersion"

// withoutNulls drops members that are null: in YAML that is how one leaves them open.
func withoutNulls(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if member == nil {
				delete(v, name)
				continue
			}
			v[name] = withoutNulls(member)
		}
	case []any:
		for i := range v {
			v[i] = withoutNulls(v[i])
		}
	}
	return v
}
