package upstream

import (
	"context"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/brownoutdev/brownout/clock"
)

// probeEvery is how often an upstream is asked for a connection while nobody calls it.
const probeEvery = 5 * time.Second

// Health is how an upstream does, as far as calls and probes have shown.
type Health struct {
	// URL is the upstream's, Services whose calls it gets: "" stands for all that have no other.
	URL      string
	Services []string
	// Reachable: the last call was answered, or since then a connection could be made. Known is false when neither has
	// been tried.
	Reachable, Known bool
	// Calls have been sent, Errors of them found no sound answer (an error that the upstream answers is none).
	Calls, Errors uint64
	// Answered calls are those that LatencySum is about.
	Answered uint64
	InFlight int64
	// LastError says why the last such call or probe failed, and LastErrorAt when, in real time; empty and zero:
	// none has.
	LastError   string
	LastErrorAt time.Time
	// Latency is from sending a call to the head of its answer: an average in which older calls count less and less.
	Latency time.Duration
	// LatencySum is of all answered calls.
	LatencySum time.Duration
}

// stats is an endpoint's health in the making.
type stats struct {
	mutex  sync.Mutex
	health Health
	seen   time.Time // when a call or probe ended
}

func (s *stats) begin() {
	s.mutex.Lock()
	s.health.Calls++
	s.health.InFlight++
	s.mutex.Unlock()
}

func (s *stats) answered(took time.Duration, now time.Time) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	h := &s.health
	h.InFlight--
	h.Reachable, h.Known = true, true
	h.LatencySum += took
	h.Answered++
	if h.Latency == 0 {
		h.Latency = took
	} else {
		h.Latency += (took - h.Latency) / 16
	}
	s.seen = now
}

// failed notes a call that found no answer; when the caller has gone, that says nothing about the upstream.
func (s *stats) failed(err error, now time.Time) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.health.InFlight--
	s.note(err, now)
}

// cutOff notes an answer that broke off.
func (s *stats) cutOff(err error, now time.Time) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.note(err, now)
}

func (s *stats) note(err error, now time.Time) {
	if !blamesUpstream(err) {
		return
	}
	s.health.Errors++
	s.health.Reachable, s.health.Known = false, true
	s.health.LastError, s.health.LastErrorAt = err.Error(), now
	s.seen = now
}

// Health is how each endpoint does, in order of their URLs.
func (u *Upstreams) Health() []Health {
	list := make([]Health, len(u.endpoints))
	for i, e := range u.endpoints {
		e.stats.mutex.Lock()
		list[i] = e.stats.health
		e.stats.mutex.Unlock()
		list[i].URL, list[i].Services = e.url, slices.Clone(e.services)
	}
	return list
}

// Run looks every few seconds whether endpoints that nobody calls can be reached, until ctx is done.
func (u *Upstreams) Run(ctx context.Context) error {
	for {
		var probes sync.WaitGroup
		for _, e := range u.endpoints {
			probes.Go(func() { e.probe(ctx) })
		}
		probes.Wait()
		if err := (clock.Real{}).Sleep(ctx, probeEvery); err != nil {
			return nil
		}
	}
}

// probe makes a connection and ends it. Upstreams get no call that their users have not made.
func (e *endpoint) probe(ctx context.Context) {
	e.stats.mutex.Lock()
	quiet := clock.Real{}.Now().Sub(e.stats.seen) >= probeEvery && e.stats.health.InFlight == 0
	e.stats.mutex.Unlock()
	if !quiet {
		return
	}
	dialer := net.Dialer{Timeout: probeEvery}
	connection, err := dialer.DialContext(ctx, "tcp", e.address)
	if err == nil {
		_ = connection.Close()
	}
	e.stats.mutex.Lock()
	defer e.stats.mutex.Unlock()
	switch {
	case ctx.Err() != nil:
	case err == nil:
		e.stats.health.Reachable, e.stats.health.Known = true, true
	default:
		h := &e.stats.health
		h.Reachable, h.Known = false, true
		h.LastError, h.LastErrorAt = e.explain(ctx, err, 0).Error(), clock.Real{}.Now()
	}
}
