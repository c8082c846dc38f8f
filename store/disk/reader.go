package disk

import (
	"bytes"
	"context"
	"errors"

	"github.com/cockroachdb/pebble/v2"

	"github.com/brownoutdev/brownout/store"
	"github.com/brownoutdev/brownout/store/internal/transaction"
)

// reader copies what Pebble shows for a moment only, so that slices stay valid as store.Reader says.
type reader struct {
	ctx   context.Context
	from  pebble.Reader
	arena arena
}

func (r *reader) Get(key []byte) ([]byte, error) { return get(r.from, key, r.arena.copy) }

func get(from pebble.Reader, key []byte, copied func([]byte) []byte) ([]byte, error) {
	value, closer, err := from.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, store.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	value = copied(value)
	return value, closer.Close()
}

func (r *reader) Scan(over store.Range, fn func(key, value []byte) (bool, error)) (err error) {
	if over.End != nil && bytes.Compare(over.Start, over.End) >= 0 {
		return nil
	}
	if len(over.Start) == 0 {
		over.Start = nil // Pebble's checks in race builds take no empty bound
	}
	it, err := r.from.NewIter(&pebble.IterOptions{LowerBound: over.Start, UpperBound: over.End})
	if err != nil {
		return err
	}
	defer func() {
		if closing := it.Close(); err == nil {
			err = closing
		}
	}()
	fn = transaction.Cancelled(r.ctx, fn)
	first, next := it.First, it.Next
	if over.Reverse {
		first, next = it.Last, it.Prev
	}
	for ok := first(); ok; ok = next() {
		value, err := it.ValueAndErr()
		if err != nil {
			return err
		}
		if more, err := fn(r.arena.copy(it.Key()), r.arena.copy(value)); err != nil || !more {
			return err
		}
	}
	return it.Error()
}

const (
	firstBlock   = 1 << 10 // bytes
	largestBlock = 64 << 10
)

// arena copies many small slices into few blocks. A block lives as long as any slice of it is kept.
type arena struct {
	block []byte
	size  int
}

func (a *arena) copy(b []byte) []byte {
	if a.block == nil || len(b) > cap(a.block)-len(a.block) { // never nil, as an empty value is not a missing one
		a.size = min(max(2*a.size, firstBlock), largestBlock)
		a.block = make([]byte, 0, max(a.size, len(b)))
	}
	from := len(a.block)
	a.block = append(a.block, b...)
	return a.block[from:len(a.block):len(a.block)]
}
