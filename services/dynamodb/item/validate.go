package item

import (
	"encoding/base64"
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
	textEmptyValue   = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
	textSeveralTypes = "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"
	textInvalid      = "One or more parameter values were invalid: "
	textFalseNull    = textInvalid + "Null attribute value types must have the value of true"
	textDepth        = "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit"
)

func invalid(text string) Value { return Value{Type: Invalid, Text: text} }

// invalidError keeps the classic words, where they differ, in an element: Value has no room of its own.
func invalidError(err error) Value {
	e, ok := err.(*Error)
	if !ok {
		return invalid(err.Error())
	}
	v := invalid(e.Today)
	if e.Classic != "" {
		v.Elements = []Value{{Text: e.Classic}}
	}
	return v
}

// Validate reports the first fault as an *Error, in the order in which the attributes were given.
func (it Item) Validate() error { return it.validate(1) }

func (it Item) validate(depth int) error {
	for i := range it {
		switch n := len(it[i].Name); {
		case n == 0:
			return &Error{Today: "Empty attribute name"}
		case n > maxName:
			return &Error{Today: "Attribute name is too large, must be less than 65536 bytes"}
		}
		if err := it[i].Value.validate(depth); err != nil {
			return err
		}
	}
	return nil
}

// Validate reports the first fault of the value as an *Error.
func (v Value) Validate() error { return v.validate(1) }

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
			e.Classic = v.Elements[0].Text
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

// checkSet turns a set into an Invalid value when it is empty, or has a member that is faulty, empty or there twice.
func (v *Value) checkSet() {
	if len(v.Elements) == 0 {
		*v = invalid(textInvalid + map[Type]string{
			SS: "An string set  may not be empty", NS: "An number set  may not be empty", BS: "Binary sets should not be empty",
		}[v.Type])
		return
	}
	for i := range v.Elements {
		switch member := &v.Elements[i]; {
		case member.Type == Invalid:
			*v = *member
			return
		case member.Text != "":
		case v.Type == SS:
			*v = invalid(textInvalid + "An string set may not have a empty string as a member")
			return
		case v.Type == NS:
			*v = invalidError(notNumeric(""))
			return
		default:
			*v = invalid(textInvalid + "Binary sets may not contain null or empty values")
			return
		}
	}
	if !hasDuplicates(v.Elements) {
		return
	}
	switch v.Type {
	case SS:
		*v = invalidError(&Error{
			Today:   textInvalid + "Input collection [" + listed(v.Elements, quoted) + "] contains duplicates.",
			Classic: textInvalid + "Input collection [" + listed(v.Elements, func(t string) string { return t }) + "] contains duplicates.",
		})
	case NS:
		*v = invalid("Input collection contains duplicates")
	default:
		*v = invalid(textInvalid + "Input collection [" + listed(v.Elements, encodeBase64) + "]of type BS contains duplicates.")
	}
}

func quoted(text string) string { return string(jsonscan.AppendString(nil, text)) }

func encodeBase64(raw string) string { return base64.StdEncoding.EncodeToString([]byte(raw)) }

func listed(members []Value, show func(string) string) string {
	texts := make([]string, len(members))
	for i := range members {
		texts[i] = show(members[i].Text)
	}
	return strings.Join(texts, ", ")
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
