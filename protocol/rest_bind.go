package protocol

import (
	"net/http"
	"net/textproto"
	"net/url"
	"reflect"
	"strconv"
	"strings"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
)

// What the two REST protocols share: members in the path, the query string, headers and the status.

// rest is a structure whose members may be bound outside the body, typed or a document.
type rest struct {
	plan     *plan
	value    reflect.Value  // of a typed structure
	document map[string]any // of a document
}

// restInto is the structure that in points at.
func restInto(shape *catalog.Shape, in any) (*rest, error) {
	v := reflect.ValueOf(in).Elem()
	p, err := planFor(shape, v.Type())
	if err != nil {
		return nil, internalError(err)
	}
	r := &rest{plan: p, value: v}
	if p.holder == asDocument {
		if held, ok := v.Interface().(map[string]any); !ok || held == nil {
			v.Set(reflect.ValueOf(map[string]any{}))
		}
		r.document = v.Interface().(map[string]any)
	}
	return r, nil
}

// restOf is the structure behind out.
func restOf(shape *catalog.Shape, out any) (*rest, error) {
	p, v, err := rootValue(shape, out)
	if err != nil {
		return nil, err
	}
	r := &rest{plan: p, value: v}
	if p.holder == asDocument {
		r.document, _ = v.Interface().(map[string]any)
	}
	return r, nil
}

func (r *rest) set(f *field, value any) error {
	if r.document != nil {
		r.document[f.member.Name] = value
		return nil
	}
	return assign(f.plan, r.value.Field(f.index), value)
}

// get is a member as a document's value; nil when it is absent.
func (r *rest) get(f *field) (any, error) {
	if r.plan.holder == asDocument {
		return coerce(f.plan, r.document[f.member.Name])
	}
	return documentOf(f.plan, r.value.Field(f.index))
}

// at finds the member of a location and wire name.
func (r *rest) at(location, wire string) *field {
	for i := range r.plan.fields {
		if f := &r.plan.fields[i]; f.member.Location == location && f.wire == wire {
			return f
		}
	}
	return nil
}

// decodeRequest reads everything but the body.
func (r *rest) decodeRequest(op *catalog.Operation, request *http.Request) error {
	if len(r.plan.fields) == 0 {
		return nil
	}
	err := routeOf(op).match(request.URL.EscapedPath(), func(name, text string) error {
		f := r.at("uri", name)
		if f == nil {
			return nil
		}
		value, err := parseText(f.plan, text, iso8601)
		if err != nil {
			return err
		}
		return r.set(f, value)
	})
	if err != nil {
		return err
	}
	var values url.Values
	for i := range r.plan.fields {
		if f := &r.plan.fields[i]; f.member.Location == "querystring" {
			if values == nil {
				if values, err = url.ParseQuery(request.URL.RawQuery); err != nil {
					return serialization("The query string holds a wrong percent escape")
				}
			}
			if err := r.decodeQuery(op, f, values); err != nil {
				return err
			}
		}
	}
	return r.decodeHeaders(request.Header)
}

func (r *rest) decodeQuery(op *catalog.Operation, f *field, values url.Values) error {
	switch f.plan.kind {
	case catalog.List:
		if texts, ok := values[f.wire]; ok {
			list, err := parseList(f.plan, texts, iso8601)
			if err != nil {
				return err
			}
			return r.set(f, list)
		}
	case catalog.Map: // all parameters that no other member takes
		entries := map[string]any{}
		for key, texts := range values {
			if r.at("querystring", key) != nil || routeOf(op).constants[key] {
				continue
			}
			if f.plan.element.kind == catalog.List {
				list, err := parseList(f.plan.element, texts, iso8601)
				if err != nil {
					return err
				}
				entries[key] = list
			} else {
				entries[key] = texts[0]
			}
		}
		if len(entries) > 0 {
			return r.set(f, entries)
		}
	default:
		if texts, ok := values[f.wire]; ok {
			value, err := parseText(f.plan, texts[0], iso8601)
			if err != nil {
				return err
			}
			return r.set(f, value)
		}
	}
	return nil
}

