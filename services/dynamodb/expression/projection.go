package expression

import (
	"slices"

	"github.com/brownoutdev/brownout/internal/jsonscan"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// Projection is a choice of attributes, and of parts of documents.
type Projection struct {
	Paths []Path
	roots []branch
}

// branch is a step that paths have in common.
type branch struct {
	step  Step
	whole bool // a path ends here: all below is taken
	below []branch
}

// ParseProjection reads a ProjectionExpression.
func ParseProjection(text string, placeholders *Placeholders) (*Projection, error) {
	var p parser
	if err := p.begin(ProjectionExpression, text, placeholders); err != nil {
		return nil, err
	}
	paths := make([]Path, 0, min(8, 1+len(text)/8))
	for {
		path, err := p.path()
		if err != nil {
			return nil, err
		}
		paths = append(paths, path)
		if !p.is(",") {
			break
		}
		p.advance()
	}
	if p.current.kind != tokenEnd {
		return nil, p.syntaxError()
	}
	f := &p.faults
	if err := p.firstOf(f.reserved, f.name, f.index, f.depth); err != nil {
		return nil, err
	}
	if err := p.firstOf(checkOverlap(paths)); err != nil {
		return nil, err
	}
	return NewProjection(paths), nil
}

// NewProjection takes paths of which none lies within another.
func NewProjection(paths []Path) *Projection {
	projection := &Projection{Paths: paths, roots: make([]branch, 0, len(paths))}
	for _, path := range paths {
		projection.roots = addPath(projection.roots, path)
	}
	return projection
}

// ProjectAttributes takes whole top-level attributes.
func ProjectAttributes(names ...string) *Projection {
	projection := &Projection{Paths: make([]Path, len(names)), roots: make([]branch, len(names))}
	for i, name := range names {
		projection.Paths[i] = AttributePath(name)
		projection.roots[i] = branch{step: projection.Paths[i][0], whole: true}
	}
	return projection
}

func addPath(branches []branch, path Path) []branch {
	at := slices.IndexFunc(branches, func(b branch) bool { return b.step == path[0] })
	if at < 0 {
		at = len(branches)
		for path[0].IsIndex && at > 0 && branches[at-1].step.Index > path[0].Index {
			at-- // elements come out in the order of the list
		}
		branches = slices.Insert(branches, at, branch{step: path[0]})
	}
	if len(path) == 1 {
		branches[at].whole = true
	} else {
		branches[at].below = addPath(branches[at].below, path[1:])
	}
	return branches
}

// Apply is the chosen part of an item. Attributes of which nothing is chosen are left out, and lists close up.
func (p *Projection) Apply(it item.Item) item.Item {
	return projectFields(it, p.roots)
}

func projectFields(fields item.Item, branches []branch) item.Item {
	chosen := make(item.Item, 0, len(branches))
	for i := range branches {
		b := &branches[i]
		if v, ok := fields.Get(b.step.Name); ok {
			if v, ok = b.choose(v); ok {
				chosen = append(chosen, item.Attribute{Name: b.step.Name, Value: v})
			}
		}
	}
	return chosen
}

// choose is the part of a value that the branch takes; ok is false when that is nothing.
func (b *branch) choose(v item.Value) (chosen item.Value, ok bool) {
	switch {
	case b.whole:
		return v, true
	case v.Type == item.M && !b.below[0].step.IsIndex:
		chosen = item.Map(projectFields(v.Fields, b.below))
		return chosen, len(chosen.Fields) > 0
	case v.Type == item.L && b.below[0].step.IsIndex:
		chosen = item.List(nil)
		for i := range b.below {
			element, ok := b.below[i].step.of(v)
			if !ok {
				break
			}
			if element, ok = b.below[i].choose(element); ok {
				chosen.Elements = append(chosen.Elements, element)
			}
		}
		return chosen, len(chosen.Elements) > 0
	}
	return item.Value{}, false
}

// AppendJSON appends the chosen part of a stored item as a JSON object. What is chosen whole is copied
// without decoding it.
func (p *Projection) AppendJSON(b []byte, stored item.Stored) ([]byte, error) {
	b = append(b, '{')
	found := 0
	var damaged error
	err := stored.Each(func(name string, raw []byte) bool {
		at := slices.IndexFunc(p.roots, func(root branch) bool { return root.step.Name == name })
		if at < 0 {
			return true
		}
		found++
		root := &p.roots[at]
		if root.whole {
			b = append(append(appendName(b, name), ':'), raw...)
			return found < len(p.roots)
		}
		var v item.Value
		scanner := jsonscan.New(raw)
		if damaged = v.DecodeJSON(&scanner); damaged != nil {
			return false
		}
		if v, ok := root.choose(v); ok {
			b = v.AppendJSON(append(appendName(b, name), ':'))
		}
		return found < len(p.roots)
	})
	if err == nil {
		err = damaged
	}
	return append(b, '}'), err
}

// appendName appends a comma where one is due, and the name.
func appendName(b []byte, name string) []byte {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	return jsonscan.AppendString(b, name)
}

// EachPath calls fn with every path.
func (p *Projection) EachPath(fn func(Path)) {
	for _, path := range p.Paths {
		fn(path)
	}
}
