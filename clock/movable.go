package clock

import (
	"container/heap"
	"context"
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// Movable is real time plus an offset that only grows. Advancing it fires the timers that fall
// due, in order of their due times.
type Movable struct {
	offset atomic.Int64 // nanoseconds ahead of real time

	mutex  sync.Mutex
	timers timerHeap
	next   uint64      // numbers timers, so that equal due times fire in order of creation
	wake   *time.Timer // real timer for the earliest due time
	// While somebody advances, timers up to the farthest target are theirs to fire, one after the other.
	advancing int
	target    time.Time
}

// NewMovable is a clock that shows real time until it is advanced.
func NewMovable() *Movable { return &Movable{} }

// Now implements Clock.
func (m *Movable) Now() time.Time { return time.Now().Add(time.Duration(m.offset.Load())) }

// Sleep implements Clock.
func (m *Movable) Sleep(ctx context.Context, d time.Duration) error { return sleep(ctx, m, d) }

// AfterFunc implements Clock.
func (m *Movable) AfterFunc(d time.Duration, f func()) func() bool {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.next++
	t := &timer{due: m.Now().Add(d), number: m.next, fire: f}
	heap.Push(&m.timers, t)
	m.schedule()
	return func() bool {
		m.mutex.Lock()
		defer m.mutex.Unlock()
		if t.position < 0 {
			return false
		}
		heap.Remove(&m.timers, t.position)
		m.schedule()
		return true
	}
}

// Advance moves the clock forward by d (a negative d is ignored). While timers fall due it stops at
// each one's due time and runs it to its end, so that a timer sees the time it was set for.
func (m *Movable) Advance(d time.Duration) {
	if d <= 0 {
		return
	}
	m.mutex.Lock()
	target := m.Now().Add(d)
	m.advancing++
	if target.After(m.target) {
		m.target = target
	}
	m.mutex.Unlock()
	for {
		m.mutex.Lock()
		if len(m.timers) == 0 || m.timers[0].due.After(target) {
			m.moveTo(target)
			if m.advancing--; m.advancing == 0 {
				m.target = time.Time{}
			}
			m.schedule()
			m.mutex.Unlock()
			return
		}
		t := heap.Pop(&m.timers).(*timer)
		m.moveTo(t.due)
		m.mutex.Unlock()
		t.fire()
	}
}

// moveTo never moves back, nor further than a Duration reaches (292 years). The mutex is held.
func (m *Movable) moveTo(to time.Time) {
	if ahead := int64(to.Sub(m.Now())); ahead > 0 {
		m.offset.Add(min(ahead, math.MaxInt64-m.offset.Load()))
	}
}

// schedule sets the real timer for the earliest due time. The mutex is held.
func (m *Movable) schedule() {
	if m.wake != nil {
		m.wake.Stop()
		m.wake = nil
	}
	if t := m.first(); t != nil {
		m.wake = time.AfterFunc(t.due.Sub(m.Now()), m.fireDue)
	}
}

// first is the earliest timer that real time is to fire. The mutex is held.
func (m *Movable) first() *timer {
	if m.advancing == 0 {
		if len(m.timers) == 0 {
			return nil
		}
		return m.timers[0]
	}
	var first *timer
	for _, t := range m.timers {
		if t.due.After(m.target) && (first == nil || t.before(first)) {
			first = t
		}
	}
	return first
}

func (m *Movable) fireDue() {
	m.mutex.Lock()
	var due []*timer
	now := m.Now()
	for t := m.first(); t != nil && !t.due.After(now); t = m.first() {
		heap.Remove(&m.timers, t.position)
		due = append(due, t)
	}
	m.schedule()
	m.mutex.Unlock()
	for _, t := range due {
		go t.fire()
	}
}

type timer struct {
	due      time.Time
	number   uint64
	position int // in the heap; -1 once taken out
	fire     func()
}

func (t *timer) before(other *timer) bool {
	if t.due.Equal(other.due) {
		return t.number < other.number
	}
	return t.due.Before(other.due)
}

type timerHeap []*timer

func (h timerHeap) Len() int           { return len(h) }
func (h timerHeap) Less(i, j int) bool { return h[i].before(h[j]) }
func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].position, h[j].position = i, j
}
func (h *timerHeap) Push(x any) {
	t := x.(*timer)
	t.position = len(*h)
	*h = append(*h, t)
}
func (h *timerHeap) Pop() any {
	old := *h
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	t.position = -1
	return t
}
