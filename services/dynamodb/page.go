package dynamodb

import (
	"bytes"
	"context"

	"github.com/brownoutdev/brownout/services/dynamodb/item"
	"github.com/brownoutdev/brownout/store"
)

// pageBytes ends a page of Query and Scan: the item that reaches it is the last.
const pageBytes = 1 << 20

// reading is a Query or Scan, ready to run.
type reading struct {
	st *state
	// index is what is read; nil is the table itself.
	index *index
	over  store.Range
	// limit is how many items are evaluated at most; 0 is as many as fit the page.
	limit int64
	// matches is the filter; nil lets everything pass.
	matches func(item.Stored) (bool, error)
	// project gives the JSON of what is asked of an item; nil gives all of it.
	project func(item.Stored) ([]byte, error)
	// countOnly answers no items.
	countOnly bool
	// fetch reads items from the table because a local index does not project all that is asked.
	fetch      bool
	consistent bool
}

// page is what came of it.
type page struct {
	items   rawList // nil when only their number is asked for
	count   int64
	scanned int64
	bytes   int
	// fetched is the cost of reading from the table below a local index.
	fetched float64
	// last is the key of the item that ended the page; nil when the range was read to its end.
	last []byte
}

func (rd *reading) run(ctx context.Context, s store.Store) (*page, error) {
	p := new(page)
	if !rd.countOnly {
		p.items = rawList{}
	}
	if over := rd.over; over.End != nil && bytes.Compare(over.Start, over.End) >= 0 {
		return p, nil
	}
	err := s.View(ctx, func(r store.Reader) error {
		return r.Scan(rd.over, func(key, value []byte) (bool, error) { return rd.read(p, r, key, value) })
	})
	return p, err
}

// read takes one item or entry.
func (rd *reading) read(p *page, r store.Reader, key, value []byte) (more bool, err error) {
	stored := item.Stored(value)
	p.scanned++
	p.bytes += stored.Size()
	if rd.fetch {
		if stored, err = rd.fetchItem(p, r, key); err != nil {
			return false, err
		}
	}
	passes := true
	if rd.matches != nil {
		if passes, err = rd.matches(stored); err != nil {
			return false, err
		}
	}
	if passes {
		p.count++
		if err := rd.take(p, stored); err != nil {
			return false, err
		}
	}
	if p.scanned == rd.limit || p.bytes >= pageBytes {
		p.last = key
		return false, nil
	}
	return true, nil
}

func (rd *reading) take(p *page, stored item.Stored) error {
	if rd.countOnly {
		return nil
	}
	json := stored.JSON()
	if rd.project != nil {
		var err error
		if json, err = rd.project(stored); err != nil {
			return err
		}
	}
	if cap(p.items) == 0 {
		p.items = make(rawList, 0, 32)
	}
	p.items = append(p.items, json)
	return nil
}

// fetchItem reads the item behind an entry of a local index.
func (rd *reading) fetchItem(p *page, r store.Reader, entry []byte) (item.Stored, error) {
	key, err := rd.st.keyOf(rd.index, entry)
	if err != nil {
		return nil, err
	}
	tableKey, ok := rd.st.itemKey(key)
	if !ok {
		return nil, errDangling
	}
	stored, err := load(r, tableKey)
	if err != nil {
		return nil, err
	}
	if stored == nil {
		return nil, errDangling
	}
	p.fetched += readUnits(stored.Size(), rd.consistent)
	return stored, nil
}

// answer is the output of Query and Scan.
func (rd *reading) answer(p *page, mode *string, name string) (*pageAnswer, error) {
	out := &pageAnswer{Items: p.items, Count: &p.count, ScannedCount: &p.scanned}
	if p.last != nil {
		var err error
		if out.LastEvaluatedKey, err = rd.st.keyOf(rd.index, p.last); err != nil {
			return nil, err
		}
	}
	units := readUnits(p.bytes, rd.consistent)
	if rd.index == nil {
		out.ConsumedCapacity = consumption{table: units}.describe(mode, name)
	} else {
		out.ConsumedCapacity = consumption{table: p.fetched, indexes: []indexUnits{{rd.index, units}}}.describe(mode, name)
	}
	return out, nil
}
