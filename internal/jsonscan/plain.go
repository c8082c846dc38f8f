package jsonscan

import (
	"encoding/binary"
	"math/bits"
)

const (
	eachByte = 0x0101010101010101
	highBits = 0x80 * eachByte
)

// plainBytes is how many bytes at the beginning of text certainly stand for themselves in a JSON
// string: printable ASCII but the quote and the backslash. It looks at eight bytes at a time, and
// leaves the few at the end to the caller.
func plainBytes(text []byte) int {
	n := 0
	for ; len(text)-n >= 8; n += 8 {
		w := binary.LittleEndian.Uint64(text[n:])
		// A byte's high bit is set in special where the byte is below ' ', a quote, a backslash or not ASCII.
		// The subtractions may borrow into the bytes above one that is special, hence only the first counts.
		quote, backslash := w^('"'*eachByte), w^('\\'*eachByte)
		special := ((w - ' '*eachByte) | (quote - eachByte) | (backslash - eachByte) | w) & highBits
		if special != 0 {
			return n + bits.TrailingZeros64(special)/8
		}
	}
	return n
}

// skipString reads a string without making it: unlike String it allocates nothing for escapes.
func (s *Scanner) skipString() error {
	for i := s.pos + 1; i < len(s.data); i++ {
		if i += plainBytes(s.data[i:]); i >= len(s.data) {
			break
		}
		switch c := s.data[i]; {
		case c == '"':
			s.pos = i + 1
			return nil
		case c < ' ':
			s.pos = i
			return s.fail("control character in a string")
		case c == '\\':
			length, ok := s.escapeLength(i)
			if !ok {
				s.pos = i
				return s.fail("invalid escape")
			}
			i += length - 1
		}
	}
	s.pos = len(s.data)
	return s.fail("string without an end")
}

// escapeLength is how many bytes the escape at i takes; ok is false when it is none.
func (s *Scanner) escapeLength(i int) (length int, ok bool) {
	if i+1 >= len(s.data) {
		return 0, false
	}
	switch s.data[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2, true
	case 'u':
		_, ok = s.hex(i + 2)
		return 6, ok
	}
	return 0, false
}
