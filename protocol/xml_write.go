package protocol

import (
	"strings"
	"unicode/utf8"

	"github.com/brownoutdev/brownout/catalog"
)

const xmlHead = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

// xmlWriter writes documents as XML by their shapes.
type xmlWriter struct {
	b []byte
	// timestamps is the protocol's own format.
	timestamps string
}

func (w *xmlWriter) open(name, namespace string) {
	w.b = append(append(w.b, '<'), name...)
	if namespace != "" {
		w.b = append(w.b, ` xmlns="`...)
		w.b = append(appendXMLText(w.b, namespace), '"')
	}
	w.b = append(w.b, '>')
}

func (w *xmlWriter) close(name string) {
	w.b = append(append(append(w.b, "</"...), xmlElementName(name)...), '>')
}

// xmlElementName is a start tag's name without the attributes behind it.
func xmlElementName(name string) string {
	name, _, _ = strings.Cut(name, " ")
	return name
}

func (w *xmlWriter) text(name, text string) {
	w.open(name, "")
	w.b = appendXMLText(w.b, text)
	w.close(name)
}

// members writes a structure's members; rest leaves out those that are bound elsewhere.
func (w *xmlWriter) members(p *plan, document map[string]any, rest bool) error {
	for i := range p.fields {
		f := &p.fields[i]
		value := document[f.member.Name]
		if value == nil || f.member.XMLAttribute || rest && f.bound() {
			continue
		}
		if err := w.member(f, value); err != nil {
			return err
		}
	}
	return nil
}

func (w *xmlWriter) member(f *field, value any) error {
	name := f.wire
	flat := f.member.Flattened || f.plan.shape.Flattened
	value, err := coerce(f.plan, value)
	if err != nil {
		return err
	}
	switch value := value.(type) {
	case []any:
		return w.list(name, f.plan, value, flat)
	case map[string]any:
		if f.plan.kind == catalog.Map {
			return w.mapping(name, f.plan, value, flat)
		}
	}
	return w.element(name, f.plan, value)
}

// element writes one value under a name.
func (w *xmlWriter) element(name string, p *plan, value any) error {
	value, err := coerce(p, value)
	if err != nil || value == nil {
		return err
	}
	switch value := value.(type) {
	case []any:
		return w.list(name, p, value, p.shape.Flattened)
	case map[string]any:
		if p.kind == catalog.Map {
			return w.mapping(name, p, value, p.shape.Flattened)
		}
		tag, err := startTag(name, p, value)
		if err != nil {
			return err
		}
		w.open(tag, p.shape.XMLNamespace)
		if err := w.members(p, value, false); err != nil {
			return err
		}
		w.close(name)
		return nil
	}
	text, err := formatText(p, value, w.timestamps)
	if err != nil {
		return err
	}
	w.text(name, text)
	return nil
}

// startTag is the name with the members that are attributes.
func startTag(name string, p *plan, document map[string]any) (string, error) {
	for i := range p.fields {
		f := &p.fields[i]
		if value := document[f.member.Name]; f.member.XMLAttribute && value != nil {
			text, err := formatText(f.plan, value, iso8601)
			if err != nil {
				return "", err
			}
			if prefix, _, ok := strings.Cut(f.wire, ":"); ok && prefix == "xsi" {
				name += ` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`
			}
			name += " " + f.wire + `="` + string(appendXMLText(nil, text)) + `"`
		}
	}
	return name, nil
}

func (w *xmlWriter) list(name string, p *plan, list []any, flat bool) error {
	element := name
	if !flat {
		element = elementName(p)
		w.open(name, "")
		defer w.close(name)
	}
	for _, value := range list {
		if err := w.element(element, p.element, value); err != nil {
			return err
		}
	}
	return nil
}

// elementName is the name of a wrapped list's elements.
func elementName(p *plan) string {
	if name := p.shape.Element.LocationName; name != "" {
		return name
	}
	return "member"
}

func (w *xmlWriter) mapping(name string, p *plan, entries map[string]any, flat bool) error {
	entry := name
	if !flat {
		entry = "entry"
		w.open(name, "")
		defer w.close(name)
	}
	keyName, valueName := entryNames(p)
	for _, key := range sortedKeys(entries) {
		w.open(entry, "")
		w.text(keyName, key)
		if err := w.element(valueName, p.element, entries[key]); err != nil {
			return err
		}
		w.close(entry)
	}
	return nil
}

// entryNames are the names of a map's keys and values.
func entryNames(p *plan) (key, value string) {
	key, value = "key", "value"
	if p.shape.Key != nil && p.shape.Key.LocationName != "" {
		key = p.shape.Key.LocationName
	}
	if p.shape.Element.LocationName != "" {
		value = p.shape.Element.LocationName
	}
	return key, value
}

// appendXMLText escapes text; what XML cannot hold becomes U+FFFD.
func appendXMLText(b []byte, text string) []byte {
	for _, r := range text { // a wrong byte is U+FFFD already
		switch {
		case r == '&':
			b = append(b, "&amp;"...)
		case r == '<':
			b = append(b, "&lt;"...)
		case r == '>':
			b = append(b, "&gt;"...)
		case r == '"':
			b = append(b, "&quot;"...)
		case r == '\r':
			b = append(b, "&#13;"...)
		case r < ' ' && r != '\n' && r != '\t', r == 0xfffe, r == 0xffff:
			b = append(b, "\ufffd"...)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return b
}
