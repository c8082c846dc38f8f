package item

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

func keyValues(kind Type) *rapid.Generator[Value] {
	return rapid.Custom(func(t *rapid.T) Value {
		if kind == N {
			return Number(numbers().Draw(t, "number"))
		}
		// Few different bytes, so that prefixes and zeros are common.
		raw := rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 2, 'a', 0xFE, 0xFF}), 0, 6).Draw(t, "bytes")
		return Value{Type: kind, Text: string(raw)}
	})
}

func TestOrderOfKeysIsOrderOfValues(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]Type{S, N, B}).Draw(t, "type")
		second := rapid.SampledFrom([]Type{S, N, B}).Draw(t, "second type")
		a, b := keyValues(kind).Draw(t, "a"), keyValues(kind).Draw(t, "b")
		c, d := keyValues(second).Draw(t, "c"), keyValues(second).Draw(t, "d")
		want, _ := Compare(a, b)
		if want == 0 {
			want, _ = Compare(c, d)
		}
		left, right := AppendKey(AppendKey(nil, a), c), AppendKey(AppendKey(nil, b), d)
		if got := bytes.Compare(left, right); got != want {
			t.Fatalf("%q %q and %q %q: bytes say %d, values %d", a.Text, c.Text, b.Text, d.Text, got, want)
		}
		first, rest, err := DecodeKey(left)
		if err != nil || !Equal(first, a) {
			t.Fatalf("%q was decoded as %q, %v", a.Text, first.Text, err)
		}
		last, rest, err := DecodeKey(rest)
		if err != nil || len(rest) != 0 || !Equal(last, c) {
			t.Fatalf("%q was decoded as %q with %d bytes left, %v", c.Text, last.Text, len(rest), err)
		}
	})
}

func FuzzDecodeKey(f *testing.F) {
	f.Add(AppendKey(nil, Text("a\x00b")))
	f.Add(AppendKey(nil, Number("-12.5")))
	f.Add([]byte{tagNumber, signPositive, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		v, rest, err := DecodeKey(b)
		if err != nil || v.Type != N {
			return
		}
		if _, err := CanonicalNumber(v.Text); err != nil {
			t.Skip("damaged bytes may hold what no number encodes to")
		}
		_ = rest
	})
}
