package dynamodb

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/store"
)

// Streams are stored below two letters more:
//
//	s account 00 region 00 table 00 label   a stream's descriptor: JSON, see streamDescriptor
//	r stream sequence                       a record: see (*stream).record
//
// stream is the stream's number (4 bytes, big-endian), sequence the record's number (8 bytes). A shard
// is a range of sequence numbers. Records are numbered within the transaction that writes the item,
// under the item's lock, so the records of one item are in order; readers first let all writes end
// that may have taken a number (see settled), so nobody reads past a record that is still to come.

const (
	streamFormat = 1
	recordFormat = 1
	// streamRetention is how long records can be read, and how long a disabled stream is known.
	streamRetention = 24 * time.Hour
	// shardLife is how long a shard takes records: AWS rolls them over about this often.
	shardLife = 4 * time.Hour
)

const (
	streamEnabled  = "ENABLED"
	streamDisabled = "DISABLED"

	viewKeys   = "KEYS_ONLY"
	viewNew    = "NEW_IMAGE"
	viewOld    = "OLD_IMAGE"
	viewBoth   = "NEW_AND_OLD_IMAGES"
	enumView   = "NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES, KEYS_ONLY"
	streamPart = "/stream/"
)

// streamName is what makes a stream.
type streamName struct {
	tableName
	label string
}

// stream is one stream.
type stream struct {
	name   streamName
	number uint32
	arn    string
	space  []byte // what its records' keys begin with
	clock  clock.Clock
	// last is the sequence number given last.
	last atomic.Uint64
	// settledTo is a number up to which no record is still to come.
	settledTo atomic.Uint64
	// state is replaced when the stream changes; Service.changing is held then.
	state atomic.Pointer[streamDescriptor]
	// trimming guards trimmed, the time of the last look for records that are too old.
	trimming sync.Mutex
	trimmed  time.Time
}

// streamDescriptor is a stream as it is stored, in JSON. It never changes: a change makes another.
type streamDescriptor struct {
	Format      int
	Number      uint32
	TableNumber uint32
	Account     string
	Region      string
	Table       string
	Label       string
	ViewType    string
	Status      string
	Created     time.Time
	Ended       *time.Time `json:",omitempty"`
	KeySchema   []KeySchemaElement
	Shards      []shard
	// Horizon is the greatest sequence number that has been trimmed.
	Horizon uint64          `json:",omitempty"`
	Policy  *resourcePolicy `json:",omitempty"`
}

// shard is a range of a stream's sequence numbers.
type shard struct {
	ID     string
	Parent string `json:",omitempty"`
	Start  uint64
	// End is the last number; 0 while the shard is open.
	End     uint64 `json:",omitempty"`
	Created time.Time
	Closed  *time.Time `json:",omitempty"`
}

func (d *streamDescriptor) copy() *streamDescriptor {
	c := *d
	c.Shards = append([]shard(nil), d.Shards...)
	return &c
}

func (d *streamDescriptor) shard(id string) *shard {
	for i := range d.Shards {
		if d.Shards[i].ID == id {
			return &d.Shards[i]
		}
	}
	return nil
}

func (d *streamDescriptor) key(prefix []byte) []byte {
	b := append(append([]byte(nil), prefix...), letterStream)
	for _, part := range []string{d.Account, d.Region, d.Table} {
		b = append(append(b, part...), 0)
	}
	return append(b, d.Label...)
}

func (s *Service) saveStream(w store.Writer, d *streamDescriptor) error {
	encoded, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return w.Set(d.key(s.prefix), encoded)
}

func decodeStream(encoded []byte) (*streamDescriptor, error) {
	d := new(streamDescriptor)
	if err := json.Unmarshal(encoded, d); err != nil {
		return nil, fmt.Errorf("dynamodb: a stream's descriptor is damaged: %w", err)
	}
	if d.Format != streamFormat {
		return nil, fmt.Errorf("dynamodb: the stream of table %s is stored in format %d, only format %d is known", d.Table, d.Format, streamFormat)
	}
	return d, nil
}

func (s *Service) recordSpace(number uint32) []byte {
	b := append(append(make([]byte, 0, len(s.prefix)+5), s.prefix...), letterRecord)
	return binary.BigEndian.AppendUint32(b, number)
}

func (x *stream) recordKey(sequence uint64) []byte {
	return binary.BigEndian.AppendUint64(append(make([]byte, 0, len(x.space)+8), x.space...), sequence)
}

// sequenceText is a sequence number as the API has it: 21 digits, in numeric order.
func sequenceText(sequence uint64) string { return fmt.Sprintf("1%020d", sequence) }

// parseSequence reads a sequence number of 21 to 40 digits; ok is false for what no stream here has given.
func parseSequence(text string) (sequence uint64, ok bool) {
	if len(text) != 21 || text[0] != '1' {
		return 0, false
	}
	sequence, err := strconv.ParseUint(text[1:], 10, 64)
	return sequence, err == nil
}

// newShardID is a shard's name: the time of its creation, and eight digits that tell streams apart.
func newShardID(arn string, start uint64, created time.Time) string {
	h := fnv.New32a()
	h.Write(binary.BigEndian.AppendUint64([]byte(arn), start))
	return fmt.Sprintf("shardId-%020d-%08x", created.UnixMilli(), h.Sum32())
}

// close ends the open shard after the last record. x takes no records meanwhile.
func (d *streamDescriptor) close(x *stream, now time.Time) {
	open := &d.Shards[len(d.Shards)-1]
	open.End = max(x.last.Load(), open.Start)
	open.Closed = &now
	x.last.Store(open.End)
}

// open begins a shard behind all others.
func (d *streamDescriptor) open(x *stream, now time.Time) {
	next := shard{Start: x.last.Load() + 1, Created: now}
	next.ID = newShardID(x.arn, next.Start, now)
	if n := len(d.Shards); n > 0 {
		next.Parent = d.Shards[n-1].ID
	}
	d.Shards = append(d.Shards, next)
}
