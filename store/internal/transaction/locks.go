// Package transaction is what every Store does alike: striped key locks, and writes that are held
// back, and read back, until they are applied together.
package transaction

import (
	"context"
	"hash/maphash"
	"slices"
)

// stripes is enough that two of a hundred concurrent updates of different keys seldom share one.
const stripes = 512

// Locks is a fixed set of locks; a key belongs to the one that its hash picks. Each lock is a channel
// with room for one, so that waiting for it can end with a context.
type Locks struct {
	seed   maphash.Seed
	stripe [stripes]chan struct{}
}

// NewLocks makes locks that nobody holds.
func NewLocks() *Locks {
	l := &Locks{seed: maphash.MakeSeed()}
	for i := range l.stripe {
		l.stripe[i] = make(chan struct{}, 1)
	}
	return l
}

// Held is what one update holds. The array spares the usual update an allocation.
type Held struct {
	locks *Locks
	few   [4]uint16
	many  []uint16
	count int
}

// Lock waits for the locks of all keys, or until ctx is done: then it holds none and returns ctx's error.
// Stripes are taken in ascending order and each once, so that updates cannot wait for each other in a ring.
func (l *Locks) Lock(ctx context.Context, keys [][]byte) (Held, error) {
	h := Held{locks: l}
	if len(keys) > len(h.few) {
		h.many = make([]uint16, len(keys))
	}
	wanted := h.indices(len(keys))
	for i, key := range keys {
		wanted[i] = uint16(maphash.Bytes(l.seed, key) % stripes)
	}
	if len(wanted) > 1 {
		slices.Sort(wanted)
		wanted = slices.Compact(wanted)
	}
	for _, i := range wanted {
		select {
		case l.stripe[i] <- struct{}{}:
		default:
			select {
			case l.stripe[i] <- struct{}{}:
			case <-ctx.Done():
				h.Unlock()
				return Held{}, ctx.Err()
			}
		}
		h.count++
	}
	return h, nil
}

// Unlock gives all of them back; a second call does nothing.
func (h *Held) Unlock() {
	for _, i := range h.indices(h.count) {
		<-h.locks.stripe[i]
	}
	h.count = 0
}

func (h *Held) indices(n int) []uint16 {
	if h.many != nil {
		return h.many[:n]
	}
	return h.few[:n]
}
