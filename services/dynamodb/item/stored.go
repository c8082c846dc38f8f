package item

import (
	"encoding/binary"
	"fmt"

	"github.com/brownoutdev/brownout/internal/jsonscan"
)

// StoredFormat is the version of the format that Encode writes.
const StoredFormat = 1

// Stored is an item as Encode wrote it. What is read from it may share its memory.
type Stored []byte

// Encode writes an item for storage; see the package comment for the format.
func Encode(it Item) []byte {
	size := it.Size()
	b := make([]byte, 0, size+16*len(it)+16)
	b = append(b, StoredFormat)
	b = binary.AppendUvarint(b, uint64(size))
	return it.AppendJSON(b)
}

// header is the item's size and where its JSON begins.
func (s Stored) header() (size, start int, err error) {
	if len(s) == 0 || s[0] != StoredFormat {
		version := -1
		if len(s) > 0 {
			version = int(s[0])
		}
		return 0, 0, fmt.Errorf("item: stored in format %d, only format %d is known", version, StoredFormat)
	}
	n, length := binary.Uvarint(s[1:])
	if length <= 0 {
		return 0, 0, fmt.Errorf("item: stored bytes are cut off")
	}
	return int(n), 1 + length, nil
}

// JSON is the item as a JSON object, to be copied into answers as it is; nil when the bytes are not
// an item (Decode says why).
func (s Stored) JSON() []byte {
	_, start, err := s.header()
	if err != nil {
		return nil
	}
	return s[start:]
}

// Size is the item's size in bytes by AWS's rules, known without decoding; 0 when the bytes are not an item.
func (s Stored) Size() int {
	size, _, err := s.header()
	if err != nil {
		return 0
	}
	return size
}

// Decode reads the whole item.
func (s Stored) Decode() (Item, error) {
	_, start, err := s.header()
	if err != nil {
		return nil, err
	}
	scanner := jsonscan.New(s[start:])
	var it Item
	if err := it.decode(&scanner, 8); err != nil {
		return nil, fmt.Errorf("item: stored bytes are damaged: %w", err)
	}
	return it, nil
}

// Attribute reads one attribute and passes over the others without decoding them.
func (s Stored) Attribute(name string) (v Value, ok bool, err error) {
	raw, ok, err := s.Raw(name)
	if !ok || err != nil {
		return Value{}, false, err
	}
	scanner := jsonscan.New(raw)
	if err := v.decode(&scanner); err != nil {
		return Value{}, false, fmt.Errorf("item: stored bytes are damaged: %w", err)
	}
	return v, true, nil
}

// Raw is the JSON of one attribute's value, to be copied into answers as it is.
func (s Stored) Raw(name string) (value []byte, ok bool, err error) {
	err = s.Each(func(attribute string, raw []byte) bool {
		if attribute == name {
			value, ok = raw, true
		}
		return !ok
	})
	return value, ok, err
}

// Each calls fn with each attribute's name and the JSON of its value, in order, until fn returns false.
func (s Stored) Each(fn func(name string, value []byte) (more bool)) error {
	_, start, err := s.header()
	if err != nil {
		return err
	}
	scanner := jsonscan.New(s[start:])
	if err := scanner.OpenObject(); err != nil {
		return fmt.Errorf("item: stored bytes are damaged: %w", err)
	}
	for first := true; ; first = false {
		name, more, err := scanner.Key(first)
		if err != nil {
			return fmt.Errorf("item: stored bytes are damaged: %w", err)
		}
		if !more {
			return nil
		}
		offset := scanner.Offset()
		if err := scanner.Skip(); err != nil {
			return fmt.Errorf("item: stored bytes are damaged: %w", err)
		}
		if !fn(name, scanner.Since(offset)) {
			return nil
		}
	}
}
