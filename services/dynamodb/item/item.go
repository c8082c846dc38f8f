// Package item is DynamoDB's data: attribute values and items, read from and written as JSON,
// validated, measured, compared, and encoded for storage.
//
// # Stored items, format version 1
//
// Encode writes one byte (the format version), the item's size by AWS's rules as an unsigned varint,
// and then the item as a JSON object in DynamoDB's form without white space:
//
//	{"id":{"S":"a"},"n":{"N":"1.5"}}
//
// Attributes keep the order in which they were given, names are unique and numbers canonical, so the
// JSON bytes go into answers as they are.
//
// # Keys, format version 1
//
// AppendKey writes a key attribute so that the order of bytes is DynamoDB's order of values and the
// end of each is known without a length: keys of several attributes are simply appended.
//
//	S, B  tag 0x02 or 0x03, the bytes with 0x00 as 0x00 0xFF, then 0x00 0x01
//	N     tag 0x01; for zero 0x80; for positive numbers 0xC0, the exponent of the first digit plus
//	      130, the digits in pairs (each plus 1), 0x00; for negative numbers 0x40 and the
//	      complement of the same
package item

// Type is the type of an attribute value.
type Type uint8

// The ten types of DynamoDB. Invalid is a value that AWS refuses; its Text says why.
const (
	Invalid Type = iota
	S
	N
	B
	SS
	NS
	BS
	M
	L
	NULL
	BOOL
)

var typeNames = [...]string{"Invalid", "S", "N", "B", "SS", "NS", "BS", "M", "L", "NULL", "BOOL"}

// String is the name of the type on the wire.
func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return typeNames[Invalid]
}

// TypeOf is the type with this name on the wire; ok is false when there is none.
func TypeOf(name string) (t Type, ok bool) {
	for t := S; t <= BOOL; t++ {
		if typeNames[t] == name {
			return t, true
		}
	}
	return Invalid, false
}

// IsSet is true for SS, NS and BS.
func (t Type) IsSet() bool { return t == SS || t == NS || t == BS }

// Member is the type of a set's members; Invalid for other types.
func (t Type) Member() Type {
	if t.IsSet() {
		return t - SS + S
	}
	return Invalid
}

// Value is one attribute value. Strings may share memory with the request body or the stored bytes
// that they were read from. Values are not changed once made: they may share elements and fields.
type Value struct {
	Type Type
	// Bool is the value of a BOOL.
	Bool bool
	// Text is a string's UTF-8, a number in canonical form, a binary's raw bytes, or for Invalid
	// today's words of AWS.
	Text string
	// Elements are a list's elements, or a set's members as S, N or B values.
	Elements []Value
	// Fields are a map's attributes.
	Fields Item
}

// Attribute is a name and its value.
type Attribute struct {
	Name  string
	Value Value
}

// Item is a list of attributes in the order in which they were given. Names are unique.
type Item []Attribute

// Text, Number, Binary and Boolean make scalar values.
func Text(text string) Value { return Value{Type: S, Text: text} }

// Number is a number from text that is canonical already.
func Number(canonical string) Value { return Value{Type: N, Text: canonical} }

// Binary is a binary value of these raw bytes.
func Binary(raw string) Value { return Value{Type: B, Text: raw} }

// Boolean is true or false as a value.
func Boolean(b bool) Value { return Value{Type: BOOL, Bool: b} }

// Map is a map value with these fields.
func Map(fields Item) Value { return Value{Type: M, Fields: fields} }

// List is a list value with these elements.
func List(elements []Value) Value { return Value{Type: L, Elements: elements} }

// Get is the value of the attribute with this name.
func (it Item) Get(name string) (Value, bool) {
	if i := it.Index(name); i >= 0 {
		return it[i].Value, true
	}
	return Value{}, false
}

// Index is the place of the attribute with this name, -1 when there is none.
func (it Item) Index(name string) int {
	for i := range it {
		if it[i].Name == name {
			return i
		}
	}
	return -1
}

// Set replaces the value in place or appends the attribute, and returns the item.
func (it Item) Set(name string, value Value) Item {
	if i := it.Index(name); i >= 0 {
		it[i].Value = value
		return it
	}
	return append(it, Attribute{name, value})
}

// Delete removes the attribute in place and returns the item.
func (it Item) Delete(name string) Item {
	i := it.Index(name)
	if i < 0 {
		return it
	}
	copy(it[i:], it[i+1:])
	it[len(it)-1] = Attribute{}
	return it[:len(it)-1]
}

// Attribute is Get in the form that Stored has, so that expressions read both.
func (it Item) Attribute(name string) (Value, bool, error) {
	v, ok := it.Get(name)
	return v, ok, nil
}

// Error is a fault of a value or an expression in AWS's bare words: the prefix "1 validation error
// detected: " of today's generation is added by whoever renders it.
type Error struct {
	// Today is the text since June 2026; Classic the older one where it differs, else empty.
	Today, Classic string
	// Early is that AWS finds the fault before it looks at what the value is for: in numbers, and members there twice.
	Early bool
}

// Error is today's text.
func (e *Error) Error() string { return e.Today }

// Text is the text of the chosen generation.
func (e *Error) Text(classic bool) string {
	if classic && e.Classic != "" {
		return e.Classic
	}
	return e.Today
}

// Set is a set of these members, which have one type: S, N or B. Validate tells what is wrong with it.
func Set(members []Value) Value {
	v := Value{Elements: members}
	if len(members) > 0 {
		v.Type = members[0].Type - S + SS
	}
	v.checkSet()
	return v
}
