package fis

import "sync"

// activity counts those who have work to do. Work can be handed over: who takes an event over ends
// what its sender began. The zero value is idle.
type activity struct {
	mutex sync.Mutex
	busy  int
	rest  chan struct{} // closed when busy is 0; nil before the first begin
}

func (a *activity) begin() {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.busy == 0 {
		a.rest = make(chan struct{})
	}
	a.busy++
}

func (a *activity) end() {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.busy--; a.busy == 0 {
		close(a.rest)
	}
}

// idle is closed as soon as nobody has work to do. It must not be called before the first begin.
func (a *activity) idle() <-chan struct{} {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return a.rest
}
