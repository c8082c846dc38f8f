package dynamodb

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/store"
)

// faultStale lets eventually consistent reads, and all reads of global secondary indexes, see the data as
// it was some time ago, though not as it was before the rule came into force.
const faultStale = "stale-reads"

// mostChanges is how many changes of a table are remembered for stale reads; older ones are forgotten.
const mostChanges = 200_000

func init() {
	operations.Fault(faultStale, func(text json.RawMessage) (any, error) {
		var p struct {
			By *fault.Duration `json:"by"`
		}
		if err := fault.ParseParameters(text, &p); err != nil {
			return nil, err
		}
		if p.By == nil || *p.By <= 0 {
			return nil, &fault.RuleError{Field: "by", Message: "a duration above zero is needed, such as \"5s\""}
		}
		return staleness{time.Duration(*p.By)}, nil
	})
}

// staleness are the parameters of stale-reads.
type staleness struct{ by time.Duration }

// history is what a table's keys held before, as far as rules need it. While no rule of the kind is in
// force for the table it remembers nothing.
type history struct {
	faults fault.View
	clock  clock.Clock
	arn    string

	mutex   sync.Mutex
	changes []change // in order of time
}

// change is that a key held something else until a moment. A change that its transaction did not keep
// says nothing wrong: the key held that until then, and after.
type change struct {
	until int64 // Unix nanoseconds
	key   string
	value []byte // nil: the key was not there
}

func (s *Service) historyOf(d *descriptor) *history {
	if known, ok := s.histories.Load(d.Number); ok {
		if h, ok := known.(*history); ok && h.arn == d.arn() {
			return h
		}
	}
	h := &history{faults: s.faults, clock: s.clock, arn: d.arn()}
	s.histories.Store(d.Number, h)
	return h
}

// recording is a writer that remembers what it overwrites, if a rule needs it; else it is w itself.
func (h *history) recording(w store.Writer) store.Writer {
	p, ok := h.faults.Active(faultStale, h.arn)
	if !ok {
		return w
	}
	rule, _ := p.(staleness)
	now := h.clock.Now()
	h.mutex.Lock()
	defer h.mutex.Unlock()
	oldest := now.Add(-rule.by).UnixNano()
	n := sort.Search(len(h.changes), func(i int) bool { return h.changes[i].until >= oldest })
	n = max(n, len(h.changes)-mostChanges)
	h.changes = slices.Delete(h.changes, 0, n)
	return &recorder{w, h, now.UnixNano()}
}

// recorder remembers what each key holds before it is written.
type recorder struct {
	store.Writer
	history *history
	now     int64
}

// Set implements store.Writer.
func (r *recorder) Set(key, value []byte) error {
	if err := r.remember(key); err != nil {
		return err
	}
	return r.Writer.Set(key, value)
}

// Delete implements store.Writer.
func (r *recorder) Delete(key []byte) error {
	if err := r.remember(key); err != nil {
		return err
	}
	return r.Writer.Delete(key)
}

func (r *recorder) remember(key []byte) error {
	before, err := r.Get(key)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	r.history.mutex.Lock()
	defer r.history.mutex.Unlock()
	r.history.changes = append(r.history.changes, change{r.now, string(key), before})
	return nil
}

// at is what the keys of a range that have changed since then held at that time, in order of keys.
func (h *history) at(then time.Time, over store.Range) []change {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	seen := map[string]bool{}
	var found []change
	for _, c := range h.changes {
		if c.until <= then.UnixNano() || seen[c.key] {
			continue
		}
		seen[c.key] = true // the first change behind that time tells
		if c.key >= string(over.Start) && (over.End == nil || c.key < string(over.End)) {
			found = append(found, c)
		}
	}
	slices.SortFunc(found, func(a, b change) int {
		if over.Reverse {
			return strings.Compare(b.key, a.key)
		}
		return strings.Compare(a.key, b.key)
	})
	return found
}

// staleBy is how old the data is that a read of the call sees; 0: as it is.
func staleBy(r *services.Request, consistent bool) time.Duration {
	if consistent {
		return 0
	}
	hit, ok := r.Faults.Hit(faultStale)
	if !ok {
		return 0
	}
	p, _ := hit.Parameters.(staleness)
	return p.by
}

// reads is the store as a Query or Scan sees it.
func (s *Service) reads(r *services.Request, st *state, consistent bool) store.Store {
	by := staleBy(r, consistent)
	if by == 0 {
		return s.store
	}
	return staleStore{s.store, st.history, s.clock.Now().Add(-by)}
}

// staleItem is the item at key as a point read sees it, that finds it to be now.
func (st *state) staleItem(r *services.Request, consistent bool, key []byte, now found) found {
	by := staleBy(r, consistent)
	if by == 0 {
		return now
	}
	if changes := st.history.at(st.history.clock.Now().Add(-by), store.Range{Start: key, End: behind(key)}); len(changes) > 0 {
		return changes[0].value
	}
	return now
}

// staleStore reads as it was.
type staleStore struct {
	store.Store
	history *history
	then    time.Time
}

// View implements store.Store.
func (s staleStore) View(ctx context.Context, fn func(store.Reader) error) error {
	return s.Store.View(ctx, func(r store.Reader) error { return fn(staleReader{r, s}) })
}

type staleReader struct {
	store.Reader
	of staleStore
}

// Get implements store.Reader.
func (r staleReader) Get(key []byte) ([]byte, error) {
	changes := r.of.history.at(r.of.then, store.Range{Start: key, End: behind(key)})
	switch {
	case len(changes) == 0:
		return r.Reader.Get(key)
	case changes[0].value == nil:
		return nil, store.ErrNotFound
	}
	return changes[0].value, nil
}

// Scan implements store.Reader. The changes are looked up after the snapshot was taken: what has changed
// since then is among them.
func (r staleReader) Scan(over store.Range, fn func(key, value []byte) (bool, error)) error {
	changes := r.of.history.at(r.of.then, over)
	behindKey := func(c change, key []byte) bool { // c comes after key
		order := bytes.Compare([]byte(c.key), key)
		return order > 0 != over.Reverse && order != 0
	}
	stopped := false
	// give hands out the changes up to a key, and tells whether one is of the key itself.
	give := func(key []byte) (replaced bool, err error) {
		for len(changes) > 0 && !stopped && (key == nil || !behindKey(changes[0], key)) {
			c := changes[0]
			changes = changes[1:]
			replaced = replaced || key != nil && c.key == string(key)
			if c.value == nil {
				continue
			}
			more, err := fn([]byte(c.key), c.value)
			if err != nil {
				return replaced, err
			}
			stopped = !more
		}
		return replaced, nil
	}
	err := r.Reader.Scan(over, func(key, value []byte) (bool, error) {
		replaced, err := give(key)
		if err != nil || stopped || replaced {
			return !stopped, err
		}
		more, err := fn(key, value)
		stopped = !more
		return more, err
	})
	if err == nil && !stopped {
		_, err = give(nil)
	}
	return err
}
