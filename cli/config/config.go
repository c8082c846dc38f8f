// Package config reads a configuration file: YAML (hence also JSON) whose keys are flags' names. It
// knows the file's form and where in it a setting stands; what the values mean is the flags' business.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"
)

// DefaultKey is the key of a mapping whose value stands alone, without "KEY=" before it.
const DefaultKey = "default"

// limit is how long a file may be, in bytes.
const limit = 1 << 20

// File is what a configuration file says.
type File struct {
	// Path is as the user wrote it.
	Path     string
	Settings []Setting
}

// Setting is one key with its values.
type Setting struct {
	Key  string
	Line int
	// Values are as flags take them: a mapping's are "KEY=VALUE", and VALUE for DefaultKey.
	Values []Value
	// Form is how the values were written.
	Form Form
}

// Value is one value and its line.
type Value struct {
	Text string
	Line int
}

// Form is how a setting's values are written.
type Form int

// The forms of a setting.
const (
	Single  Form = iota // key: value
	List                // key: [value, value]
	Mapping             // key: {name: value}
)

// Error is a mistake in a configuration file.
type Error struct {
	Path string
	// Line is 0 where the mistake is the whole file's.
	Line int
	// Key is the setting's; empty where the file's form is wrong.
	Key     string
	Message string
	Cause   error
}

// Error implements error.
func (e *Error) Error() string {
	var text strings.Builder
	text.WriteString(e.Path)
	if e.Line > 0 {
		fmt.Fprintf(&text, ":%d", e.Line)
	}
	text.WriteString(": ")
	if e.Key != "" {
		text.WriteString(e.Key + ": ")
	}
	text.WriteString(e.Message)
	return text.String()
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Cause }

// Wrong is a mistake in a setting.
func (f *File) Wrong(s Setting, line int, format string, arguments ...any) error {
	return &Error{Path: f.Path, Line: line, Key: s.Key, Message: fmt.Sprintf(format, arguments...)}
}

// Read reads a file. All its errors are *Error; one that wraps fs.ErrNotExist says that there is none.
func Read(path string) (*File, error) {
	opened, err := os.Open(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	text, err := io.ReadAll(io.LimitReader(opened, limit+1))
	if err := errors.Join(err, opened.Close()); err != nil {
		return nil, unreadable(path, err)
	}
	if len(text) > limit {
		return nil, &Error{Path: path, Message: "is longer than 1 MiB, which no configuration is"}
	}
	return Parse(path, text)
}

// unreadable is an error of the system, without the path that stands before it already.
func unreadable(path string, err error) error {
	message := err.Error()
	var about *os.PathError
	if errors.As(err, &about) {
		message = about.Err.Error()
	}
	return &Error{Path: path, Message: "the configuration file cannot be read: " + message, Cause: err}
}

// Parse reads the text of a file.
func Parse(path string, text []byte) (*File, error) {
	f := &File{Path: path}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document, second yaml.Node
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return f, nil
	case err != nil:
		return nil, malformed(path, err)
	}
	if err := decoder.Decode(&second); err == nil {
		return nil, &Error{Path: path, Line: second.Line, Message: "a second document begins here; one is all that is read"}
	} else if !errors.Is(err, io.EOF) {
		return nil, malformed(path, err)
	}
	root := document.Content[0]
	if isNull(root) { // nothing but comments
		return f, nil
	}
	if root.Kind != yaml.MappingNode {
		return nil, &Error{Path: path, Line: root.Line, Message: "a configuration is KEY: VALUE lines, such as \"listen: 127.0.0.1:4566\""}
	}
	lines := map[string]int{}
	for i := 0; i < len(root.Content); i += 2 {
		key := root.Content[i]
		if key.Kind != yaml.ScalarNode {
			return nil, &Error{Path: path, Line: key.Line, Message: "a key is the name of a flag"}
		}
		if first := lines[key.Value]; first > 0 {
			return nil, &Error{Path: path, Line: key.Line, Key: key.Value, Message: fmt.Sprintf("stands in line %d already", first)}
		}
		lines[key.Value] = key.Line
		s := Setting{Key: key.Value, Line: key.Line}
		if err := f.values(&s, root.Content[i+1]); err != nil {
			return nil, err
		}
		f.Settings = append(f.Settings, s)
	}
	return f, nil
}

// malformed turns "yaml: line 3: did not find ..." into our words.
func malformed(path string, err error) error {
	e := &Error{Path: path, Message: err.Error(), Cause: err}
	rest, _ := strings.CutPrefix(e.Message, "yaml: ")
	if n, _ := fmt.Sscanf(rest, "line %d:", &e.Line); n == 1 {
		_, rest, _ = strings.Cut(rest, ": ")
	}
	e.Message = "is not YAML: " + rest
	return e
}

// values reads what stands behind a key. A key without a value is as one that is not there.
func (f *File) values(s *Setting, node *yaml.Node) error {
	node = target(node)
	switch node.Kind {
	case yaml.ScalarNode:
		return f.add(s, "", node)
	case yaml.SequenceNode:
		s.Form = List
		for _, item := range node.Content {
			if err := f.add(s, "", item); err != nil {
				return err
			}
		}
		return nil
	case yaml.MappingNode:
		s.Form = Mapping
		return f.mapping(s, node)
	}
	return f.Wrong(*s, node.Line, "is neither a value, nor a list, nor a mapping")
}

func (f *File) mapping(s *Setting, node *yaml.Node) error {
	lines := map[string]int{}
	for i := 0; i < len(node.Content); i += 2 {
		name := target(node.Content[i])
		if name.Kind != yaml.ScalarNode || strings.Contains(name.Value, "=") {
			return f.Wrong(*s, name.Line, "a name in a mapping is one word")
		}
		if first := lines[name.Value]; first > 0 {
			return f.Wrong(*s, name.Line, "%s stands in line %d already", name.Value, first)
		}
		lines[name.Value] = name.Line
		prefix := name.Value + "="
		if name.Value == DefaultKey {
			prefix = ""
		}
		if err := f.add(s, prefix, node.Content[i+1]); err != nil {
			return err
		}
	}
	return nil
}

func (f *File) add(s *Setting, prefix string, node *yaml.Node) error {
	node = target(node)
	if node.Kind != yaml.ScalarNode {
		return f.Wrong(*s, node.Line, "a value in it is a list or a mapping, where one word is wanted")
	}
	if !isNull(node) {
		s.Values = append(s.Values, Value{prefix + node.Value, node.Line})
	}
	return nil
}

// target is the node that an alias stands for.
func target(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return node.Alias
	}
	return node
}

func isNull(node *yaml.Node) bool {
	return node.Kind == yaml.ScalarNode && node.ShortTag() == "!!null"
}
