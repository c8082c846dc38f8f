package dynamodb

import (
	"bytes"
	"errors"

	"github.com/brownoutdev/brownout/services/dynamodb/item"
	"github.com/brownoutdev/brownout/store"
)

// effect is what writes of items changed and cost.
type effect struct {
	size  size
	units int
	// indexes are the effects on the schema's indexes, in its order; nil when there are none.
	indexes []indexEffect
}

type indexEffect struct {
	size  size
	units int
	// partition is the storage key of the entry that was written, or deleted.
	partition []byte
}

// add sums up the writes of a batch.
func (e *effect) add(more effect) {
	e.size.items += more.size.items
	e.size.bytes += more.size.bytes
	e.units += more.units
	if e.indexes == nil {
		e.indexes = more.indexes
		return
	}
	for i, x := range more.indexes {
		e.indexes[i].size.items += x.size.items
		e.indexes[i].size.bytes += x.size.bytes
		e.indexes[i].units += x.units
	}
}

// count adds a write that is done to the table's sizes.
func (t *table) count(st *state, e *effect) {
	t.size.add(e.size)
	for i := range e.indexes {
		st.indexes[i].size.add(e.indexes[i].size)
	}
}

// load reads an item; nil when there is none.
func load(r store.Reader, key []byte) (item.Stored, error) {
	value, err := r.Get(key)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return value, err
}

// apply replaces the item at key (nil: there was none) by another (nil: delete it), and each index's
// entry for it where that changes. encoded is the new item as item.Encode gives it; it is given away.
func (st *state) apply(w store.Writer, key []byte, old item.Stored, to item.Item, encoded []byte) (effect, error) {
	var e effect
	before, behind := 0, 0
	if old != nil {
		before = old.Size()
		e.size = size{-1, -int64(before)}
	}
	var err error
	switch {
	case to != nil:
		behind = item.Stored(encoded).Size()
		e.size.items++
		e.size.bytes += int64(behind)
		err = w.Set(key, encoded)
	case old != nil:
		err = w.Delete(key)
	}
	e.units = writeUnits(max(before, behind))
	if err != nil || len(st.indexes) == 0 {
		return e, err
	}
	var from item.Item
	if old != nil {
		if from, err = old.Decode(); err != nil {
			return e, err
		}
	}
	e.indexes = make([]indexEffect, len(st.indexes))
	for i, x := range st.indexes {
		if e.indexes[i], err = st.applyEntry(w, x, from, to, encoded); err != nil {
			return e, err
		}
	}
	return e, nil
}

// applyEntry changes an index's entry. Nothing is written, and nothing costs, when what the index
// projects stays as it was.
func (st *state) applyEntry(w store.Writer, x *index, from, to item.Item, encoded []byte) (indexEffect, error) {
	oldKey, had := st.entryKey(x, from)
	newKey, has := st.entryKey(x, to)
	if had && x.building {
		var err error // the old item may have no entry yet
		if had, err = isStored(w, oldKey); err != nil {
			return indexEffect{}, err
		}
	}
	var oldView, newView item.Item
	var e indexEffect
	before := 0
	if had {
		oldView = x.view(from)
		before = oldView.Size()
		e.size = size{-1, -int64(before)}
	}
	if has {
		newView = x.view(to)
	}
	same := had && has && bytes.Equal(oldKey, newKey)
	if same && item.EqualItems(oldView, newView) {
		return indexEffect{}, nil
	}
	if e.partition = newKey; !has {
		e.partition = oldKey
	}
	if had && !same {
		e.units = writeUnits(before)
		if err := w.Delete(oldKey); err != nil {
			return e, err
		}
	}
	if !has {
		return e, nil
	}
	entry := encoded // an index of everything shares the item's memory
	if !x.all {
		entry = item.Encode(newView)
	}
	behind := item.Stored(entry).Size()
	e.size.items++
	e.size.bytes += int64(behind)
	if same {
		e.units = writeUnits(max(before, behind))
	} else {
		e.units += writeUnits(behind)
	}
	return e, w.Set(newKey, entry)
}

// view is what the index projects of an item.
func (x *index) view(it item.Item) item.Item {
	if x.all {
		return it
	}
	out := make(item.Item, 0, len(x.projected))
	for _, a := range it {
		if x.projected[a.Name] {
			out = append(out, a)
		}
	}
	return out
}
