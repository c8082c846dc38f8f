package catalog

import (
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

var errCorrupt = errors.New("catalog: the table is corrupt")

func inflate(packed string, size int, dictionary []byte) ([]byte, error) {
	raw := make([]byte, size)
	if _, err := io.ReadFull(flate.NewReaderDict(strings.NewReader(packed), dictionary), raw); err != nil {
		return nil, fmt.Errorf("%w: %w", errCorrupt, err)
	}
	return raw, nil
}

// decoder reads one block. After bad input it gives zeros, and err is set.
type decoder struct {
	body    []byte
	strings []string // all parts of one
	next    int      // how many of them were used
	err     error
}

// newDecoder reads the string table of a block.
func newDecoder(block []byte) *decoder {
	d := &decoder{body: block}
	d.strings = make([]string, d.count())
	lengths := make([]int, len(d.strings))
	total := 0
	for i := range lengths {
		lengths[i] = d.count()
		total += lengths[i]
	}
	if total > len(d.body) {
		d.fail()
		return d
	}
	text := string(d.body[:total])
	d.body = d.body[total:]
	for i, n := range lengths {
		d.strings[i], text = text[:n], text[n:]
	}
	return d
}

func (d *decoder) fail() {
	d.err = errCorrupt
	d.body = nil
}

func (d *decoder) number() int {
	n, size := binary.Uvarint(d.body)
	if size <= 0 || n > 1<<31-1 {
		d.fail()
		return 0
	}
	d.body = d.body[size:]
	return int(n)
}

// count is a number of things that follow; there cannot be more than there are bytes.
func (d *decoder) count() int {
	n := d.number()
	if n > len(d.body) {
		d.fail()
		return 0
	}
	return n
}

func (d *decoder) text() string {
	back := d.number()
	i := d.next - back
	if back == 0 {
		d.next++
	}
	if i < 0 || i >= len(d.strings) {
		d.fail()
		return ""
	}
	return d.strings[i]
}

func (d *decoder) texts() []string {
	list := make([]string, d.count())
	for i := range list {
		list[i] = d.text()
	}
	return list
}

// of gives the i-th of a list that a small number in the table stands for.
func of[T any](d *decoder, list []T, i int) T {
	if i < 0 || i >= len(list) {
		d.fail()
		var zero T
		return zero
	}
	return list[i]
}

// header reads what the index holds of a service.
func (d *decoder) header(s *Service) {
	for _, field := range []*string{
		&s.Name, &s.ID, &s.SigningName, &s.EndpointPrefix, &s.TargetPrefix, &s.APIVersion, &s.JSONVersion, &s.XMLNamespace,
	} {
		*field = d.text()
	}
	s.Protocols = d.texts()
	s.QueryCompatible = d.number() == 1
}
