package dynamodb

import (
	"context"
	"encoding/binary"
	"time"

	"github.com/brownoutdev/brownout/services/dynamodb/item"
	"github.com/brownoutdev/brownout/store"
)

// replicateBatch is how many items are carried over between two looks at the rules.
const replicateBatch = 200

// replicateEvery is how long to wait before the next look.
func (s *Service) replicateEvery() time.Duration {
	for _, t := range *s.tables.Load() {
		if len(t.state.Load().descriptor.Replicas) > 0 {
			return replicationTick
		}
	}
	return replicationIdle
}

// replicate carries all writes over whose time has come.
func (s *Service) replicate(ctx context.Context) error {
	for _, t := range *s.tables.Load() {
		for _, x := range t.state.Load().descriptor.Replicas {
			if err := s.replicateTo(ctx, t, x); err != nil {
				return err
			}
		}
	}
	return nil
}

// replicateTo carries a table's writes over to one region.
func (s *Service) replicateTo(ctx context.Context, t *table, x replica) error {
	to := (*s.tables.Load())[tableName{t.name.account, x.Region, t.name.name}]
	if to == nil {
		return nil
	}
	lag, paused := s.replicationFaults(t, to)
	if paused {
		return nil
	}
	if x.Seed {
		if err := s.seed(ctx, t, to, x.Region); err != nil {
			return err
		}
	}
	before := s.clock.Now().Add(-lag)
	for {
		st := t.state.Load()
		if st.watch == nil || st.watch.replication == nil {
			return nil
		}
		waiting, err := s.waiting(ctx, st.watch.replication, x.Region, before)
		if err != nil {
			return err
		}
		for _, rest := range waiting {
			if err := s.carry(ctx, st, to, x.Region, rest); err != nil {
				return err
			}
		}
		if len(waiting) < replicateBatch {
			return nil
		}
	}
}

// waiting is what of a region's outbox was put there before that time.
func (s *Service) waiting(ctx context.Context, n *replication, region string, before time.Time) (rests [][]byte, err error) {
	space := n.outboxSpace(region)
	err = s.store.View(ctx, func(r store.Reader) error {
		return r.Scan(store.Prefix(space), func(key, value []byte) (bool, error) {
			if int64(binary.BigEndian.Uint64(value)) <= before.UnixNano() {
				rests = append(rests, key[len(space):])
			}
			return len(rests) < replicateBatch, nil
		})
	})
	return rests, err
}

// carry brings one item to another region and takes it out of the outbox.
func (s *Service) carry(ctx context.Context, from *state, to *table, region string, rest []byte) error {
	n := from.watch.replication
	key, versionKey := append(append([]byte(nil), n.space...), rest...), n.versionKey(rest)
	var stored item.Stored
	var v version
	err := s.store.View(ctx, func(r store.Reader) (err error) {
		if v, err = loadVersion(r, versionKey); err == nil {
			stored, err = load(r, key)
		}
		return err
	})
	if err == nil {
		err = s.receive(ctx, to, rest, stored, v)
	}
	if err != nil {
		return err
	}
	return s.store.Update(ctx, [][]byte{key}, func(w store.Writer) error {
		now, err := loadVersion(w, versionKey)
		if err != nil || now != v {
			return err // written again meanwhile: it goes once more
		}
		return w.Delete(append(n.outboxSpace(region), rest...))
	})
}

// receive writes an item from another region, unless the one that is there is later.
func (s *Service) receive(ctx context.Context, t *table, rest []byte, stored item.Stored, v version) error {
	err := t.writing(func(st *state) error {
		if st.watch == nil || st.watch.replication == nil {
			return nil // no replica any more
		}
		p := &pending{key: append(st.space[:len(st.space):len(st.space)], rest...), replicated: &v}
		p.change = func(item.Stored) (item.Item, []byte, error) {
			if stored == nil {
				return nil, nil, nil
			}
			it, err := stored.Decode()
			return it, stored, err
		}
		versionKey := st.watch.replication.versionKey(rest)
		err := s.store.Update(ctx, [][]byte{p.key}, func(w store.Writer) error {
			here, err := loadVersion(w, versionKey)
			if err != nil || here.compare(v) > 0 {
				return err
			}
			if err := w.Set(versionKey, v.encode()); err != nil {
				return err
			}
			return st.perform(w, p)
		})
		if err == nil {
			t.count(st, &p.effect)
		}
		return err
	})
	if isNoTable(err) {
		return nil
	}
	return err
}

// seed puts all items that a table has into the outbox of a replica that is new, and calls it active when
// they are there. Items that the replica has in their newest version are passed over by receive.
func (s *Service) seed(ctx context.Context, t, to *table, region string) error {
	st := t.state.Load()
	if st.watch == nil || st.watch.replication == nil {
		return nil // no replica any more
	}
	n := st.watch.replication
	over := store.Prefix(n.space)
	for over.Start != nil {
		rests, last, err := s.seedPage(ctx, n, over)
		if err != nil {
			return err
		}
		for _, rest := range rests {
			if err := s.carry(ctx, st, to, region, rest); err != nil {
				return err
			}
		}
		over.Start = nil
		if last != nil {
			over.Start = behind(last)
		}
	}
	return s.seeded(ctx, t, region)
}

func (s *Service) seedPage(ctx context.Context, n *replication, over store.Range) (rests [][]byte, last []byte, err error) {
	err = s.store.View(ctx, func(r store.Reader) error {
		return r.Scan(over, func(key, _ []byte) (bool, error) {
			rests = append(rests, key[len(n.space):])
			if len(rests) == replicateBatch {
				last = key
			}
			return last == nil, nil
		})
	})
	return rests, last, err
}

// seeded makes a new replica active in the eyes of all others.
func (s *Service) seeded(ctx context.Context, t *table, region string) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	for _, other := range s.group(t) {
		d, err := other.state.Load().descriptor.copy()
		if err != nil {
			return err
		}
		for i := range d.Replicas {
			if d.Replicas[i].Region == region {
				d.Replicas[i].Status, d.Replicas[i].Seed = active, false
			}
		}
		if _, err := s.change(ctx, other, d); err != nil {
			return err
		}
	}
	return nil
}

// group is a table and its replicas.
func (s *Service) group(t *table) []*table {
	group := []*table{t}
	for _, x := range t.state.Load().descriptor.Replicas {
		if other := (*s.tables.Load())[tableName{t.name.account, x.Region, t.name.name}]; other != nil {
			group = append(group, other)
		}
	}
	return group
}

// replicationFaults is how long writes take to another region by the rules in force, and whether they
// come there at all.
func (s *Service) replicationFaults(from, to *table) (lag time.Duration, paused bool) {
	lag = replicationLag
	for _, t := range []*table{from, to} {
		arn := t.state.Load().descriptor.arn()
		if _, ok := s.faults.Active(faultReplicationPaused, arn); ok {
			paused = true
		}
		if own, ok := s.faults.Active(faultReplicationDelay, arn); ok {
			if p, ok := own.(delayParameters); ok {
				lag = max(lag, replicationLag+p.delay)
			}
		}
	}
	return lag, paused
}
