package dynamodb

import (
	"context"
	"sync/atomic"

	"github.com/brownoutdev/brownout/services/dynamodb/item"
	"github.com/brownoutdev/brownout/store"
)

// tally is how many items a table (or entries an index) holds and their size in bytes.
//
// Sizes are live and exact, and cost a write two additions: a tally sums up what this process's
// writes changed. What was there before the process began is counted when somebody first asks
// (DescribeTable), on a snapshot that is taken while no write is under way, so that each write is
// either in the snapshot or in the tally's growth since. A table created by this process needs no count.
type tally struct{ items, bytes atomic.Int64 }

// size is a tally at one moment.
type size struct{ items, bytes int64 }

func (t *tally) add(s size) {
	if s.items != 0 {
		t.items.Add(s.items)
	}
	if s.bytes != 0 {
		t.bytes.Add(s.bytes)
	}
}

func (t *tally) load() size { return size{t.items.Load(), t.bytes.Load()} }

// sizes are those of a table and its indexes, in the schema's order.
type sizes struct {
	table   size
	indexes []size
}

// of is the size of an index.
func (s *sizes) of(st *state, name string) size {
	for i, x := range st.indexes {
		if x.name == name {
			return s.indexes[i]
		}
	}
	return size{}
}

// sizes answers how much the table holds now.
func (s *Service) sizes(ctx context.Context, t *table) (*state, sizes, error) {
	t.counting.Lock()
	defer t.counting.Unlock()
	if !t.counted {
		if err := s.count(ctx, t); err != nil {
			return nil, sizes{}, err
		}
		t.counted = true
	}
	st := t.state.Load()
	return st, t.load(st), nil
}

func (t *table) load(st *state) sizes {
	out := sizes{table: t.size.load(), indexes: make([]size, len(st.indexes))}
	for i, x := range st.indexes {
		out.indexes[i] = x.size.load()
	}
	return out
}

// count adds to the tallies what the store held before they began. t.counting is held.
func (s *Service) count(ctx context.Context, t *table) error {
	t.mutex.Lock()
	locked := true
	defer func() {
		if locked {
			t.mutex.Unlock()
		}
	}()
	return s.store.View(ctx, func(r store.Reader) error {
		st := t.state.Load()
		since := t.load(st)
		t.mutex.Unlock()
		locked = false
		found, err := scanSizes(r, s.tableSpace(t.number))
		if err != nil {
			return err
		}
		t.size.add(found[tableNumber].minus(since.table))
		for i, x := range st.indexes {
			x.size.add(found[x.number].minus(since.indexes[i]))
		}
		return nil
	})
}

func (s size) minus(t size) size { return size{s.items - t.items, s.bytes - t.bytes} }

// scanSizes sums up all that is stored below a table's space, by index number.
func scanSizes(r store.Reader, space []byte) (*[256]size, error) {
	var found [256]size
	err := r.Scan(store.Prefix(space), func(key, value []byte) (bool, error) {
		f := &found[key[len(space)]]
		f.items++
		f.bytes += int64(item.Stored(value).Size())
		return true, nil
	})
	return &found, err
}
