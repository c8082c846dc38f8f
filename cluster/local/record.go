package local

import (
	"encoding/binary"
	"fmt"

	"github.com/brownoutdev/brownout/cluster"
)

// record is an entry as it is stored: 8 bytes of revision, 1 byte that says whether it is under a lease, the value.
type record struct {
	revision int64
	leased   bool
	value    []byte
}

const recordHead = 9

func (r record) encode() []byte {
	b := make([]byte, recordHead, recordHead+len(r.value))
	binary.BigEndian.PutUint64(b, uint64(r.revision))
	if r.leased {
		b[8] = 1
	}
	return append(b, r.value...)
}

// decode copies the value: it outlives the reader that handed it out.
func decode(b []byte) (record, error) {
	if len(b) < recordHead {
		return record{}, fmt.Errorf("a stored entry has %d bytes, less than its head", len(b))
	}
	return record{
		revision: int64(binary.BigEndian.Uint64(b)),
		leased:   b[8] != 0,
		value:    append([]byte{}, b[recordHead:]...),
	}, nil
}

func (r record) entry(key string) cluster.Entry {
	return cluster.Entry{Key: key, Value: r.value, Revision: r.revision}
}
