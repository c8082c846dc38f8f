package upstream

import (
	"sync"
	"time"

	"github.com/brownoutdev/brownout/clock"
)

const (
	// mostIdle is how many connections to one upstream are kept for later calls.
	mostIdle = 256
	// longestIdle is how long they are kept: less than most servers do.
	longestIdle = 30 * time.Second
)

// pool is the idle connections to one upstream, the one used last at the end.
type pool struct {
	mutex  sync.Mutex
	idle   []*wire
	closed bool
}

// take is an idle connection that the upstream has not closed meanwhile.
func (p *pool) take() (w *wire, ok bool) {
	for {
		p.mutex.Lock()
		if len(p.idle) == 0 {
			p.mutex.Unlock()
			return nil, false
		}
		last := len(p.idle) - 1
		w, p.idle[last] = p.idle[last], nil
		p.idle = p.idle[:last]
		p.mutex.Unlock()
		age := clock.Real{}.Now().Sub(w.idle)
		if age < longestIdle && w.in.Buffered() == 0 && isQuiet(w.Conn, age) {
			return w, true
		}
		_ = w.Close() // stale
	}
}

// put keeps a connection for the next call, and ends those that waited too long.
func (p *pool) put(w *wire) {
	now := clock.Real{}.Now()
	w.idle = now
	var stale []*wire
	p.mutex.Lock()
	old := 0
	for old < len(p.idle) && now.Sub(p.idle[old].idle) > longestIdle {
		old++
	}
	if old > 0 {
		stale = append(stale, p.idle[:old]...)
		p.idle = append(p.idle[:0], p.idle[old:]...)
	}
	if p.closed || len(p.idle) >= mostIdle {
		stale = append(stale, w)
	} else {
		p.idle = append(p.idle, w)
	}
	p.mutex.Unlock()
	for _, w := range stale {
		_ = w.Close()
	}
}

// close ends the idle connections, and those in use when their calls are over.
func (p *pool) close() {
	p.mutex.Lock()
	idle := p.idle
	p.idle, p.closed = nil, true
	p.mutex.Unlock()
	for _, w := range idle {
		_ = w.Close()
	}
}
