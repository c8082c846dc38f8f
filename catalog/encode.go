package catalog

import (
	"bytes"
	"cmp"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"slices"
)

// The table's layout: a first line ("brownout catalogue 2"), a second with the source ("botocore
// 1.43.11"), four lengths, the dictionary, the index, then one chunk per service. Dictionary, index
// and chunks are deflated; chunks with the dictionary, so that each can be read alone and is still
// small. Index and chunks are made of varints and of strings: a string stands in the block's string
// table once, in order of first use, and is referred to by 0 (the next one) or by how far back it is.

const magic = "brownout catalogue 2\n"

// dictionarySize is how much deflate can look back.
const dictionarySize = 32 << 10

// Encode writes a table of these services, in order of their names. source says what they were made
// from. The same services give the same bytes. It is what internal/apigen calls.
func Encode(source string, services []*Service) ([]byte, error) {
	services = slices.SortedFunc(slices.Values(services), func(a, b *Service) int { return cmp.Compare(a.Name, b.Name) })
	blocks := make([]*encoder, len(services))
	for i, s := range services {
		e := newEncoder()
		if err := e.service(s); err != nil {
			return nil, fmt.Errorf("catalog: %s: %w", s.Name, err)
		}
		blocks[i] = e
	}
	dictionary := buildDictionary(blocks)
	index := newEncoder()
	index.number(len(services))
	var chunks []byte
	for i, s := range services {
		raw := blocks[i].block()
		chunk := deflate(raw, dictionary)
		index.header(s)
		index.number(len(raw))
		index.number(len(chunk))
		chunks = append(chunks, chunk...)
	}
	rawIndex := index.block()
	packedDictionary, packedIndex := deflate(dictionary, nil), deflate(rawIndex, nil)
	out := []byte(magic + source + "\n")
	for _, n := range []int{len(dictionary), len(packedDictionary), len(rawIndex), len(packedIndex)} {
		out = binary.AppendUvarint(out, uint64(n))
	}
	return slices.Concat(out, packedDictionary, packedIndex, chunks), nil
}

func deflate(raw, dictionary []byte) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriterDict(&b, flate.BestCompression, dictionary)
	if err != nil {
		panic(err) // only a wrong level fails
	}
	w.Write(raw) //nolint:errcheck // a bytes.Buffer takes everything
	w.Close()    //nolint:errcheck
	return b.Bytes()
}

// buildDictionary is the strings that most services share, the likeliest last: deflate codes short
// distances best.
func buildDictionary(blocks []*encoder) []byte {
	uses := map[string]int{}
	for _, e := range blocks {
		for _, s := range e.strings {
			uses[s]++
		}
	}
	type candidate struct {
		text string
		gain int
	}
	var candidates []candidate
	for s, n := range uses {
		if n > 1 && len(s) > 3 {
			candidates = append(candidates, candidate{s, (n - 1) * (len(s) - 3)})
		}
	}
	slices.SortFunc(candidates, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.gain, a.gain), cmp.Compare(a.text, b.text))
	})
	size := 0
	for i, c := range candidates {
		if size += len(c.text); size > dictionarySize {
			candidates = candidates[:i]
			break
		}
	}
	var b []byte
	for _, c := range slices.Backward(candidates) {
		b = append(b, c.text...)
	}
	return b
}

// encoder writes one block.
type encoder struct {
	body    []byte
	strings []string
	known   map[string]int
	err     error // the first thing that the table cannot hold
}

func newEncoder() *encoder { return &encoder{known: map[string]int{}} }

func (e *encoder) number(n int) { e.body = binary.AppendUvarint(e.body, uint64(n)) }

func (e *encoder) text(s string) {
	if i, ok := e.known[s]; ok {
		e.number(len(e.strings) - i)
		return
	}
	e.known[s] = len(e.strings)
	e.strings = append(e.strings, s)
	e.number(0)
}

func (e *encoder) texts(list []string) {
	e.number(len(list))
	for _, s := range list {
		e.text(s)
	}
}

// place is where s stands in a list that small numbers in the table stand for.
func (e *encoder) place(list []string, s string) int {
	i := slices.Index(list, s)
	if i < 0 && e.err == nil {
		e.err = fmt.Errorf("%q is none of %q", s, list)
	}
	return max(i, 0)
}

// flags writes up to 32 marks as one number, the first as the lowest bit.
func (e *encoder) flags(marks ...bool) {
	n := 0
	for i, on := range marks {
		if on {
			n |= 1 << i
		}
	}
	e.number(n)
}

// block is the string table and the body.
func (e *encoder) block() []byte {
	b := binary.AppendUvarint(nil, uint64(len(e.strings)))
	for _, s := range e.strings {
		b = binary.AppendUvarint(b, uint64(len(s)))
	}
	for _, s := range e.strings {
		b = append(b, s...)
	}
	return append(b, e.body...)
}

// header writes what the index holds of a service.
func (e *encoder) header(s *Service) {
	for _, text := range []string{s.Name, s.ID, s.SigningName, s.EndpointPrefix, s.TargetPrefix, s.APIVersion, s.JSONVersion, s.XMLNamespace} {
		e.text(text)
	}
	e.texts(s.Protocols)
	e.flags(s.QueryCompatible)
}
