package dynamodb

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"strconv"
	"time"

	"github.com/brownoutdev/brownout/internal/jsonscan"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
	"github.com/brownoutdev/brownout/store"
)

// serviceIdentity is the userIdentity of records about items that TTL deleted.
const serviceIdentity = `,"userIdentity":{"PrincipalId":"dynamodb.amazonaws.com","Type":"Service"}`

// record writes the record of one item's write: encoded is the new item, nil when it was deleted.
//
// A stored record is one byte (the format version), the time (Unix nanoseconds, 8 bytes, big-endian),
// and the record's JSON as GetRecords answers it.
func (x *stream) record(w store.Writer, st *state, p *pending, encoded []byte) error {
	now := x.clock.Now()
	sequence := x.last.Add(1)
	d := x.state.Load()
	b := make([]byte, 0, 512+len(encoded)+len(p.old))
	b = append(b, recordFormat)
	b = binary.BigEndian.AppendUint64(b, uint64(now.UnixNano()))
	b = append(b, `{"eventID":"`...)
	b = x.appendEventID(b, sequence)
	b = append(append(append(b, `","eventName":"`...), eventName(p.old, encoded)...), `","eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":`...)
	b = append(jsonscan.AppendString(b, x.name.region), `,"dynamodb":{"ApproximateCreationDateTime":`...)
	b = append(strconv.AppendInt(b, now.Unix(), 10), `,"Keys":`...)
	b, size, err := appendKeys(b, st, p.old, encoded)
	if err != nil {
		return err
	}
	b, size = appendImages(b, size, d.ViewType, p.old, encoded)
	b = append(append(b, `,"SequenceNumber":"`...), sequenceText(sequence)...)
	b = strconv.AppendInt(append(b, `","SizeBytes":`...), int64(size), 10)
	b = append(append(append(b, `,"StreamViewType":"`...), d.ViewType...), `"}`...)
	if p.expired {
		b = append(b, serviceIdentity...)
	}
	return w.Set(x.recordKey(sequence), append(b, '}'))
}

func eventName(old item.Stored, encoded []byte) string {
	switch {
	case old == nil:
		return "INSERT"
	case encoded == nil:
		return "REMOVE"
	}
	return "MODIFY"
}

// appendEventID appends 32 hexadecimal digits that are the record's own for good.
func (x *stream) appendEventID(b []byte, sequence uint64) []byte {
	h := fnv.New128a()
	h.Write(binary.BigEndian.AppendUint64([]byte(x.arn), sequence))
	return hex.AppendEncode(b, h.Sum(nil))
}

// appendKeys appends the item's key attributes as a JSON object, and answers their size.
func appendKeys(b []byte, st *state, old item.Stored, encoded []byte) (_ []byte, size int, err error) {
	from := item.Stored(encoded)
	if encoded == nil {
		from = old
	}
	b = append(b, '{')
	first := true
	st.keys.each(func(a attribute) bool {
		var v item.Value
		if v, _, err = from.Attribute(a.name); err != nil {
			return false
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = v.AppendJSON(append(jsonscan.AppendString(b, a.name), ':'))
		size += len(a.name) + v.Size()
		return true
	})
	return append(b, '}'), size, err
}

// appendImages appends those images that the view type has and that there are.
func appendImages(b []byte, size int, view string, old item.Stored, encoded []byte) ([]byte, int) {
	if encoded != nil && (view == viewNew || view == viewBoth) {
		b = append(append(b, `,"NewImage":`...), item.Stored(encoded).JSON()...)
		size += item.Stored(encoded).Size()
	}
	if old != nil && (view == viewOld || view == viewBoth) {
		b = append(append(b, `,"OldImage":`...), old.JSON()...)
		size += old.Size()
	}
	return b, size
}

// readRecord is a stored record's time and JSON.
func readRecord(value []byte) (at time.Time, json []byte, err error) {
	if len(value) < 9 || value[0] != recordFormat {
		return time.Time{}, nil, fmt.Errorf("dynamodb: a stream record is stored in a format that is not known")
	}
	return time.Unix(0, int64(binary.BigEndian.Uint64(value[1:]))), value[9:], nil
}
