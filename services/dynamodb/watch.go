package dynamodb

import (
	"bytes"

	"github.com/brownoutdev/brownout/services/dynamodb/item"
	"github.com/brownoutdev/brownout/store"
)

// watch is what goes along with each write of a table's items, in the same transaction.
type watch struct {
	stream      *stream      // nil: the table has none, or it is disabled
	replication *replication // nil: the table has no replicas
	expiry      *expiry      // nil: TTL is off
}

// watchOf is nil for tables whose writes nobody follows.
func (s *Service) watchOf(d *descriptor) *watch {
	var w watch
	if d.Stream != nil && d.Stream.Enabled {
		w.stream = s.stream(streamName{tableName{d.Account, d.Region, d.Name}, d.Stream.Label})
	}
	w.replication = s.replicationOf(d)
	if d.TimeToLive != nil && d.TimeToLive.Enabled {
		w.expiry = s.expiryOf(d)
	} else {
		s.expiries.Delete(d.Number) // what is written from now on is not noted
	}
	if w == (watch{}) {
		return nil
	}
	return &w
}

// changed follows a write that has been applied: to is the new item (nil: it was deleted), and encoded
// what item.Encode makes of it. A write that leaves the item as it was is none.
func (wt *watch) changed(w store.Writer, st *state, p *pending, to item.Item, encoded []byte) error {
	same, err := unchanged(p.old, to, encoded)
	if same || err != nil {
		return err
	}
	if to == nil {
		encoded = nil
	}
	if wt.stream != nil {
		if err := wt.stream.record(w, st, p, encoded); err != nil {
			return err
		}
	}
	if wt.replication != nil {
		if err := wt.replication.follow(w, p, to == nil); err != nil {
			return err
		}
	}
	if wt.expiry != nil && to != nil {
		wt.expiry.noteItem(to)
	}
	return nil
}

// unchanged tells whether a write left the item as it was.
func unchanged(old item.Stored, to item.Item, encoded []byte) (bool, error) {
	if old == nil || to == nil {
		return old == nil && to == nil, nil
	}
	if bytes.Equal(old, encoded) {
		return true, nil
	}
	from, err := old.Decode()
	return err == nil && item.EqualItems(from, to), err
}
