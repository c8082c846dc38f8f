// Package store is ordered bytes with transactions: the interface that memory and disk carry out.
package store

import (
	"context"
	"errors"
)

// Store keeps keys in the order of their bytes. All methods are safe for concurrent use.
type Store interface {
	// Get reads one key without a snapshot. A missing key is ErrNotFound. The caller must not change the value.
	Get(key []byte) ([]byte, error)
	// View runs fn on one consistent state.
	View(ctx context.Context, fn func(Reader) error) error
	// Update runs fn while it holds the (striped) locks of these keys: two updates that share a lock
	// never overlap, so what one reads of its locked keys no other changes before it has ended. Its
	// writes are applied together when fn returns nil and are durable when Update returns nil; when
	// fn returns an error, or ctx is done before fn returns, nothing is written and Update returns
	// that error. fn must not call Update of the same store: stripes are shared by unrelated keys.
	Update(ctx context.Context, locks [][]byte, fn func(Writer) error) error
	Close() error
}

// Reader reads. Slices that it hands out must not be changed; they stay as they are for as long as they
// are kept, also when the surrounding fn has returned and the keys have other values.
type Reader interface {
	// Get reads one key; a missing key is ErrNotFound.
	Get(key []byte) ([]byte, error)
	// Scan calls fn for each key of the range in order, until fn answers false or an error.
	Scan(r Range, fn func(key, value []byte) (more bool, err error)) error
}

// Writer reads what it wrote itself.
type Writer interface {
	Reader
	// Set copies neither key nor value: the caller gives them away.
	Set(key, value []byte) error
	// Delete of a missing key is no error.
	Delete(key []byte) error
	// DeleteRange deletes all keys from start (inclusive; nil: from the first) to end (exclusive; nil: to the last).
	DeleteRange(start, end []byte) error
}

// Range is the keys from Start (inclusive; nil: from the first) to End (exclusive; nil: to the last).
type Range struct {
	Start, End []byte
	Reverse    bool
}

// ErrNotFound is what Get answers for a missing key.
var ErrNotFound = errors.New("store: not found")

// ErrClosed is what every method answers after Close.
var ErrClosed = errors.New("store: closed")

// Prefix is the range of all keys that begin with prefix.
func Prefix(prefix []byte) Range {
	end := append([]byte(nil), prefix...)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i] < 0xff {
			end[i]++
			return Range{Start: prefix, End: end[:i+1]}
		}
	}
	return Range{Start: prefix}
}
