package disk

import (
	"sync"
	"sync/atomic"
)

// gate counts who is inside and lets nobody in once it closes, because Pebble panics when a closed
// database is used. It is no read-write lock: a View may call Get while Close waits.
type gate struct {
	state *atomic.Int64 // those inside, plus shut once closed
	empty chan struct{}
	once  *sync.Once
}

const shut = 1 << 62

func newGate() gate {
	return gate{state: new(atomic.Int64), empty: make(chan struct{}), once: new(sync.Once)}
}

func (g gate) enter() bool {
	if g.state.Add(1) > shut {
		g.leave()
		return false
	}
	return true
}

func (g gate) leave() {
	if g.state.Add(-1) == shut {
		g.once.Do(func() { close(g.empty) })
	}
}

// close waits until all have left. It answers false when the gate was closed before.
func (g gate) close() bool {
	if g.state.Or(shut)&shut != 0 {
		<-g.empty
		return false
	}
	g.enter() // makes sure that somebody leaves last
	<-g.empty
	return true
}
