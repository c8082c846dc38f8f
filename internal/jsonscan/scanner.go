// Package jsonscan reads JSON in one pass without building a tree: the hot path of the JSON
// protocols. It accepts exactly what RFC 8259 allows (and, as encoding/json does, replaces invalid
// UTF-8 by U+FFFD).
package jsonscan

import (
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// MaxDepth is how deep objects and arrays may nest.
const MaxDepth = 512

// Kind is what the next value is, by its first byte.
type Kind uint8

// The kinds of values. Bad is a byte that begins none; End is the end of the input.
const (
	Bad Kind = iota
	End
	Object
	Array
	String
	Number
	True
	False
	Null
)

// SyntaxError says what is wrong, and at which byte.
type SyntaxError struct {
	Offset  int
	Message string
}

// Error implements error.
func (e *SyntaxError) Error() string { return fmt.Sprintf("%s at byte %d", e.Message, e.Offset) }

// Scanner reads one JSON text. Strings that it returns may share memory with the input, which must
// not change while they live.
type Scanner struct {
	data  []byte
	pos   int
	depth int
}

// New is a scanner at the beginning of data.
func New(data []byte) Scanner { return Scanner{data: data} }

// Offset is the position of the next unread byte.
func (s *Scanner) Offset() int { return s.pos }

// Since is the input from an earlier Offset to here, without a copy.
func (s *Scanner) Since(offset int) []byte { return s.data[offset:s.pos:s.pos] }

func (s *Scanner) fail(message string) error { return &SyntaxError{s.pos, message} }

func (s *Scanner) space() {
	for s.pos < len(s.data) {
		switch s.data[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}

// Peek is the kind of the next value; it reads nothing but white space.
func (s *Scanner) Peek() Kind {
	s.space()
	if s.pos >= len(s.data) {
		return End
	}
	switch c := s.data[s.pos]; {
	case c == '"':
		return String
	case c == '{':
		return Object
	case c == '[':
		return Array
	case c == 't':
		return True
	case c == 'f':
		return False
	case c == 'n':
		return Null
	case c == '-' || c >= '0' && c <= '9':
		return Number
	}
	return Bad
}

// End is nil when only white space is left.
func (s *Scanner) End() error {
	s.space()
	if s.pos < len(s.data) {
		return s.fail("unexpected data after the value")
	}
	return nil
}

// OpenObject reads '{'.
func (s *Scanner) OpenObject() error { return s.open('{', "an object") }

// OpenArray reads '['.
func (s *Scanner) OpenArray() error { return s.open('[', "an array") }

func (s *Scanner) open(bracket byte, what string) error {
	s.space()
	if s.pos >= len(s.data) || s.data[s.pos] != bracket {
		return s.fail("expected " + what)
	}
	if s.depth++; s.depth > MaxDepth {
		return s.fail("nested too deeply")
	}
	s.pos++
	return nil
}

// Key reads the next key of an object and its colon, or the closing brace; then more is false.
// first is true for the first call after OpenObject.
func (s *Scanner) Key(first bool) (key string, more bool, err error) {
	if more, err = s.separator('}', first); !more {
		return "", false, err
	}
	if key, err = s.String(); err != nil {
		return "", false, err
	}
	s.space()
	if s.pos >= len(s.data) || s.data[s.pos] != ':' {
		return "", false, s.fail("expected ':'")
	}
	s.pos++
	return key, true, nil
}

// Element steps to the next element of an array, or reads the closing bracket; then more is false.
func (s *Scanner) Element(first bool) (more bool, err error) { return s.separator(']', first) }

func (s *Scanner) separator(closing byte, first bool) (more bool, err error) {
	s.space()
	if s.pos >= len(s.data) {
		return false, s.fail("unexpected end")
	}
	switch c := s.data[s.pos]; {
	case c == closing:
		s.pos++
		s.depth--
		return false, nil
	case first:
		return true, nil
	case c == ',':
		s.pos++
		s.space()
		return true, nil
	}
	return false, s.fail("expected ',' or '" + string(closing) + "'")
}

// String reads a string. Without escapes it shares memory with the input.
func (s *Scanner) String() (string, error) {
	s.space()
	if s.pos >= len(s.data) || s.data[s.pos] != '"' {
		return "", s.fail("expected a string")
	}
	start := s.pos + 1
	ascii := true
	for i := start; i < len(s.data); i++ {
		if i += plainBytes(s.data[i:]); i >= len(s.data) {
			break
		}
		switch c := s.data[i]; {
		case c == '"':
			text := s.data[start:i]
			s.pos = i + 1
			if !ascii && !utf8.Valid(text) {
				return string([]rune(string(text))), nil
			}
			return unsafe.String(unsafe.SliceData(text), len(text)), nil
		case c == '\\':
			return s.escaped(start, i)
		case c < ' ':
			s.pos = i
			return "", s.fail("control character in a string")
		case c >= utf8.RuneSelf:
			ascii = false
			for i+1 < len(s.data) && s.data[i+1] >= utf8.RuneSelf {
				i++
			}
		}
	}
	s.pos = len(s.data)
	return "", s.fail("string without an end")
}

// escaped reads on from the first backslash.
func (s *Scanner) escaped(start, i int) (string, error) {
	text := append(make([]byte, 0, 2*(i-start)+16), s.data[start:i]...)
	for i < len(s.data) {
		switch c := s.data[i]; {
		case c == '"':
			s.pos = i + 1
			if !utf8.Valid(text) {
				return string([]rune(string(text))), nil
			}
			return unsafe.String(unsafe.SliceData(text), len(text)), nil
		case c < ' ':
			s.pos = i
			return "", s.fail("control character in a string")
		case c != '\\':
			text = append(text, c)
			i++
		default:
			var err error
			if text, i, err = s.escape(text, i); err != nil {
				return "", err
			}
		}
	}
	s.pos = len(s.data)
	return "", s.fail("string without an end")
}

// escape reads one escape at i and answers where the text goes on.
func (s *Scanner) escape(text []byte, i int) ([]byte, int, error) {
	s.pos = i
	if i+1 >= len(s.data) {
		return nil, 0, s.fail("string without an end")
	}
	switch c := s.data[i+1]; c {
	case '"', '\\', '/':
		return append(text, c), i + 2, nil
	case 'b':
		return append(text, '\b'), i + 2, nil
	case 'f':
		return append(text, '\f'), i + 2, nil
	case 'n':
		return append(text, '\n'), i + 2, nil
	case 'r':
		return append(text, '\r'), i + 2, nil
	case 't':
		return append(text, '\t'), i + 2, nil
	case 'u':
		r, ok := s.hex(i + 2)
		if !ok {
			return nil, 0, s.fail("invalid \\u escape")
		}
		i += 6
		if utf16.IsSurrogate(r) {
			low, paired := rune(0), false
			if i+1 < len(s.data) && s.data[i] == '\\' && s.data[i+1] == 'u' {
				low, paired = s.hex(i + 2)
			}
			if r = utf16.DecodeRune(r, low); paired && r != utf8.RuneError {
				i += 6
			} else {
				r = utf8.RuneError
			}
		}
		return utf8.AppendRune(text, r), i, nil
	}
	return nil, 0, s.fail("invalid escape")
}

func (s *Scanner) hex(i int) (rune, bool) {
	if i+4 > len(s.data) {
		return 0, false
	}
	var r rune
	for _, c := range s.data[i : i+4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// Number reads a number and returns its text, which shares memory with the input.
func (s *Scanner) Number() (string, error) {
	s.space()
	start := s.pos
	s.skipByte('-')
	switch digits := s.digits(); {
	case digits == 0:
		return "", s.fail("invalid number")
	case digits > 1 && s.data[s.pos-digits] == '0':
		return "", s.fail("number with a leading zero")
	}
	if s.skipByte('.') && s.digits() == 0 {
		return "", s.fail("invalid number")
	}
	if s.skipByte('e') || s.skipByte('E') {
		if !s.skipByte('+') {
			s.skipByte('-')
		}
		if s.digits() == 0 {
			return "", s.fail("invalid number")
		}
	}
	text := s.data[start:s.pos]
	return unsafe.String(unsafe.SliceData(text), len(text)), nil
}

func (s *Scanner) skipByte(c byte) bool {
	if s.pos < len(s.data) && s.data[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

func (s *Scanner) digits() int {
	start := s.pos
	for s.pos < len(s.data) && s.data[s.pos] >= '0' && s.data[s.pos] <= '9' {
		s.pos++
	}
	return s.pos - start
}

// Bool reads true or false.
func (s *Scanner) Bool() (bool, error) {
	switch s.Peek() {
	case True:
		return true, s.word("true")
	case False:
		return false, s.word("false")
	}
	return false, s.fail("expected true or false")
}

// Null reads null.
func (s *Scanner) Null() error {
	s.space()
	return s.word("null")
}

func (s *Scanner) word(word string) error {
	if len(s.data)-s.pos < len(word) || string(s.data[s.pos:s.pos+len(word)]) != word {
		return s.fail("invalid literal")
	}
	s.pos += len(word)
	return nil
}

// Skip reads one value of any kind and forgets it.
func (s *Scanner) Skip() error {
	switch s.Peek() {
	case Object:
		return s.skipObject()
	case Array:
		return s.skipArray()
	case String:
		return s.skipString()
	case Number:
		_, err := s.Number()
		return err
	case True, False:
		_, err := s.Bool()
		return err
	case Null:
		return s.Null()
	case End:
		return s.fail("unexpected end")
	}
	return s.fail("expected a value")
}

func (s *Scanner) skipObject() error {
	if err := s.OpenObject(); err != nil {
		return err
	}
	for first := true; ; first = false {
		_, more, err := s.Key(first)
		if !more || err != nil {
			return err
		}
		if err := s.Skip(); err != nil {
			return err
		}
	}
}

func (s *Scanner) skipArray() error {
	if err := s.OpenArray(); err != nil {
		return err
	}
	for first := true; ; first = false {
		more, err := s.Element(first)
		if !more || err != nil {
			return err
		}
		if err := s.Skip(); err != nil {
			return err
		}
	}
}

// Value reads one value of any kind: map[string]any, []any, string, int64 (where it fits), float64, bool or nil.
func (s *Scanner) Value() (any, error) {
	switch s.Peek() {
	case Object:
		return s.object()
	case Array:
		return s.array()
	case String:
		return s.String()
	case Number:
		text, err := s.Number()
		if err != nil {
			return nil, err
		}
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n, nil
		}
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, s.fail("number out of range")
		}
		return f, nil
	case True, False:
		return s.Bool()
	case Null:
		return nil, s.Null()
	}
	return nil, s.Skip() // says what is wrong
}

func (s *Scanner) object() (any, error) {
	if err := s.OpenObject(); err != nil {
		return nil, err
	}
	object := map[string]any{}
	for first := true; ; first = false {
		key, more, err := s.Key(first)
		if err != nil {
			return nil, err
		}
		if !more {
			return object, nil
		}
		if object[key], err = s.Value(); err != nil {
			return nil, err
		}
	}
}

func (s *Scanner) array() (any, error) {
	if err := s.OpenArray(); err != nil {
		return nil, err
	}
	array := []any{}
	for first := true; ; first = false {
		more, err := s.Element(first)
		if err != nil {
			return nil, err
		}
		if !more {
			return array, nil
		}
		value, err := s.Value()
		if err != nil {
			return nil, err
		}
		array = append(array, value)
	}
}
