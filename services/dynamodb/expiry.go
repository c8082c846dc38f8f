package dynamodb

import (
	"context"
	"math"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/brownoutdev/brownout/services/dynamodb/item"
	"github.com/brownoutdev/brownout/store"
)

const (
	// sweepEvery is how often expired items are looked for.
	sweepEvery = 30 * time.Second
	// oldestExpiry is how long ago an item may have expired and still be deleted: AWS takes what lies
	// further back for a mistake.
	oldestExpiry = 5 * 365 * 24 * time.Hour
	// sweepKeys is how many expired items are collected before they are deleted.
	sweepKeys = 1000
)

// expiry is what is known of when a table's items expire, so that the table is read through only when
// something in it is due.
type expiry struct {
	attribute string
	// next is a time (Unix seconds) before which no item expires.
	next atomic.Int64
}

// expiryOf is the table's, kept as long as TTL looks at the same attribute. At first all is unknown.
func (s *Service) expiryOf(d *descriptor) *expiry {
	if known, ok := s.expiries.Load(d.Number); ok {
		if x, ok := known.(*expiry); ok && x.attribute == d.TimeToLive.Attribute {
			return x
		}
	}
	x := &expiry{attribute: d.TimeToLive.Attribute}
	s.expiries.Store(d.Number, x)
	return x
}

// noteItem takes note of an item that is being written.
func (x *expiry) noteItem(it item.Item) {
	if v, ok := it.Get(x.attribute); ok {
		if at, ok := expiresAt(v); ok {
			x.note(at)
		}
	}
}

func (x *expiry) note(at int64) {
	for {
		next := x.next.Load()
		if next <= at || x.next.CompareAndSwap(next, at) {
			return
		}
	}
}

// expiresAt is the time in Unix seconds that a TTL attribute's value says; only numbers say one.
func expiresAt(v item.Value) (at int64, ok bool) {
	if v.Type != item.N {
		return 0, false
	}
	whole, _, _ := strings.Cut(v.Text, ".")
	at, err := strconv.ParseInt(whole, 10, 64)
	return at, err == nil
}

// due tells whether a stored item's time is over; at is the time when it expires, MaxInt64 for never.
func (x *expiry) due(stored item.Stored, now time.Time) (due bool, at int64, err error) {
	v, ok, err := stored.Attribute(x.attribute)
	if err != nil || !ok {
		return false, math.MaxInt64, err
	}
	if at, ok = expiresAt(v); !ok || at < now.Add(-oldestExpiry).Unix() {
		return false, math.MaxInt64, nil
	}
	return at <= now.Unix(), at, nil
}

// sweep deletes the expired items of all tables whose TTL is on.
func (s *Service) sweep(ctx context.Context) error {
	for _, t := range *s.tables.Load() {
		if st := t.state.Load(); st.watch != nil && st.watch.expiry != nil {
			if err := s.sweepTable(ctx, t, st.watch.expiry); err != nil {
				return err
			}
		}
	}
	return nil
}

// sweepTable deletes a table's expired items.
func (s *Service) sweepTable(ctx context.Context, t *table, x *expiry) error {
	now := s.clock.Now()
	if x.next.Load() > now.Unix() {
		return nil
	}
	// Who has noted an item holds the table until the item is in: all that was noted before this
	// moment is seen below, and what comes later is noted anew.
	t.mutex.Lock()
	x.next.Store(math.MaxInt64)
	t.mutex.Unlock()
	over := store.Prefix(t.state.Load().space)
	for {
		expired, last, err := s.findExpired(ctx, x, over, now)
		if err == nil {
			err = s.deleteExpired(ctx, t, x, expired, now)
		}
		if err != nil {
			x.next.Store(0) // look again
			return err
		}
		if last == nil {
			return nil
		}
		over.Start = behind(last)
	}
}

// findExpired collects the keys of expired items; last is where it stopped, nil at the end.
func (s *Service) findExpired(ctx context.Context, x *expiry, over store.Range, now time.Time) (expired [][]byte, last []byte, err error) {
	err = s.store.View(ctx, func(r store.Reader) error {
		return r.Scan(over, func(key, value []byte) (bool, error) {
			due, at, err := x.due(item.Stored(value), now)
			if err != nil {
				return false, err
			}
			if !due {
				x.note(at)
				return true, nil
			}
			if expired = append(expired, key); len(expired) == sweepKeys {
				last = key
				return false, nil
			}
			return true, nil
		})
	})
	return expired, last, err
}

// deleteExpired deletes those items that are still expired when it comes to them.
func (s *Service) deleteExpired(ctx context.Context, t *table, x *expiry, keys [][]byte, now time.Time) error {
	for _, key := range keys {
		err := t.writing(func(st *state) error {
			p := &pending{key: key, expired: true, change: func(old item.Stored) (item.Item, []byte, error) {
				if old == nil {
					return nil, nil, nil
				}
				due, at, err := x.due(old, now)
				if due || err != nil {
					return nil, nil, err
				}
				x.note(at) // somebody has prolonged it meanwhile
				it, err := old.Decode()
				return it, old, err
			}}
			return s.writeOne(ctx, t, st, p, func() error { return nil })
		})
		if err != nil && !isNoTable(err) {
			return err
		}
	}
	return nil
}
