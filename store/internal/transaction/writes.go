package transaction

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/brownoutdev/brownout/store"
)

// checkEvery is how many keys a Scan hands out between two looks at its context.
const checkEvery = 128

var errEnded = errors.New("store: a Writer was used after its Update had ended")

// Write is one key that an update sets or deletes.
type Write struct {
	Key, Value []byte
	Deleted    bool
}

// Writes is a store.Writer over base. It keeps what is written to itself, in order of keys and the
// last write of each, and shows it to its own reads. A Scan sees the writes made before it began.
// Setting n keys in random order moves n*n/4 slots: fine up to some ten thousand keys.
type Writes struct {
	ctx     context.Context
	base    store.Reader
	writes  []Write
	cleared []store.Range // emptied before writes are put on top
	shared  bool          // a Scan walks these slices: the next write works on copies
	ended   bool
	few     [2]Write // the usual update writes one or two keys
}

// NewWrites buffers over base.
func NewWrites(ctx context.Context, base store.Reader) *Writes {
	w := &Writes{ctx: ctx, base: base}
	w.writes = w.few[:0]
	return w
}

// End makes further use an error. What was written can still be read with Cleared and Writes.
func (w *Writes) End() { w.ended = true }

// Cleared is the ranges to delete before Sorted is applied.
func (w *Writes) Cleared() []store.Range { return w.cleared }

// Sorted is the writes by key, each key once.
func (w *Writes) Sorted() []Write { return w.writes }

// Empty says that there is nothing to apply.
func (w *Writes) Empty() bool { return len(w.writes) == 0 && len(w.cleared) == 0 }

// Get implements store.Reader.
func (w *Writes) Get(key []byte) ([]byte, error) {
	if w.ended {
		return nil, errEnded
	}
	if len(w.writes) > 0 {
		if i, found := w.find(key); found {
			if w.writes[i].Deleted {
				return nil, store.ErrNotFound
			}
			return w.writes[i].Value, nil
		}
	}
	if within(w.cleared, key) {
		return nil, store.ErrNotFound
	}
	return w.base.Get(key)
}

// Set implements store.Writer.
func (w *Writes) Set(key, value []byte) error {
	if value == nil {
		value = []byte{}
	}
	return w.put(Write{Key: key, Value: value})
}

// Delete implements store.Writer.
func (w *Writes) Delete(key []byte) error { return w.put(Write{Key: key, Deleted: true}) }

// DeleteRange implements store.Writer. A nil start is the first key, a nil end includes the last.
func (w *Writes) DeleteRange(start, end []byte) error {
	if w.ended {
		return errEnded
	}
	if end != nil && bytes.Compare(start, end) >= 0 {
		return nil
	}
	w.unshare()
	from, _ := w.find(start)
	to := len(w.writes)
	if end != nil {
		to, _ = w.find(end)
	}
	w.writes = slices.Delete(w.writes, from, to)
	w.cleared = append(w.cleared, store.Range{Start: start, End: end})
	return nil
}

func (w *Writes) put(x Write) error {
	if w.ended {
		return errEnded
	}
	w.unshare()
	if n := len(w.writes); n == 0 || bytes.Compare(w.writes[n-1].Key, x.Key) < 0 {
		w.writes = append(w.writes, x)
		return nil
	}
	i, found := w.find(x.Key)
	if found {
		w.writes[i] = x
	} else {
		w.writes = slices.Insert(w.writes, i, x)
	}
	return nil
}

func (w *Writes) unshare() {
	if w.shared {
		w.writes, w.cleared = slices.Clone(w.writes), slices.Clone(w.cleared)
		w.shared = false
	}
}

func (w *Writes) find(key []byte) (int, bool) { return findKey(w.writes, key) }

func findKey(writes []Write, key []byte) (int, bool) {
	return slices.BinarySearchFunc(writes, key, func(x Write, key []byte) int { return bytes.Compare(x.Key, key) })
}

func within(cleared []store.Range, key []byte) bool {
	for _, r := range cleared {
		if bytes.Compare(r.Start, key) <= 0 && (r.End == nil || bytes.Compare(key, r.End) < 0) {
			return true
		}
	}
	return false
}

// Scan implements store.Reader.
func (w *Writes) Scan(r store.Range, fn func(key, value []byte) (bool, error)) error {
	if w.ended {
		return errEnded
	}
	fn = Cancelled(w.ctx, fn)
	if w.Empty() {
		return w.base.Scan(r, fn)
	}
	w.shared = true
	m := merge{pending: part(w.writes, r), cleared: w.cleared, reverse: r.Reverse, fn: fn}
	err := w.base.Scan(r, m.read)
	if err == nil && !m.stopped {
		_, err = m.written(func([]byte) bool { return true })
	}
	return err
}

// part is the writes that lie in the range.
func part(writes []Write, r store.Range) []Write {
	if r.End != nil {
		to, _ := findKey(writes, r.End)
		writes = writes[:to]
	}
	from, _ := findKey(writes, r.Start)
	return writes[min(from, len(writes)):]
}

// merge weaves the keys of the base with those written over them.
type merge struct {
	pending []Write
	cleared []store.Range
	reverse bool
	stopped bool
	fn      func(key, value []byte) (bool, error)
}

// read takes the base's next key.
func (m *merge) read(key, value []byte) (bool, error) {
	overwritten := false
	if len(m.pending) > 0 {
		more, err := m.written(func(written []byte) bool {
			order := bytes.Compare(written, key)
			return order < 0 && !m.reverse || order > 0 && m.reverse
		})
		if !more || err != nil {
			return false, err
		}
		if x := m.next(); x != nil && bytes.Equal(x.Key, key) {
			overwritten = true
			if more, err := m.hand(); !more || err != nil {
				return false, err
			}
		}
	}
	if overwritten || within(m.cleared, key) {
		return true, nil
	}
	return m.emit(key, value)
}

// written hands out the next writes as long as they are due.
func (m *merge) written(due func(key []byte) bool) (bool, error) {
	for x := m.next(); x != nil && due(x.Key); x = m.next() {
		if more, err := m.hand(); !more || err != nil {
			return false, err
		}
	}
	return true, nil
}

func (m *merge) next() *Write {
	switch {
	case len(m.pending) == 0:
		return nil
	case m.reverse:
		return &m.pending[len(m.pending)-1]
	}
	return &m.pending[0]
}

// hand gives the next write away, unless it is a deletion.
func (m *merge) hand() (bool, error) {
	x := *m.next()
	if m.reverse {
		m.pending = m.pending[:len(m.pending)-1]
	} else {
		m.pending = m.pending[1:]
	}
	if x.Deleted {
		return true, nil
	}
	return m.emit(x.Key, x.Value)
}

func (m *merge) emit(key, value []byte) (bool, error) {
	more, err := m.fn(key, value)
	m.stopped = !more || err != nil
	return more, err
}

// Cancelled wraps a Scan's function so that the Scan ends, with ctx's error, soon after ctx is done.
func Cancelled(ctx context.Context, fn func(key, value []byte) (bool, error)) func(key, value []byte) (bool, error) {
	if ctx.Done() == nil {
		return fn
	}
	n := 0
	return func(key, value []byte) (bool, error) {
		if n++; n%checkEvery == 0 {
			if err := ctx.Err(); err != nil {
				return false, err
			}
		}
		return fn(key, value)
	}
}
