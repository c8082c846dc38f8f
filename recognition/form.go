package recognition

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"unsafe"

	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/internal/jsonscan"
)

// findInForm looks for Action and Version in a form, where they may stand anywhere.
func (x *question) findInForm(g *group, body []byte) Finding {
	action, version := actionAndVersion(formText(x.r, body))
	switch {
	case action != "" && g != nil:
		return x.byAction(g, action, version)
	case action != "":
		return x.byActionAlone(action, version)
	}
	x.call.Protocol = ""
	if g != nil {
		return x.byRoute(g)
	}
	return x.byPath()
}

// byActionAlone finds an operation when neither signature nor host say whose it is.
func (x *question) byActionAlone(action, version string) Finding {
	x.call.Protocol = catalog.Query
	if services := catalog.ByAPIVersion(version); len(services) > 0 {
		for _, service := range services {
			if service.Operation(action) != nil {
				return x.byAction(x.recognizer.group(services), action, version)
			}
		}
		return Finding{Service: services[0]}
	}
	for _, protocol := range [...]string{catalog.Query, catalog.EC2} { // by hand, with curl: no version, either
		for _, service := range catalog.Speaking(protocol) {
			if op := service.Operation(action); op != nil && service.Speaks(protocol) {
				return Finding{Service: service, Operation: op}
			}
		}
	}
	return Finding{}
}

func actionAndVersion(form string) (action, version string) {
	for form != "" && (action == "" || version == "") {
		var name, value string
		switch name, value, form = nextPair(form); name {
		case "Action":
			action = decoded(value)
		case "Version":
			version = decoded(value)
		}
	}
	return action, version
}

// inflateLimit is how much of a compressed form is read: SDKs write Action and Version first.
const inflateLimit = 1 << 20

// formText is a form's text, which shares memory with body.
func formText(r *http.Request, body []byte) string {
	if header(r, "Content-Encoding") == "gzip" {
		reader, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return ""
		}
		body, _ = io.ReadAll(io.LimitReader(reader, inflateLimit)) // what could be read; the codec says what is wrong
	}
	return unsafe.String(unsafe.SliceData(body), len(body))
}

// bodyTells reports whether members of the body can tell apart what is in question.
func (f *fork) bodyTells(alive set) bool {
	if !alive.many() || len(f.body) == 0 {
		return false
	}
	for i, op := range f.operations {
		if alive>>i&1 != 0 && op.StreamingInput {
			return false
		}
	}
	for _, k := range f.body {
		if k.knows&alive != alive || k.needs&alive != 0 {
			return true
		}
	}
	return false
}

// tally is what the members of a body say.
type tally struct {
	fork  *fork
	known set
	seen  uint64
}

func (t *tally) saw(name string) {
	if k, ok := t.fork.body[name]; ok {
		t.known = t.known.keep(k.knows)
		t.seen |= k.bit
	}
}

// decideByBody is what of the fork the names of the body's members leave in question.
func (f *fork) decideByBody(alive set, r *http.Request, protocol string, body []byte) set {
	t := tally{fork: f, known: f.all}
	switch protocol {
	case catalog.Query, catalog.EC2:
		t.sawPairs(r.URL.RawQuery)
		t.sawPairs(formText(r, body))
	case catalog.JSON, catalog.RESTJSON:
		if !t.sawObject(body) {
			return alive
		}
	default:
		return alive
	}
	return t.leave(alive)
}

// leave is what of alive the body leaves in question.
func (t *tally) leave(alive set) set {
	wanting := set(0)
	for _, k := range t.fork.members {
		if t.seen&k.bit == 0 {
			wanting |= k.needs
		}
	}
	return alive.keep(t.known).keep(^wanting)
}

// sawPairs takes the names of a form up to their first dot: "Tags" of "Tags.Tag.1.Key".
func (t *tally) sawPairs(form string) {
	for form != "" {
		var name string
		name, _, form = nextPair(form)
		name, _, _ = strings.Cut(name, ".")
		t.saw(decoded(name))
	}
}

// sawObject takes the keys of a JSON object; false when the body is none.
func (t *tally) sawObject(body []byte) bool {
	s := jsonscan.New(body)
	if s.OpenObject() != nil {
		return len(body) == 0
	}
	for first := true; ; first = false {
		name, more, err := s.Key(first)
		if err != nil {
			return false
		}
		if !more {
			return true
		}
		t.saw(name)
		if s.Skip() != nil {
			return false
		}
	}
}
