package protocol

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"

	"github.com/brownoutdev/brownout/catalog"
)

// formWriter writes documents as parameters by their shapes.
type formWriter struct {
	b    []byte
	wire func(f *field) string
	flat bool
}

func (w *formWriter) add(name, value string) {
	if len(w.b) > 0 {
		w.b = append(w.b, '&')
	}
	w.b = append(appendEscaped(w.b, name, false), '=')
	w.b = appendEscaped(w.b, value, false)
}

func (w *formWriter) members(prefix string, p *plan, document map[string]any) error {
	for i := range p.fields {
		f := &p.fields[i]
		value := document[f.member.Name]
		if value == nil {
			continue
		}
		flat := w.flat || isFlat(f)
		name := w.wire(f)
		if own := f.member.Shape.Element; !w.flat && flat && f.plan.kind == catalog.List && own.LocationName != "" {
			name = own.LocationName
		}
		if err := w.value(prefix+name, f.plan, value, flat); err != nil {
			return err
		}
	}
	return nil
}

func (w *formWriter) value(name string, p *plan, value any, flat bool) error {
	value, err := coerce(p, value)
	if err != nil {
		return err
	}
	switch value := value.(type) {
	case nil:
		return nil
	case map[string]any:
		if p.kind == catalog.Map {
			return w.mapping(name, p, value, flat)
		}
		return w.members(name+".", p, value)
	case []any:
		return w.list(name, p, value, flat)
	}
	text, err := formatText(p, value, iso8601)
	if err == nil {
		w.add(name, text)
	}
	return err
}

func (w *formWriter) list(name string, p *plan, list []any, flat bool) error {
	if len(list) == 0 {
		if !w.flat { // EC2 has no empty lists
			w.add(name, "")
		}
		return nil
	}
	if !flat {
		name += "." + elementName(p)
	}
	for i, element := range list {
		if err := w.value(name+"."+strconv.Itoa(i+1), p.element, element, w.flat || p.element.shape.Flattened); err != nil {
			return err
		}
	}
	return nil
}

func (w *formWriter) mapping(name string, p *plan, entries map[string]any, flat bool) error {
	if !flat {
		name += ".entry"
	}
	keyName, valueName := entryNames(p)
	for i, key := range sortedKeys(entries) {
		entry := name + "." + strconv.Itoa(i+1) + "."
		w.add(entry+keyName, key)
		if err := w.value(entry+valueName, p.element, entries[key], w.flat || p.element.shape.Flattened); err != nil {
			return err
		}
	}
	return nil
}

// request puts a form request for an operation together.
func (w *formWriter) request(endpoint string, op *catalog.Operation, in any) (*http.Request, error) {
	p, document, err := documentRootOf(op.Input, in)
	if err != nil {
		return nil, err
	}
	w.add("Action", op.Name)
	w.add("Version", op.Service.APIVersion)
	if err := w.members("", p, document); err != nil {
		return nil, err
	}
	r, err := http.NewRequest(http.MethodPost, strings.TrimSuffix(endpoint, "/")+"/", bytes.NewReader(w.b))
	if err != nil {
		return nil, err
	}
	r.Header[contentType] = typeForm
	return r, nil
}
