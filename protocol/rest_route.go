package protocol

import (
	"net/url"
	"strings"
	"sync"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
)

// route is an operation's URI, taken apart: "/tags/{resourceArn}?list-type=2".
type route struct {
	segments []segment
	query    string // constant part, without '?'
	// constants are the names in the constant part.
	constants map[string]bool
}

type segment struct {
	text   string // constant, or the label's name
	label  bool
	greedy bool
}

// routes caches the routes of the operations met so far.
var routes sync.Map // *catalog.Operation -> *route

func routeOf(op *catalog.Operation) *route {
	if cached, ok := routes.Load(op); ok {
		return cached.(*route)
	}
	path, constant, _ := strings.Cut(op.URI, "?")
	r := &route{query: constant, constants: map[string]bool{}}
	for _, pair := range strings.Split(constant, "&") {
		name, _, _ := strings.Cut(pair, "=")
		r.constants[name] = true
	}
	for _, text := range strings.Split(strings.TrimPrefix(path, "/"), "/") {
		s := segment{text: text}
		if len(text) > 2 && text[0] == '{' && text[len(text)-1] == '}' {
			s.label = true
			s.text, s.greedy = strings.CutSuffix(text[1:len(text)-1], "+")
		}
		r.segments = append(r.segments, s)
	}
	cached, _ := routes.LoadOrStore(op, r)
	return cached.(*route)
}

// match gives each label its decoded text. path is the escaped path, so that %2F does not split a label.
func (r *route) match(path string, label func(name, text string) error) error {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	if len(parts) == len(r.segments)+1 && parts[len(parts)-1] == "" && !r.endsGreedy() {
		parts = parts[:len(parts)-1] // a slash too many at the end
	}
	for i, s := range r.segments {
		if i >= len(parts) {
			return r.mismatch(path)
		}
		text := parts[i]
		if s.greedy { // only ever followed by constants
			rest := len(r.segments) - i - 1
			if len(parts)-rest <= i {
				return r.mismatch(path)
			}
			text = strings.Join(parts[i:len(parts)-rest], "/")
			parts = append(parts[:i+1:i+1], parts[len(parts)-rest:]...)
		}
		text, err := url.PathUnescape(text)
		if err != nil {
			return serialization("The path holds a wrong percent escape")
		}
		if !s.label {
			if text != s.text {
				return r.mismatch(path)
			}
			continue
		}
		if err := label(s.text, text); err != nil {
			return err
		}
	}
	if len(parts) != len(r.segments) {
		return r.mismatch(path)
	}
	return nil
}

func (r *route) endsGreedy() bool { return r.segments[len(r.segments)-1].greedy }

func (r *route) mismatch(path string) error {
	return &aws.Error{
		Code: "UnknownOperationException", Namespace: coralService, Status: 404, Sender: true,
		Message: "The path " + path + " is none of the operation's",
	}
}

// path writes the escaped path with the labels' texts filled in.
func (r *route) path(label func(name string) (string, error)) (string, error) {
	var b []byte
	for _, s := range r.segments {
		b = append(b, '/')
		if !s.label {
			b = append(b, s.text...)
			continue
		}
		text, err := label(s.text)
		if err != nil {
			return "", err
		}
		b = appendEscaped(b, text, s.greedy)
	}
	return string(b), nil
}

// appendEscaped percent-encodes all but RFC 3986's unreserved characters, as AWS's SDKs do.
func appendEscaped(b []byte, text string, keepSlash bool) []byte {
	const hex = "0123456789ABCDEF"
	for i := range len(text) {
		c := text[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_', c == '.', c == '~',
			keepSlash && c == '/':
			b = append(b, c)
		default:
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	return b
}
