package expression

import (
	"strconv"
	"strings"

	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// Step is one element of a document path: a name, or a list index.
type Step struct {
	Name    string
	Index   int
	IsIndex bool
}

// Path leads to an attribute or into a document. Its first step is a name.
type Path []Step

// AttributePath is the path of a top-level attribute.
func AttributePath(name string) Path { return Path{{Name: name}} }

// Attribute is the name of the top-level attribute.
func (p Path) Attribute() string { return p[0].Name }

// String is the path as AWS shows it in messages: [a, [0], b].
func (p Path) String() string {
	var b strings.Builder
	b.WriteByte('[')
	for i, step := range p {
		if i > 0 {
			b.WriteString(", ")
		}
		if step.IsIndex {
			b.WriteString("[" + strconv.Itoa(step.Index) + "]")
		} else {
			b.WriteString(step.Name)
		}
	}
	b.WriteByte(']')
	return b.String()
}

func equalPaths(a, b Path) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// lookup follows the path from the document's attribute; ok is false where it leads nowhere.
func (p Path) lookup(d Document) (v item.Value, ok bool, err error) {
	v, ok, err = d.Attribute(p[0].Name)
	for _, step := range p[1:] {
		if !ok || err != nil {
			break
		}
		v, ok = step.of(v)
	}
	return v, ok, err
}

func (s Step) of(v item.Value) (item.Value, bool) {
	switch {
	case !s.IsIndex && v.Type == item.M:
		return v.Fields.Get(s.Name)
	case s.IsIndex && v.Type == item.L && s.Index < len(v.Elements):
		return v.Elements[s.Index], true
	}
	return item.Value{}, false
}

// checkOverlap finds two paths of which one lies within the other, or which take one place for a map
// and for a list. AWS reports an overlap before a conflict.
func checkOverlap(paths []Path) (overlap, conflict string) {
	for j := 1; j < len(paths); j++ {
		for i := range j {
			common, differ := relation(paths[i], paths[j])
			switch {
			case differ && conflict == "":
				conflict = "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: " +
					paths[i].String() + ", path two: " + paths[j].String()
			case common:
				return "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: " +
					paths[i].String() + ", path two: " + paths[j].String(), conflict
			}
		}
	}
	return "", conflict
}

func relation(a, b Path) (overlap, conflict bool) {
	for i := range min(len(a), len(b)) {
		if a[i].IsIndex != b[i].IsIndex {
			return false, true
		}
		if a[i] != b[i] {
			return false, false
		}
	}
	return true, false
}
