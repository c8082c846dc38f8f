package protocol

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/brownoutdev/brownout/catalog"
)

// holder is how Go holds a value of the model.
type holder uint8

const (
	asDocument  holder = iota // any: whatever aws.Document says
	asItself                  // a JSONDecoder, JSONEncoder
	asStructure               // a struct, exported fields named as the members
	asSlice                   // []T
	asMap                     // map[string]T
	asScalar                  // string, int64, float64, bool, []byte, time.Time
)

// plan is a shape and a Go type, walked side by side once and then for all. It never changes after
// it is built; plans of recursive shapes point back at themselves.
type plan struct {
	shape  *catalog.Shape
	kind   catalog.Kind
	holder holder
	// target is the Go type behind the pointer, where pointer is true.
	target  reflect.Type
	pointer bool
	format  string // of a timestamp, where the model gives one
	decodes bool   // asItself: reads itself
	encodes bool   // asItself: writes itself
	fields  []field
	byWire  map[string]int
	byXML   map[string]int // by the names of elements
	element *plan          // of a list; value of a map
	// document reads and writes the same shape as a document (for types that only know JSON).
	document *plan
}

// field is a member of a structure and where Go keeps it; index is -1 in documents.
type field struct {
	member *catalog.Member
	wire   string
	index  int
	plan   *plan
}

// bound is true when a REST protocol carries the member outside the body.
func (f *field) bound() bool { return f.member.Location != "" }

var (
	anyType      = reflect.TypeFor[any]()
	documentType = reflect.TypeFor[map[string]any]()
	anySliceType = reflect.TypeFor[[]any]()
	bytesType    = reflect.TypeFor[[]byte]()
	timeType     = reflect.TypeFor[time.Time]()
	decoderType  = reflect.TypeFor[JSONDecoder]()
	encoderType  = reflect.TypeFor[JSONEncoder]()
)

// plans holds, per shape, its plans for the Go types met so far: the shape alone is the key, since a
// pointer goes into an interface without an allocation. It is a cache: nothing depends on its content.
var plans sync.Map // *catalog.Shape -> *shapePlans

type shapePlans struct {
	mu   sync.Mutex
	list atomic.Pointer[[]*plan]
}

// noShape stands for the absent input or output of an operation.
var noShape = &catalog.Shape{Name: "Unit", Kind: catalog.Structure}

// planFor is the plan of a shape and a Go type.
func planFor(shape *catalog.Shape, goType reflect.Type) (*plan, error) {
	if shape == nil {
		if goType.Kind() == reflect.Struct && goType.NumField() > 0 {
			return nil, fmt.Errorf("protocol: the catalogue has no structure for %s", goType)
		}
		shape = noShape
	}
	cached, ok := plans.Load(shape)
	if !ok {
		cached, _ = plans.LoadOrStore(shape, new(shapePlans))
	}
	known := cached.(*shapePlans)
	if list := known.list.Load(); list != nil {
		for _, p := range *list {
			if p.target == goType {
				return p, nil
			}
		}
	}
	p, err := (&planner{built: map[planKey]*plan{}}).build(shape, goType)
	if err != nil {
		return nil, fmt.Errorf("protocol: %s into %s: %w", shape.Name, goType, err)
	}
	known.mu.Lock()
	defer known.mu.Unlock()
	var list []*plan
	if old := known.list.Load(); old != nil {
		list = append(list, *old...)
	}
	list = append(list, p)
	known.list.Store(&list)
	return p, nil
}

// needShapes refuses what only JSON can do: to write and read without a model.
func needShapes(op *catalog.Operation) error {
	if op.HasShapes {
		return nil
	}
	return internalError(fmt.Errorf("protocol: the catalogue has no shapes of %s", op.Name))
}

type planKey struct {
	shape  *catalog.Shape
	goType reflect.Type
}

type planner struct{ built map[planKey]*plan }

// build makes the plan of one place; goType may be a pointer to what holds the value.
func (b *planner) build(shape *catalog.Shape, goType reflect.Type) (*plan, error) {
	key := planKey{shape, goType}
	if p := b.built[key]; p != nil {
		return p, nil
	}
	p := &plan{shape: shape, kind: shape.Kind, target: goType, format: shape.TimestampFormat}
	b.built[key] = p
	if goType.Kind() == reflect.Pointer {
		p.pointer, p.target = true, goType.Elem()
	}
	pointer := reflect.PointerTo(p.target)
	p.decodes, p.encodes = pointer.Implements(decoderType), pointer.Implements(encoderType)
	switch {
	case p.decodes || p.encodes:
		p.holder = asItself
		var err error
		p.document, err = b.build(shape, anyType)
		return p, err
	case p.target == anyType, p.target == documentType && mapLike(shape.Kind), p.target == anySliceType && shape.Kind == catalog.List:
		p.holder = asDocument
		return p, b.children(p)
	case shape.Kind == catalog.Structure && p.target.Kind() == reflect.Struct:
		p.holder = asStructure
		return p, b.children(p)
	case shape.Kind == catalog.List && p.target.Kind() == reflect.Slice:
		p.holder = asSlice
		return p, b.children(p)
	case shape.Kind == catalog.Map && p.target.Kind() == reflect.Map && p.target.Key().Kind() == reflect.String:
		p.holder = asMap
		return p, b.children(p)
	case scalarFits(shape.Kind, p.target):
		p.holder = asScalar
		return p, nil
	}
	return nil, fmt.Errorf("a %s does not fit the shape %s", goType, shape.Name)
}

