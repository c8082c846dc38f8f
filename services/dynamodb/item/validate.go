package item

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"github.com/brownoutdev/brownout/internal/jsonscan"
)

// MaxDepth is how many levels of lists and maps AWS accepts; the attribute itself is the first.
const MaxDepth = 32

// MaxSize is the greatest size of an item in bytes.
const MaxSize = 400 * 1024

// maxName is the greatest length of an attribute's name in bytes.
const maxName = 65535

const (
	textEmptyName    = "Empty attribute name"
	textEmptyValue   = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
	textSeveralTypes = "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"
	textInvalid      = "One or more parameter values were invalid: "
	textFalseNull    = textInvalid + "Null attribute value types must have the value of true"
	textDepth        = "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit"
)

func invalid(text string) Value { return Value{Type: Invalid, Text: text} }

// invalidError keeps the classic words, where they differ, in an element, and in its type that the fault is found early: Value
// has no room of its own.
func invalidError(err error) Value {
	e, ok := err.(*Error)
	if !ok {
		return invalid(err.Error())
	}
	v := invalid(e.Today)
	if e.Early {
		v.Elements = []Value{{Type: N, Text: e.Classic}}
	} else if e.Classic != "" {
		v.Elements = []Value{{Text: e.Classic}}
	}
	return v
}

// Validate reports the first fault as an *Error, in the order in which the attributes were given.
func (it Item) Validate() error { return it.validate(1) }

// CheckName is the fault of an attribute's name as such, an *Error.
func CheckName(name string) error {
	switch n := len(name); {
	case n == 0:
		return &Error{Today: textEmptyName}
	case n > maxName:
		return &Error{Today: "Attribute name is too large, must be less than 65536 bytes"}
	}
	return nil
}

func (it Item) validate(depth int) error {
	for i := range it {
		if err := CheckName(it[i].Name); err != nil {
			return err
		}
		if err := it[i].Value.validate(depth); err != nil {
			return err
		}
	}
	return nil
}

// Validate reports the first fault of the value as an *Error.
func (v Value) Validate() error { return v.validate(1) }

// ValidateDepth is the fault of an item that nests too deep, and looks for no other.
func (it Item) ValidateDepth() error {
	if !it.Fits(MaxDepth) {
		return &Error{Today: textDepth}
	}
	return nil
}

// Fits is whether no value has more levels than that; an attribute itself is the first.
func (it Item) Fits(levels int) bool {
	for i := range it {
		if !it[i].Value.fits(levels) {
			return false
		}
	}
	return true
}

// ValidateNames is the fault of an attribute without a name, at the top of the item.
func (it Item) ValidateNames() error {
	if it.Index("") >= 0 {
		return &Error{Today: textEmptyName}
	}
	return nil
}

// fits is whether the value has at most so many levels.
func (v *Value) fits(levels int) bool {
	if levels == 0 {
		return false
	}
	if v.Type == L {
		for i := range v.Elements {
			if !v.Elements[i].fits(levels - 1) {
				return false
			}
		}
	}
	for i := range v.Fields {
		if !v.Fields[i].Value.fits(levels - 1) {
			return false
		}
	}
	return true
}

func (v *Value) validate(depth int) error {
	if depth > MaxDepth {
		return &Error{Today: textDepth}
	}
	switch v.Type {
	case Invalid:
		e := &Error{Today: v.Text}
		if e.Today == "" {
			e.Today = textEmptyValue
		}
		if len(v.Elements) > 0 {
			e.Classic, e.Early = v.Elements[0].Text, v.Elements[0].Type == N
		}
		return e
	case L:
		for i := range v.Elements {
			if err := v.Elements[i].validate(depth + 1); err != nil {
				return err
			}
		}
	case M:
		return v.Fields.validate(depth + 1)
	}
	return nil
}

// checkSet turns a set into an Invalid value when it is empty, or has a member that is faulty or there
// twice. Strings and binaries in it may be empty.
func (v *Value) checkSet() {
	if len(v.Elements) == 0 {
		*v = invalidError(&Error{Today: textInvalid + map[Type]string{
			SS: "An string set  may not be empty", NS: "An number set  may not be empty", BS: "Binary sets should not be empty",
		}[v.Type], Early: v.Type == NS})
		return
	}
	for i := range v.Elements {
		if v.Elements[i].Type == Invalid {
			*v = v.Elements[i]
			return
		}
	}
	if !hasDuplicates(v.Elements) {
		return
	}
	switch v.Type {
	case SS:
		*v = duplicates("["+listed(repeatSorted(v.Elements), ", ", quoted)+"] contains duplicates.",
			"["+listed(v.Elements, ", ", func(t string) string { return t })+"] contains duplicates.")
	case NS:
		*v = invalidError(&Error{Today: textInvalid + "Input collection contains duplicates.", Classic: "Input collection contains duplicates", Early: true})
	default:
		*v = duplicates("["+listed(repeatSorted(v.Elements), ",", func(t string) string { return `"` + encodeBase64(t) + `"` })+"]of type BS contains duplicates.",
			"["+listed(v.Elements, ", ", encodeBase64)+"]of type BS contains duplicates.")
	}
}

func duplicates(today, classic string) Value {
	const before = textInvalid + "Input collection "
	return invalidError(&Error{Today: before + today, Classic: before + classic, Early: true})
}

// repeatSorted is how today's layer lists a set with a repeated member: those before the first
// repeat in the order of their bytes, then that repeat, then the rest as they were sent.
func repeatSorted(members []Value) []Value {
	seen := make(map[string]struct{}, len(members))
	for i := range members {
		if _, repeated := seen[members[i].Text]; repeated {
			sorted := slices.Clone(members)
			slices.SortFunc(sorted[:i], func(a, b Value) int { return strings.Compare(a.Text, b.Text) })
			return sorted
		}
		seen[members[i].Text] = struct{}{}
	}
	return members
}

func quoted(text string) string { return string(jsonscan.AppendString(nil, text)) }

func encodeBase64(raw string) string { return base64.StdEncoding.EncodeToString([]byte(raw)) }

func listed(members []Value, comma string, show func(string) string) string {
	texts := make([]string, len(members))
	for i := range members {
		texts[i] = show(members[i].Text)
	}
	return strings.Join(texts, comma)
}

func hasDuplicates(members []Value) bool {
	if len(members) <= indexFrom {
		for i := range members {
			for j := range i {
				if members[i].Text == members[j].Text {
					return true
				}
			}
		}
		return false
	}
	seen := make(map[string]struct{}, len(members))
	for i := range members {
		seen[members[i].Text] = struct{}{}
	}
	return len(seen) < len(members)
}

func itoa(n int) string { return strconv.Itoa(n) }
