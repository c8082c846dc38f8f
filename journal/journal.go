// Package journal remembers what happened to recent calls: a ring of records with filters and a live
// feed, and beside it numbers per second (Rates) and since the start (Totals).
package journal

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/brownoutdev/brownout/clock"
)

// DefaultSize is how many calls a journal remembers unless told otherwise.
const DefaultSize = 10_000

// Journal is a ring of records. Its memory is bounded: about 300 bytes per call that it remembers, 4
// KiB if callers and rules do their worst. Many goroutines may use it at once.
type Journal struct {
	clock  clock.Clock
	slots  []slot
	last   atomic.Uint64 // the number of the latest record
	forgot atomic.Uint64 // records up to this number were forgotten by Reset
	rates  *Rates
	totals *totals

	mutex     sync.Mutex // guards changes of followers
	followers atomic.Pointer[[]*Follower]
}

// New is an empty journal of so many calls; 0 or less: DefaultSize. The clock is the server's movable
// one: it says into which second of the Rates a call falls.
func New(size int, c clock.Clock) *Journal {
	if size <= 0 {
		size = DefaultSize
	}
	j := &Journal{clock: c, slots: make([]slot, size), rates: newRates(), totals: newTotals()}
	j.followers.Store(&[]*Follower{})
	return j
}

// Add remembers a call. It copies what it keeps, so the caller may use the record again, and never
// waits for a reader. A nil journal forgets everything.
func (j *Journal) Add(r *Record) {
	if j == nil {
		return
	}
	total := j.rates.add(j.clock.Now().Unix(), r, j.totals)
	total.add(r)
	sequence := j.last.Add(1)
	j.slot(sequence).set(sequence, r)
	for _, f := range *j.followers.Load() {
		f.call()
	}
}

func (j *Journal) slot(sequence uint64) *slot { return &j.slots[(sequence-1)%uint64(len(j.slots))] }

// Calls are the calls that the ring still holds and the filter lets through, in the order in which
// they ended; with a Limit, the last ones.
func (j *Journal) Calls(f Filter) []Record {
	if j == nil {
		return nil
	}
	return j.collect(f, j.last.Load())
}

// collect goes back from the record numbered last.
func (j *Journal) collect(f Filter, last uint64) []Record {
	var calls []Record
	for sequence := last; sequence >= max(j.oldest(last), f.After+1); sequence-- {
		r, what := j.slot(sequence).get(sequence)
		if what != foundIt || !f.Matches(&r) {
			continue
		}
		if calls = append(calls, r); len(calls) == f.Limit {
			break
		}
	}
	slices.Reverse(calls)
	return calls
}

// oldest is the number of the first record that the ring can hold when its latest is last.
func (j *Journal) oldest(last uint64) uint64 {
	oldest := j.forgot.Load() + 1
	if size := uint64(len(j.slots)); last > size {
		oldest = max(oldest, last-size+1)
	}
	return oldest
}

// Reset forgets all calls and the Rates. Sequence numbers and Totals go on: a scraper takes a counter
// that falls for a restart.
func (j *Journal) Reset() {
	if j == nil {
		return
	}
	j.forgot.Store(j.last.Load())
	j.rates.reset()
}

// Rates are the journal's numbers per second.
func (j *Journal) Rates() *Rates { return j.rates }