func mapLike(kind catalog.Kind) bool {
	return kind == catalog.Structure || kind == catalog.Map || kind == catalog.Any
}

func scalarFits(kind catalog.Kind, t reflect.Type) bool {
	switch kind {
	case catalog.String:
		return t.Kind() == reflect.String
	case catalog.Integer, catalog.Long:
		return t.Kind() == reflect.Int64
	case catalog.Float, catalog.Double:
		return t.Kind() == reflect.Float64
	case catalog.Boolean:
		return t.Kind() == reflect.Bool
	case catalog.Blob:
		return t == bytesType
	case catalog.Timestamp:
		return t == timeType
	}
	return false
}

func (b *planner) children(p *plan) (err error) {
	switch p.kind {
	case catalog.Structure:
		return b.structure(p)
	case catalog.List, catalog.Map:
		element := anyType
		if p.holder != asDocument {
			element = p.target.Elem()
		}
		p.element, err = b.member(p.shape.Element, element)
	}
	return err
}

// member builds the plan of a use of a shape, which may have a timestamp format of its own.
func (b *planner) member(m *catalog.Member, goType reflect.Type) (*plan, error) {
	p, err := b.build(m.Shape, goType)
	if err != nil || m.TimestampFormat == "" || p.kind != catalog.Timestamp {
		return p, err
	}
	own := *p
	own.format = m.TimestampFormat
	return &own, nil
}

func (b *planner) structure(p *plan) error {
	p.byWire = make(map[string]int, len(p.shape.Members))
	for _, m := range p.shape.Members {
		f := field{member: m, wire: m.LocationName, index: -1}
		if f.wire == "" {
			f.wire = m.Name
		}
		goType := anyType
		if p.holder == asStructure {
			sf, ok := p.target.FieldByName(fieldName(m.Name))
			if !ok || len(sf.Index) != 1 {
				continue // the Go type does not care for the member
			}
			f.index, goType = sf.Index[0], sf.Type
		}
		var err error
		if f.plan, err = b.member(m, goType); err != nil {
			return fmt.Errorf("%s.%s: %w", p.shape.Name, m.Name, err)
		}
		p.fields = append(p.fields, f)
	}
	for i := range p.fields { // a member in the body wins its name from one in a header
		f := &p.fields[i]
		if other, taken := p.byWire[f.wire]; !taken || p.fields[other].bound() {
			p.byWire[f.wire] = i
		}
	}
	p.nameElements()
	return nil
}

// nameElements finds members by the names of XML elements.
func (p *plan) nameElements() {
	p.byXML = make(map[string]int, len(p.fields))
	for i := range p.fields {
		f := &p.fields[i]
		if !f.member.XMLAttribute && p.byWire[f.wire] == i {
			p.byXML[f.wire] = i
		}
	}
	for i := range p.fields { // some flattened lists are written under their element's name
		f := &p.fields[i]
		if element := f.member.Shape.Element; f.member.Shape.Kind == catalog.List && element.LocationName != "" && isFlat(f) {
			if _, taken := p.byXML[element.LocationName]; !taken {
				p.byXML[element.LocationName] = i
			}
		}
	}
}

// isFlat is true for lists and maps without a wrapping element.
func isFlat(f *field) bool { return f.member.Flattened || f.member.Shape.Flattened }

// fieldOfElement finds the member that an XML element holds; nil when there is none that we keep.
func (p *plan) fieldOfElement(name string) *field {
	if i, ok := p.byXML[name]; ok {
		return &p.fields[i]
	}
	return nil
}

// field finds the member that has this name on the wire; nil when there is none that we keep.
func (p *plan) field(wire string) *field {
	if i, ok := p.byWire[wire]; ok {
		return &p.fields[i]
	}
	return nil
}

// named finds a member by its name in the model.
func (p *plan) named(member string) *field {
	for i := range p.fields {
		if p.fields[i].member.Name == member {
			return &p.fields[i]
		}
	}
	return nil
}

// fieldName is the Go name of a member: its own with an upper-case first letter.
func fieldName(member string) string {
	if member == "" {
		return ""
	}
	return strings.ToUpper(member[:1]) + member[1:]
}

// Fits says whether Go types fit an operation's input and output: every member's type is one that
// codecs can fill, and every exported field is a member of the model (so that a misspelt one does
// not stay empty in silence). in and out are values or pointers; nil is not looked at. For tests of services.
func Fits(op *catalog.Operation, in, out any) error {
	for _, side := range []struct {
		shape *catalog.Shape
		value any
	}{{op.Input, in}, {op.Output, out}} {
		if side.value == nil {
			continue
		}
		goType := reflect.TypeOf(side.value)
		if goType.Kind() == reflect.Pointer {
			goType = goType.Elem()
		}
		p, err := planFor(side.shape, goType)
		if err != nil {
			return err
		}
		if err := noStrangers(p, map[*plan]bool{}); err != nil {
			return err
		}
	}
	return nil
}

func noStrangers(p *plan, seen map[*plan]bool) error {
	if p == nil || seen[p] || p.holder == asItself || p.holder == asDocument {
		return nil
	}
	seen[p] = true
	if p.holder == asStructure {
		known := map[int]bool{}
		for i := range p.fields {
			known[p.fields[i].index] = true
			if err := noStrangers(p.fields[i].plan, seen); err != nil {
				return err
			}
		}
		for i := range p.target.NumField() {
			if f := p.target.Field(i); f.IsExported() && !known[i] {
				return fmt.Errorf("protocol: %s has no member for the field %s.%s", p.shape.Name, p.target, f.Name)
			}
		}
	}
	return noStrangers(p.element, seen)
}
