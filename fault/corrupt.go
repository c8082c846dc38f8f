package fault

import (
	"context"
	"fmt"
	"io"
	"math/bits"
	"slices"
)

// mostCorrupt is how many bytes of one body a rule flips at most.
const mostCorrupt = 4096

func init() {
	register("corrupt", func(p struct {
		Bytes *int `json:"bytes"`
	}) (Effect, error) {
		n := 1
		if p.Bytes != nil {
			n = *p.Bytes
		}
		if n < 1 || n > mostCorrupt {
			return nil, &RuleError{Field: "bytes", Message: fmt.Sprintf("%d is not a number of bytes from 1 to %d", n, mostCorrupt)}
		}
		return corrupt{n}, nil
	})
}

// corrupt changes bytes of the answer's body. Its length and all headers, checksums among them, stay.
type corrupt struct{ bytes int }

// Kind implements Effect.
func (corrupt) Kind() string { return "corrupt" }

// Body implements Body. Which bytes are flipped is drawn; of a body whose length nobody knows, the first are.
func (c corrupt) Body(_ context.Context, s Strike, w Writer, length int64) io.Writer {
	positions := make([]int64, 0, c.bytes)
	for i := 0; len(positions) < c.bytes && (length < 0 || int64(len(positions)) < length); i++ {
		at := int64(i)
		if length > int64(c.bytes) {
			hi, _ := bits.Mul64(derived(s.Random, i), uint64(length))
			at = int64(hi)
		}
		if !slices.Contains(positions, at) {
			positions = append(positions, at)
		}
	}
	slices.Sort(positions)
	return &flip{w: w, random: s.Random, positions: positions}
}

type flip struct {
	w         Writer
	random    uint64
	at        int64
	positions []int64 // those to come
}

// Write implements io.Writer. It does not change p, which is the caller's.
func (f *flip) Write(p []byte) (int, error) {
	if len(f.positions) == 0 || f.positions[0] >= f.at+int64(len(p)) {
		f.at += int64(len(p))
		return f.w.Write(p)
	}
	flipped := slices.Clone(p)
	for len(f.positions) > 0 && f.positions[0] < f.at+int64(len(p)) {
		position := f.positions[0]
		mask := byte(splitmix64(f.random+uint64(position)))&0x0f | 1 // never 0: the byte always changes
		flipped[position-f.at] ^= mask
		f.positions = f.positions[1:]
	}
	f.at += int64(len(p))
	return f.w.Write(flipped)
}