func parseList(p *plan, texts []string, format string) ([]any, error) {
	list := make([]any, len(texts))
	for i, text := range texts {
		var err error
		if list[i], err = parseText(p.element, text, format); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (r *rest) decodeHeaders(header http.Header) error {
	for i := range r.plan.fields {
		f := &r.plan.fields[i]
		switch f.member.Location {
		case "header":
			texts := header.Values(f.wire)
			if len(texts) == 0 {
				continue
			}
			value, err := parseHeader(f.plan, texts)
			if err != nil {
				return err
			}
			if err := r.set(f, value); err != nil {
				return err
			}
		case "headers":
			entries := map[string]any{}
			prefix := textproto.CanonicalMIMEHeaderKey(f.wire)
			for key, texts := range header {
				if name, ok := strings.CutPrefix(key, prefix); ok && name != "" {
					entries[strings.ToLower(name)] = strings.Join(texts, ",")
				}
			}
			if len(entries) > 0 {
				if err := r.set(f, entries); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func parseHeader(p *plan, texts []string) (any, error) {
	if p.kind != catalog.List {
		return parseText(p, texts[0], rfc822)
	}
	joined := strings.Join(texts, ",")
	if p.element.kind == catalog.Timestamp { // an HTTP date has a comma of its own
		parts := strings.Split(joined, ",")
		texts = texts[:0:0]
		for i := 0; i < len(parts); i++ {
			if i+1 < len(parts) && len(strings.TrimSpace(parts[i])) == 3 {
				texts = append(texts, parts[i]+","+parts[i+1])
				i++
			} else {
				texts = append(texts, parts[i])
			}
		}
	} else {
		texts = splitQuoted(joined)
	}
	return parseList(p, texts, rfc822)
}

// splitQuoted splits a header's list at commas outside of quotes.
func splitQuoted(text string) []string {
	parts := []string{}
	var part []byte
	quoted := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted && i+1 < len(text):
			i++
			part = append(part, text[i])
		case c == ',' && !quoted:
			parts = append(parts, strings.TrimSpace(string(part)))
			part = part[:0]
		default:
			part = append(part, c)
		}
	}
	return append(parts, strings.TrimSpace(string(part)))
}

// encodeHeaders writes the members that are headers or the status.
func (r *rest) encodeHeaders(header http.Header, status func(int)) error {
	for i := range r.plan.fields {
		f := &r.plan.fields[i]
		switch f.member.Location {
		case "header", "headers", "statusCode":
		default:
			continue
		}
		value, err := r.get(f)
		if err != nil {
			return err
		}
		if value == nil {
			continue
		}
		switch f.member.Location {
		case "statusCode":
			if n, ok := value.(int64); ok && status != nil {
				status(int(n))
			}
		case "headers":
			for name, entry := range value.(map[string]any) {
				text, err := formatText(f.plan.element, entry, rfc822)
				if err != nil {
					return err
				}
				header.Set(f.wire+name, cleanHeader(text))
			}
		default:
			text, err := formatHeader(f.plan, value)
			if err != nil {
				return err
			}
			header.Set(f.wire, cleanHeader(text))
		}
	}
	return nil
}

// cleanHeader keeps a value from ending its header line.
func cleanHeader(text string) string {
	return strings.NewReplacer("\r", "", "\n", "", "\x00", "").Replace(text)
}

func formatHeader(p *plan, value any) (string, error) {
	list, ok := value.([]any)
	if !ok {
		return formatText(p, value, rfc822)
	}
	texts := make([]string, len(list))
	for i, element := range list {
		text, err := formatText(p.element, element, rfc822)
		if err != nil {
			return "", err
		}
		if p.element.kind == catalog.String && strings.ContainsAny(text, `",`) {
			text = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
		}
		texts[i] = text
	}
	return strings.Join(texts, ","), nil
}

// encodeTarget writes path and query string of a request.
func (r *rest) encodeTarget(op *catalog.Operation) (string, error) {
	way := routeOf(op)
	target, err := way.path(func(name string) (string, error) {
		f := r.at("uri", name)
		if f == nil {
			return "", nil
		}
		value, err := r.get(f)
		if err != nil {
			return "", err
		}
		if value == nil {
			return "", &aws.Error{Code: "ValidationException", Message: f.member.Name + " is missing: it is part of the path", Status: 400, Sender: true}
		}
		return formatText(f.plan, value, iso8601)
	})
	if err != nil {
		return "", err
	}
	var b []byte
	b = append(b, way.query...)
	for i := range r.plan.fields {
		f := &r.plan.fields[i]
		if f.member.Location != "querystring" {
			continue
		}
		value, err := r.get(f)
		if err != nil {
			return "", err
		}
		if b, err = appendQuery(b, f.plan, f.wire, value); err != nil {
			return "", err
		}
	}
	if len(b) > 0 {
		target += "?" + string(b)
	}
	return target, nil
}

func appendQuery(b []byte, p *plan, wire string, value any) (_ []byte, err error) {
	switch value := value.(type) {
	case nil:
	case []any:
		for _, element := range value {
			if b, err = appendQuery(b, p.element, wire, element); err != nil {
				return b, err
			}
		}
	case map[string]any:
		for _, key := range sortedKeys(value) {
			if b, err = appendQuery(b, p.element, key, value[key]); err != nil {
				return b, err
			}
		}
	default:
		text, err := formatText(p, value, iso8601)
		if err != nil {
			return b, err
		}
		if len(b) > 0 {
			b = append(b, '&')
		}
		b = append(appendEscaped(b, wire, false), '=')
		b = appendEscaped(b, text, false)
	}
	return b, nil
}

// decodeResponse reads the members of an answer that stand outside its body.
func (r *rest) decodeResponse(response *http.Response) error {
	if err := r.decodeHeaders(response.Header); err != nil {
		return err
	}
	for i := range r.plan.fields {
		f := &r.plan.fields[i]
		if f.member.Location == "statusCode" {
			value, err := parseText(f.plan, strconv.Itoa(response.StatusCode), "")
			if err != nil {
				return err
			}
			return r.set(f, value)
		}
	}
	return nil
}

// bodyFields is true when a member of the body exists at all in the model.
func bodyFields(shape *catalog.Shape) bool {
	if shape == nil {
		return false
	}
	for _, m := range shape.Members {
		if m.Location == "" {
			return true
		}
	}
	return false
}

// payloadOf is the member that is the whole body; nil when the members are. ours is false when the
// Go type does not hold it.
func (r *rest) payloadOf(shape *catalog.Shape) (f *field, has bool) {
	if shape == nil || shape.Payload == "" {
		return nil, false
	}
	return r.plan.named(shape.Payload), true
}

// rawPayload is true for a payload that goes over the wire as it is.
func rawPayload(f *field) bool { return f.plan.kind == catalog.Blob || f.plan.kind == catalog.String }

// setRaw stores a body that is a blob or a string.
func (r *rest) setRaw(f *field, body []byte) error {
	if len(body) == 0 {
		return nil
	}
	if f.plan.kind == catalog.String {
		return r.set(f, string(body))
	}
	return r.set(f, body)
}

// rawBytes is a raw payload's bytes.
func (r *rest) rawBytes(f *field) ([]byte, error) {
	value, err := r.get(f)
	switch value := value.(type) {
	case string:
		return []byte(value), err
	case []byte:
		return value, err
	}
	return nil, err
}

// restRequest reads what a request carries outside its body; the body's members are still to be read.
func restRequest(request *http.Request, op *catalog.Operation, in any) (*rest, error) {
	if err := needShapes(op); err != nil {
		return nil, err
	}
	r, err := restInto(op.Input, in)
	if err != nil {
		return nil, err
	}
	return r, r.decodeRequest(op, request)
}
