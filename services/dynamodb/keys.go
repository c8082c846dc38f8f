package dynamodb

import (
	"encoding/binary"

	"github.com/brownoutdev/brownout/services/dynamodb/item"
	"github.com/brownoutdev/brownout/store"
)

// The letters behind the prefix; the package comment describes the keys.
const (
	letterTable = 't'
	letterData  = 'd'

	letterStream     = 's'
	letterRecord     = 'r'
	letterBackup     = 'b'
	letterBackupItem = 'k'
	letterVersion    = 'v'
	letterOutbox     = 'o'

	letterToken       = 'i'
	letterTokenExpiry = 'x'
)

const (
	hashLength  = 8
	tableNumber = 0 // where an index has its number
)

func (s *Service) descriptorKey(name tableName) []byte {
	b := make([]byte, 0, len(s.prefix)+len(name.account)+len(name.region)+len(name.name)+3)
	b = append(append(b, s.prefix...), letterTable)
	b = append(append(b, name.account...), 0)
	b = append(append(b, name.region...), 0)
	return append(b, name.name...)
}

// tableSpace is what all keys of a table's items and index entries begin with.
func (s *Service) tableSpace(number uint32) []byte {
	b := make([]byte, 0, len(s.prefix)+6)
	b = append(append(b, s.prefix...), letterData)
	return binary.BigEndian.AppendUint32(b, number)
}

// partitionHash orders partitions: FNV-1a of the encoded partition key, its bits mixed so that
// ranges of it hold equal shares. It is part of the storage format.
func partitionHash(encoded []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range encoded {
		h = (h ^ uint64(c)) * 1099511628211
	}
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// appendPartition appends the hash of the partition key attributes and then their encoding.
func appendPartition(b []byte, hash []attribute, values item.Item) ([]byte, bool) {
	var room [hashLength]byte
	start := len(b)
	b = append(b, room[:]...)
	b, ok := appendValues(b, hash, values)
	if ok {
		binary.BigEndian.PutUint64(b[start:], partitionHash(b[start+hashLength:]))
	}
	return b, ok
}

// appendValues appends the encoding of these attributes; ok is false when one is missing.
func appendValues(b []byte, attributes []attribute, values item.Item) (_ []byte, ok bool) {
	for i := range attributes {
		v, ok := values.Get(attributes[i].name)
		if !ok || v.Type != attributes[i].kind {
			return b, false
		}
		b = item.AppendKey(b, v)
	}
	return b, true
}

// after is the first key behind all that begin with prefix; nil when there is none.
func after(prefix []byte) []byte { return store.Prefix(prefix).End }

// behind is the first key after this one. It copies the key.
func behind(key []byte) []byte {
	b := make([]byte, len(key)+1)
	copy(b, key)
	return b
}
