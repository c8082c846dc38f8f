package journal

import (
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// Kept is how far back Rates reach.
	Kept = keptSeconds * time.Second
	// Other is the service of the series that takes the calls for which there was no series left.
	Other = "other"

	keptSeconds = 120
	maxSeries   = 500
	maxName     = 128 // bytes of a name that gets a series of its own
)

// Rates are the calls of each second, per service, operation and region, kept for two minutes. A call
// counts in the second in which it ended on the server's movable clock: a call that hung for a minute
// is news when it ends. Advancing the clock moves what was counted into the past as if that time had
// gone by without calls; calls in flight meanwhile count after it. How long calls take is real time.
//
// There are at most 500 series with calls in the last two minutes; further ones share one whose
// service is Other. A second of a series takes 0.7 KB, so the worst case is 45 MB; usual are some 100 KB.
type Rates struct {
	series atomic.Pointer[map[seriesKey]*series]
	mutex  sync.Mutex // guards the growth of series
	looked int64      // the second in which idle series were last looked for in vain
}

type seriesKey struct{ service, operation, region string }

type series struct {
	total   *total // nil for the series of the rest
	mutex   sync.Mutex
	latest  int64
	seconds [keptSeconds]*second
}

// second is what happened to a series in one second.
type second struct {
	at     int64 // Unix time
	counts counts
	took   histogram
}

type counts struct{ calls, clientErrors, serverErrors, unanswered, injected uint64 }

func newRates() *Rates {
	r := &Rates{}
	r.reset()
	return r
}

func (r *Rates) reset() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.looked = 0
	r.series.Store(&map[seriesKey]*series{})
}

// add counts a call in a second, and answers where its total is counted.
func (r *Rates) add(at int64, call *Record, totals *totals) *total {
	key := seriesKey{call.Service, call.Operation, call.Region}
	s := (*r.series.Load())[key]
	if s == nil {
		s = r.grow(key, at, totals)
	}
	s.add(at, call)
	if s.total == nil {
		return totals.of(call.Service, call.Operation)
	}
	return s.total
}

// grow makes a series, or answers that of the rest when there are too many.
func (r *Rates) grow(key seriesKey, at int64, totals *totals) *series {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	known := *r.series.Load()
	if s := known[key]; s != nil {
		return s
	}
	rest := seriesKey{service: Other}
	tooLong := max(len(key.service), len(key.operation), len(key.region)) > maxName
	if tooLong || len(known) >= maxSeries && at == r.looked {
		if s := known[rest]; s != nil {
			return s
		}
		key = rest
	}
	extended := make(map[seriesKey]*series, len(known)+1)
	for k, s := range known {
		if len(known) < maxSeries || !s.idle(at) {
			extended[k] = s
		}
	}
	if len(extended) >= maxSeries && key != rest {
		r.looked = at // to look again for each call would be a way to slow everybody down
		if s := known[rest]; s != nil {
			return s
		}
		key = rest
	}
	key = seriesKey{strings.Clone(key.service), strings.Clone(key.operation), strings.Clone(key.region)}
	s := &series{}
	if key != rest {
		s.total = totals.of(key.service, key.operation)
	}
	extended[key] = s
	r.series.Store(&extended)
	return s
}

// idle says whether all seconds of the series are too old to be asked for.
func (s *series) idle(at int64) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.latest <= at-keptSeconds
}

func (s *series) add(at int64, call *Record) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.latest = max(s.latest, at)
	place := &s.seconds[at%keptSeconds]
	if *place == nil {
		*place = &second{at: at}
	} else if (*place).at != at {
		**place = second{at: at}
	}
	(*place).counts.add(call)
	(*place).took.add(call.Total)
}

func (c *counts) add(call *Record) {
	c.calls++
	switch {
	case call.Status == 0 || call.ClientGone:
		c.unanswered++
	case call.Status >= 500:
		c.serverErrors++
	case call.Status >= 400:
		c.clientErrors++
	}
	if call.InjectedError {
		c.injected++
	}
}

func (c *counts) merge(other counts) {
	c.calls += other.calls
	c.clientErrors += other.clientErrors
	c.serverErrors += other.serverErrors
	c.unanswered += other.unanswered
	c.injected += other.injected
}

// Series says whose calls are asked for. Each field is as in Filter; empty: all.
type Series struct{ Service, Operation, Region string }

// Window is what happened between two times.
type Window struct {
	// From is a whole second; To is as it was asked for.
	From, To time.Time
	// Calls that ended; of them, those answered with 4xx and 5xx, and those that got no answer.
	Calls, ClientErrors, ServerErrors, Unanswered uint64
	// Injected are the calls whose error, or whose lack of an answer, came from a rule. They are among the others.
	Injected uint64

	took histogram
}

// Window sums up the calls that ended from one time to another, on the server's movable clock. Whole
// seconds are counted: from is rounded down, to is rounded up. What is older than Kept is gone.
func (r *Rates) Window(of Series, from, to time.Time) Window {
	first, end := from.Unix(), to.Unix()
	if to.Nanosecond() > 0 {
		end++
	}
	w := Window{From: time.Unix(first, 0).UTC(), To: to}
	first = max(first, end-keptSeconds, 0)
	var sum counts
	for key, s := range *r.series.Load() {
		if !matches(of.Service, key.service) || !matches(of.Operation, key.operation) || !matches(of.Region, key.region) {
			continue
		}
		s.mutex.Lock()
		for at := first; at < end; at++ {
			if second := s.seconds[at%keptSeconds]; second != nil && second.at == at {
				sum.merge(second.counts)
				w.took.merge(&second.took)
			}
		}
		s.mutex.Unlock()
	}
	w.count(&sum)
	return w
}

// Errors are the calls that ended with 4xx, with 5xx or without an answer.
func (w *Window) Errors() uint64 { return w.ClientErrors + w.ServerErrors + w.Unanswered }

// ErrorRate is the share of Errors in percent; 0 when there were no calls.
func (w *Window) ErrorRate() float64 {
	if w.Calls == 0 {
		return 0
	}
	return 100 * float64(w.Errors()) / float64(w.Calls)
}

// Rate is calls per second.
func (w *Window) Rate() float64 {
	seconds := w.To.Sub(w.From).Seconds()
	if seconds <= 0 {
		return 0
	}
	return float64(w.Calls) / seconds
}

// Percentile is the time that p percent of the calls did not exceed (0 to 100), off by an eighth at
// most; 0 when there were no calls.
func (w *Window) Percentile(p float64) time.Duration { return w.took.percentile(p) }

// Max is the longest time that a call took, exactly.
func (w *Window) Max() time.Duration { return w.took.max }
