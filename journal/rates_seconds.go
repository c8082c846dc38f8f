package journal

import "time"

// Seconds calls fn for each second from from (inclusive) to to (exclusive) in which a series had
// calls, in no particular order. Only the last two minutes are there. fn must not keep the Window.
func (r *Rates) Seconds(from, to time.Time, fn func(at time.Time, of Series, w *Window)) {
	first, end := max(from.Unix(), to.Unix()-keptSeconds, 0), to.Unix()
	for key, s := range *r.series.Load() {
		s.each(first, end, func(found *second) {
			at := time.Unix(found.at, 0).UTC()
			w := Window{From: at, To: at.Add(time.Second), took: found.took}
			w.count(&found.counts)
			fn(at, Series{key.service, key.operation, key.region}, &w)
		})
	}
}

// each gives fn a copy of each second that has calls, one at a time: fn runs without the lock.
func (s *series) each(first, end int64, fn func(*second)) {
	for at := first; at < end; at++ {
		s.mutex.Lock()
		if s.latest < at {
			s.mutex.Unlock()
			return
		}
		var found second
		if there := s.seconds[at%keptSeconds]; there != nil && there.at == at {
			found = *there
		}
		s.mutex.Unlock()
		if found.counts.calls > 0 {
			fn(&found)
		}
	}
}

func (w *Window) count(c *counts) {
	w.Calls, w.ClientErrors, w.ServerErrors, w.Unanswered, w.Injected = c.calls, c.clientErrors, c.serverErrors, c.unanswered, c.injected
}

// Sum is how long all calls took together, exactly.
func (w *Window) Sum() time.Duration { return w.took.sum }

// Min is the shortest time that a call took, exactly; 0 when there were no calls.
func (w *Window) Min() time.Duration { return w.took.min }

// Durations calls fn with how many calls took about how long (off by a sixteenth at most above 65 us), in order.
func (w *Window) Durations(fn func(about time.Duration, calls uint64)) {
	for i, n := range w.took.cells {
		if n == 0 {
			continue
		}
		about := w.took.max
		if i < cellCount-1 {
			about = (cellStart(i) + cellStart(i+1)) / 2
		}
		fn(min(max(about, w.took.min), w.took.max), uint64(n))
	}
}
