package dynamodb

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/brownoutdev/brownout/store"
)

// Reset drops all tables of all accounts and regions with their items, protected ones too. Either all
// are gone when it returns, or none and the error says why.
func (s *Service) Reset(ctx context.Context) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	// In the order in which batches and transactions hold their tables: nobody waits for each other.
	tables := slices.SortedFunc(maps.Values(*s.tables.Load()), func(a, b *table) int { return cmp.Compare(a.number, b.number) })
	locks := make([][]byte, 0, len(tables))
	for _, t := range tables {
		// Whoever writes items holds its table until its write is in: nothing comes after a table's end.
		t.mutex.Lock()
		defer t.mutex.Unlock()
		locks = append(locks, s.descriptorKey(t.name))
	}
	all := store.Prefix(s.prefix)
	if err := s.store.Update(ctx, locks, func(w store.Writer) error { return w.DeleteRange(all.Start, all.End) }); err != nil {
		return err
	}
	for _, t := range tables {
		t.deleted = true
	}
	s.tables.Store(&map[tableName]*table{})
	s.streams.Store(&map[streamName]*stream{})
	s.expiries.Clear()
	s.histories.Clear()
	return nil
}
