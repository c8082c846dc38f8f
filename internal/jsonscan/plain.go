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
