package dynamodb

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/brownoutdev/brownout/services/dynamodb/item"
	"github.com/brownoutdev/brownout/store"
)

const (
	// backfillBatch is how many items are taken up into a new index at a time. Their writers wait meanwhile.
	backfillBatch = 128
	// buildAgain is how long after a failure the work on indexes is tried again.
	buildAgain = time.Second
)

// errIndexGone ends work on an index whose table, or which itself, has gone.
var errIndexGone = errors.New("dynamodb: the index is gone")

// wakeBuilder tells runBuilder that there is work.
func (s *Service) wakeBuilder() {
	select {
	case s.building <- struct{}{}:
	default: // it is told already
	}
}

// runBuilder creates and deletes indexes as they come, until ctx is done. Work that the last run left is
// taken up first.
func (s *Service) runBuilder(ctx context.Context) {
	for {
		if err := s.BuildIndexes(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("dynamodb: creating or deleting an index failed", "error", err)
			s.clock.AfterFunc(buildAgain, s.wakeBuilder)
		}
		select {
		case <-ctx.Done():
			return
		case <-s.building:
		}
	}
}

// BuildIndexes finishes the creation and deletion of all indexes that UpdateTable began. Run does it by
// itself; it is for those who do without Run. Work that is cut off is taken up again, also by another
// process on the same store.
func (s *Service) BuildIndexes(ctx context.Context) error {
	var failed []error
	for _, t := range *s.tables.Load() {
		for _, x := range t.state.Load().descriptor.GlobalSecondaryIndexes {
			var err error
			switch x.Status {
			case creating:
				err = s.backfill(ctx, t, x.Name)
			case deleting:
				err = s.clearIndex(ctx, t, &x)
			default:
				continue
			}
			if err == nil {
				err = s.settleIndex(ctx, t, &x)
			}
			if err != nil && !errors.Is(err, errIndexGone) && !isNoTable(err) {
				failed = append(failed, err)
			}
		}
	}
	return errors.Join(failed...)
}

// backfill gives each item of the table its entry in a new index. Writers see to the entries of what they
// write from the moment at which the index was created: an entry that is there is left as it is.
func (s *Service) backfill(ctx context.Context, t *table, name string) error {
	over := store.Prefix(t.state.Load().space)
	for {
		var keys [][]byte
		err := s.store.View(ctx, func(r store.Reader) error {
			return r.Scan(over, func(key, _ []byte) (bool, error) {
				keys = append(keys, slices.Clone(key))
				return len(keys) < backfillBatch, nil
			})
		})
		if err != nil || len(keys) == 0 {
			return err
		}
		if err := s.backfillItems(ctx, t, name, keys); err != nil {
			return err
		}
		over.Start = behind(keys[len(keys)-1])
	}
}

func (s *Service) backfillItems(ctx context.Context, t *table, name string, keys [][]byte) error {
	return t.writing(func(st *state) error {
		x := st.index(name)
		if x == nil || !x.building {
			return errIndexGone
		}
		var grown size
		err := s.store.Update(ctx, keys, func(w store.Writer) error {
			for _, key := range keys {
				added, err := st.addEntry(w, x, key)
				if err != nil {
					return err
				}
				grown.items += added.items
				grown.bytes += added.bytes
			}
			return nil
		})
		if err == nil {
			x.size.add(grown)
		}
		return err
	})
}

// addEntry adds the entry of one item to an index that is being created. Items that cannot be in the
// index, because they lack a key attribute or have it in another type or too large, are passed over.
func (st *state) addEntry(w store.Writer, x *index, key []byte) (size, error) {
	stored, err := load(w, key)
	if stored == nil || err != nil {
		return size{}, err // deleted since
	}
	it, err := stored.Decode()
	if err != nil {
		return size{}, err
	}
	entryKey, ok := st.entryKey(x, it)
	if !ok {
		return size{}, nil
	}
	if there, err := isStored(w, entryKey); there || err != nil {
		return size{}, err
	}
	entry := []byte(stored)
	if !x.all {
		entry = item.Encode(x.view(it))
	}
	return size{1, int64(item.Stored(entry).Size())}, w.Set(entryKey, entry)
}

func isStored(r store.Reader, key []byte) (bool, error) {
	_, err := r.Get(key)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// clearIndex deletes all entries of an index. Nobody writes to it any more.
func (s *Service) clearIndex(ctx context.Context, t *table, x *indexDescriptor) error {
	entries := store.Prefix(append(s.tableSpace(t.number), x.Number))
	return t.writing(func(*state) error {
		return s.store.Update(ctx, [][]byte{entries.Start}, func(w store.Writer) error {
			return w.DeleteRange(entries.Start, entries.End)
		})
	})
}

// settleIndex makes the index ACTIVE, or lets it go.
func (s *Service) settleIndex(ctx context.Context, t *table, done *indexDescriptor) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	if (*s.tables.Load())[t.name] != t {
		return errIndexGone
	}
	d, err := t.state.Load().descriptor.copy()
	if err != nil {
		return err
	}
	x := d.globalIndex(done.Name)
	if x == nil || x.Number != done.Number {
		return errIndexGone
	}
	if x.Status == deleting {
		d.dropIndex(x.Name)
	} else {
		x.Status = ""
	}
	_, err = s.change(ctx, t, d)
	return err
}
