package protocol

import (
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
)

// maxFormParameters is how many parameters a form may have: AWS's own forms stay far below.
const maxFormParameters = 50_000

// maxFormDepth is how many parts a parameter's name may have.
const maxFormDepth = 128

// form is the parameters of a query request in order of their names, so that all that belongs to a
// member stands together: no tree is built, and a hostile name costs no more than its bytes.
type form struct {
	parameters []parameter
	// wire is the name of a member, list says whether lists and maps have no wrapping element.
	wire func(f *field) string
	flat bool
}

type parameter struct{ name, value string }

func malformedQuery(message string) error {
	return &aws.Error{Code: "MalformedQueryString", Message: message, Status: 400, Sender: true}
}

// newForm reads the parameters of the body and of the URL.
func newForm(r *http.Request, body []byte) (*form, error) {
	f := &form{}
	if r != nil && r.URL.RawQuery != "" {
		if err := f.add(r.URL.RawQuery); err != nil {
			return nil, err
		}
	}
	if err := f.add(string(body)); err != nil {
		return nil, err
	}
	sort.SliceStable(f.parameters, func(i, j int) bool { return f.parameters[i].name < f.parameters[j].name })
	return f, nil
}

func (f *form) add(text string) error {
	for text != "" {
		var pair string
		pair, text, _ = strings.Cut(text, "&")
		if pair = strings.TrimSpace(pair); pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, nameErr := url.QueryUnescape(name)
		value, valueErr := url.QueryUnescape(value)
		if nameErr != nil || valueErr != nil {
			return malformedQuery("The query string holds a wrong percent escape")
		}
		if strings.Count(name, ".") >= maxFormDepth {
			return malformedQuery("The name of a parameter has too many parts")
		}
		if len(f.parameters) == maxFormParameters {
			return malformedQuery("The request has more than " + strconv.Itoa(maxFormParameters) + " parameters")
		}
		f.parameters = append(f.parameters, parameter{name, strings.ToValidUTF8(value, "\ufffd")})
	}
	return nil
}

// span is the parameters from index low to high whose names begin with a prefix of this length.
type span struct{ low, high, prefix int }

func (f *form) all() span { return span{0, len(f.parameters), 0} }

// under narrows a span to a name below it: the parameter of exactly that name (exact >= 0) and those
// that go on with a dot.
func (f *form) under(s span, name string) (exact int, below span) {
	exact = -1
	find := func(after string) int {
		return s.low + sort.Search(s.high-s.low, func(i int) bool { return f.parameters[s.low+i].name[s.prefix:] >= after })
	}
	if i := find(name); i < s.high && f.parameters[i].name[s.prefix:] == name {
		exact = i
	}
	return exact, span{find(name + "."), find(name + "/"), s.prefix + len(name) + 1} // '/' comes right after '.'
}

func (s span) empty() bool { return s.low >= s.high }

// value reads what stands at a name: exact is its own parameter, below what goes on with a dot.
func (f *form) value(p *plan, exact int, below span, flat bool) (any, error) {
	switch p.kind {
	case catalog.Structure:
		if below.empty() {
			if exact >= 0 && f.parameters[exact].value == "" {
				return map[string]any{}, nil
			}
			return nil, nil
		}
		return f.structure(p, below)
	case catalog.List:
		return f.list(p, exact, below, flat)
	case catalog.Map:
		return f.mapping(p, exact, below, flat)
	}
	if exact < 0 {
		return nil, nil
	}
	value, err := parseText(p, f.parameters[exact].value, iso8601)
	if e, ok := err.(*aws.Error); ok {
		return nil, &aws.Error{Code: "MalformedInput", Message: "Parameter " + f.parameters[exact].name + ": " + e.Message, Status: 400, Sender: true}
	}
	return value, err
}

func (f *form) structure(p *plan, s span) (map[string]any, error) {
	document := map[string]any{}
	for i := range p.fields {
		member := &p.fields[i]
		name := f.wire(member)
		exact, below := f.under(s, name)
		flat := f.flat || isFlat(member)
		if exact < 0 && below.empty() && flat && member.plan.kind == catalog.List {
			if own := member.plan.shape.Element.LocationName; own != "" { // SDKs put the element's name in its place
				exact, below = f.under(s, own)
			}
		}
		value, err := f.value(member.plan, exact, below, flat)
		if err != nil {
			return nil, err
		}
		if value != nil {
			document[member.member.Name] = value
		}
	}
	return document, nil
}

func (f *form) list(p *plan, exact int, below span, flat bool) (any, error) {
	if !flat && !below.empty() {
		_, inner := f.under(below, elementName(p))
		if inner.empty() {
			_, inner = f.under(below, "member")
		}
		below = inner
	}
	if below.empty() {
		if exact >= 0 && f.parameters[exact].value == "" {
			return []any{}, nil // "Names=" is how an empty list is sent
		}
		return nil, nil
	}
	list := []any{}
	for _, index := range f.indexes(below) {
		exact, below := f.under(below, index)
		value, err := f.value(p.element, exact, below, f.flat || p.element.shape.Flattened)
		if err != nil {
			return nil, err
		}
		if value != nil {
			list = append(list, value)
		}
	}
	return list, nil
}

// indexes are the different numbers that names go on with, in order.
func (f *form) indexes(s span) []string {
	var found []string
	last := ""
	for i := s.low; i < s.high; i++ {
		index, _, _ := strings.Cut(f.parameters[i].name[s.prefix:], ".")
		if index == last {
			continue
		}
		last = index
		if n, err := strconv.Atoi(index); err == nil && n >= 0 {
			found = append(found, index)
		}
	}
	number := func(i int) int { n, _ := strconv.Atoi(found[i]); return n }
	sort.SliceStable(found, func(i, j int) bool { return number(i) < number(j) })
	unique := found[:0]
	for i, index := range found { // "1", "1-x" and "1.y" interleave in byte order
		if i == 0 || index != unique[len(unique)-1] {
			unique = append(unique, index)
		}
	}
	return unique
}

func (f *form) mapping(p *plan, exact int, below span, flat bool) (any, error) {
	if !flat && !below.empty() {
		_, below = f.under(below, "entry")
	}
	if below.empty() {
		if exact >= 0 && f.parameters[exact].value == "" {
			return map[string]any{}, nil
		}
		return nil, nil
	}
	keyName, valueName := entryNames(p)
	entries := map[string]any{}
	for _, index := range f.indexes(below) {
		_, entry := f.under(below, index)
		key, _ := f.under(entry, keyName)
		if key < 0 {
			continue
		}
		exact, inner := f.under(entry, valueName)
		value, err := f.value(p.element, exact, inner, f.flat || p.element.shape.Flattened)
		if err != nil {
			return nil, err
		}
		if value != nil {
			entries[f.parameters[key].value] = value
		}
	}
	return entries, nil
}
