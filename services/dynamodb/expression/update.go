package expression

import (
	"slices"

	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// ActionKind is what an update does at a path.
type ActionKind uint8

// The actions, by the section of the expression in which they stand.
const (
	_ ActionKind = iota
	Set
	Remove
	Add
	Delete
)

var actionNames = [...]string{"", "SET", "REMOVE", "ADD", "DELETE"}

// String is the name of the section.
func (k ActionKind) String() string { return actionNames[k] }

// actionOf is the section that a word begins; 0 when it begins none.
func actionOf(word string) ActionKind {
	for kind := Set; kind <= Delete; kind++ {
		if sameWord(word, actionNames[kind]) {
			return kind
		}
	}
	return 0
}

// Action is one change. Remove has no operand; those of Add and Delete are values.
type Action struct {
	Kind    ActionKind
	Path    Path
	Operand Operand
}

// Update is a list of changes to an item, none of which lies within another.
type Update struct {
	Actions []Action
	roots   []target
}

// target is a step on the way to actions, as the actions' paths have it in common.
type target struct {
	step   Step
	action int // of a path that ends here; -1 when there are steps below
	below  []target
}

// ParseUpdate reads an UpdateExpression.
func ParseUpdate(text string, placeholders *Placeholders) (*Update, error) {
	return parseUpdate(text, placeholders)
}

// NewUpdate takes actions of whose paths none lies within another.
func NewUpdate(actions []Action) *Update {
	u := &Update{Actions: actions, roots: make([]target, 0, len(actions))}
	for i := range actions {
		u.roots = addTarget(u.roots, actions[i].Path, i)
	}
	return u
}

func addTarget(targets []target, path Path, action int) []target {
	if len(path) == 1 {
		return append(targets, target{step: path[0], action: action})
	}
	at := slices.IndexFunc(targets, func(t target) bool { return t.step == path[0] })
	if at < 0 {
		at = len(targets)
		targets = append(targets, target{step: path[0], action: -1})
	}
	targets[at].below = addTarget(targets[at].below, path[1:], action)
	return targets
}

// Attributes are the names of the top-level attributes that the update writes, each once.
func (u *Update) Attributes() []string {
	names := make([]string, len(u.roots))
	for i := range u.roots {
		names[i] = u.roots[i].step.Name
	}
	return names
}

// Creates is whether the update makes an item where there is none: those that only remove do not.
func (u *Update) Creates() bool {
	return slices.ContainsFunc(u.Actions, func(a Action) bool { return a.Kind == Set || a.Kind == Add })
}

// Touched is the part of an item that the update writes, for UPDATED_OLD and UPDATED_NEW.
func (u *Update) Touched(it item.Item) item.Item {
	paths := make([]Path, len(u.Actions))
	for i := range u.Actions {
		paths[i] = u.Actions[i].Path
	}
	return NewProjection(paths).Apply(it)
}

// EachPath calls fn with every path that the update writes or reads.
func (u *Update) EachPath(fn func(Path)) {
	for i := range u.Actions {
		fn(u.Actions[i].Path)
		if u.Actions[i].Kind == Set {
			u.Actions[i].Operand.eachPath(fn)
		}
	}
}

// outcome is what an action leaves at its path.
type outcome struct {
	value item.Value
	does  outcomeKind
}

type outcomeKind uint8

const (
	keeps outcomeKind = iota
	sets
	removes
)

// Apply is the item after the update. The old item, which may be empty, stays as it is; what both
// have in common they share. All operands are those of the old item. Errors are *ItemError.
func (u *Update) Apply(old item.Item) (item.Item, error) {
	outcomes := make([]outcome, len(u.Actions))
	for i := range u.Actions {
		var err error
		if outcomes[i], err = u.Actions[i].outcome(old); err != nil {
			return nil, err
		}
	}
	return changeFields(old, u.roots, outcomes)
}

func changeFields(old item.Item, targets []target, outcomes []outcome) (item.Item, error) {
	fields := append(make(item.Item, 0, len(old)+len(targets)), old...)
	for i := range targets {
		t := &targets[i]
		if t.action < 0 {
			at := fields.Index(t.step.Name)
			if at < 0 {
				return nil, itemFault(textInvalidPath)
			}
			v, err := changeValue(fields[at].Value, t.below, outcomes)
			if err != nil {
				return nil, err
			}
			fields[at].Value = v
			continue
		}
		switch o := &outcomes[t.action]; o.does {
		case sets:
			fields = fields.Set(t.step.Name, o.value)
		case removes:
			fields = fields.Delete(t.step.Name)
		}
	}
	return fields, nil
}

const textInvalidPath = "The document path provided in the update expression is invalid for update"

func changeValue(old item.Value, targets []target, outcomes []outcome) (item.Value, error) {
	switch isIndex := targets[0].step.IsIndex; {
	case isIndex && old.Type == item.L:
		elements, err := changeElements(old.Elements, targets, outcomes)
		return item.List(elements), err
	case !isIndex && old.Type == item.M:
		fields, err := changeFields(old.Fields, targets, outcomes)
		return item.Map(fields), err
	}
	return old, itemFault(textInvalidPath)
}

// changeElements carries out all changes to a list at once: indexes are those of the old list, and
// what is set beyond its end is appended in the order of indexes.
func changeElements(old []item.Value, targets []target, outcomes []outcome) ([]item.Value, error) {
	elements := append(make([]item.Value, 0, len(old)+len(targets)), old...)
	removed := map[int]bool{}
	var appended []*target
	for i := range targets {
		t := &targets[i]
		if t.action < 0 {
			if t.step.Index >= len(old) {
				return nil, itemFault(textInvalidPath)
			}
			v, err := changeValue(old[t.step.Index], t.below, outcomes)
			if err != nil {
				return nil, err
			}
			elements[t.step.Index] = v
			continue
		}
		switch o := &outcomes[t.action]; {
		case o.does == removes && t.step.Index < len(old):
			removed[t.step.Index] = true
		case o.does == sets && t.step.Index < len(old):
			elements[t.step.Index] = o.value
		case o.does == sets:
			appended = append(appended, t)
		}
	}
	slices.SortFunc(appended, func(a, b *target) int { return a.step.Index - b.step.Index })
	for _, t := range appended {
		elements = append(elements, outcomes[t.action].value)
	}
	if len(removed) == 0 {
		return elements, nil
	}
	kept := elements[:0]
	for i := range elements {
		if !removed[i] {
			kept = append(kept, elements[i])
		}
	}
	return kept, nil
}
