package dynamodb

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/store"
)

// Replicated tables store two things more for each item, below the letters
//
//	v table rest                   the item's version, see version; it stays when the item is deleted
//	o table region 00 rest         the item has a write that the replica in region has not seen: when it was made
//
// where rest is the item's own key behind the table's space. Replication carries states, not writes: the
// item as it is now, with its version, goes to the replica, which takes it unless it has a later one.
// So the last writer wins everywhere, whatever order writes arrive in, and several writes of one item
// while a replica cannot be reached arrive as one.

const (
	// replicationLag is how long a write takes at least until other regions have it.
	replicationLag = 200 * time.Millisecond
	// replicationTick is how often a server with replicated tables looks for writes to carry over.
	replicationTick = 100 * time.Millisecond
	// replicationIdle is how often a server without any looks for tables that are.
	replicationIdle = time.Second

	globalTableVersion = "2019.11.21"
	creating           = "CREATING"
)

// replica is the same table in another region.
type replica struct {
	Region string
	// Status is CREATING while the items that were there before are being copied, then ACTIVE.
	Status string
	// Seed is true in the replica that the new one is copied from.
	Seed bool `json:",omitempty"`
	// TableClass and the others are what the replica was asked for; nil: as the table has it.
	TableClass     *string                        `json:",omitempty"`
	KMSMasterKeyID *string                        `json:",omitempty"`
	Throughput     *ProvisionedThroughputOverride `json:",omitempty"`
	OnDemand       *OnDemandThroughputOverride    `json:",omitempty"`
	GlobalIndexes  []ReplicaGlobalSecondaryIndex  `json:",omitempty"`
}

// version says who wrote an item last, and when. A later time wins; of equal ones the greater region.
type version struct {
	at      int64 // Unix nanoseconds
	region  string
	deleted bool
}

func (v version) compare(o version) int {
	return cmp.Or(cmp.Compare(v.at, o.at), cmp.Compare(v.region, o.region))
}

const versionFormat = 1

func (v version) encode() []byte {
	b := binary.BigEndian.AppendUint64([]byte{versionFormat}, uint64(v.at))
	deleted := byte(0)
	if v.deleted {
		deleted = 1
	}
	return append(append(b, deleted), v.region...)
}

// loadVersion reads an item's version; the zero version is that of items written before the table had replicas.
func loadVersion(r store.Reader, key []byte) (version, error) {
	value, err := r.Get(key)
	if errors.Is(err, store.ErrNotFound) {
		return version{}, nil
	}
	if err != nil {
		return version{}, err
	}
	if len(value) < 10 || value[0] != versionFormat {
		return version{}, fmt.Errorf("dynamodb: an item's version is stored in a format that is not known")
	}
	return version{int64(binary.BigEndian.Uint64(value[1:])), string(value[10:]), value[9] == 1}, nil
}

// replication is how writes of a table with replicas are followed. It never changes.
type replication struct {
	clock    clock.Clock
	region   string
	space    []byte // of the table's items
	versions []byte // what the keys of versions begin with
	outbox   []byte
	replicas []replica
}

// replicationOf is nil for tables without replicas.
func (s *Service) replicationOf(d *descriptor) *replication {
	if len(d.Replicas) == 0 {
		return nil
	}
	return &replication{
		clock: s.clock, region: d.Region, space: append(s.tableSpace(d.Number), tableNumber),
		versions: s.space(letterVersion, d.Number), outbox: s.space(letterOutbox, d.Number), replicas: d.Replicas,
	}
}

// space is what all keys of a letter and a number begin with.
func (s *Service) space(letter byte, number uint32) []byte {
	b := append(append(make([]byte, 0, len(s.prefix)+5), s.prefix...), letter)
	return binary.BigEndian.AppendUint32(b, number)
}

func (n *replication) versionKey(rest []byte) []byte {
	return bytes.Join([][]byte{n.versions, rest}, nil)
}

// outboxSpace is what the keys of all that the replica in a region has not seen begin with.
func (n *replication) outboxSpace(region string) []byte {
	return append(append(append([]byte(nil), n.outbox...), region...), 0)
}

// follow gives a write of an item its version and notes it for the replicas.
func (n *replication) follow(w store.Writer, p *pending, deleted bool) error {
	rest := p.key[len(n.space):]
	now := n.clock.Now()
	if p.replicated == nil {
		key := n.versionKey(rest)
		before, err := loadVersion(w, key)
		if err != nil {
			return err
		}
		// A write follows what it found, also when the clock has been set back.
		v := version{max(now.UnixNano(), before.at+1), n.region, deleted}
		if err := w.Set(key, v.encode()); err != nil {
			return err
		}
	}
	for i := range n.replicas {
		x := &n.replicas[i]
		if p.replicated != nil && (x.Status != creating || x.Region == p.replicated.region) {
			continue // the region that wrote the item tells the others itself, but for those that are new
		}
		if err := n.note(w, x.Region, rest, now); err != nil {
			return err
		}
	}
	return nil
}

// note puts an item into a region's outbox, if it is not there yet.
func (n *replication) note(w store.Writer, region string, rest []byte, now time.Time) error {
	key := append(n.outboxSpace(region), rest...)
	_, err := w.Get(key)
	if errors.Is(err, store.ErrNotFound) {
		return w.Set(key, binary.BigEndian.AppendUint64(nil, uint64(now.UnixNano())))
	}
	return err
}
