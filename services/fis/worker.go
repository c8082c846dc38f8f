package fis

import (
	"context"
	"sync"
	"time"
)

// worker is a goroutine of an experiment that waits for the clock now and then.
type worker struct {
	runner *runner
	cancel context.CancelCauseFunc
	term   context.Context

	mutex    sync.Mutex
	sleeping bool
}

// Now implements action.Host.
func (w *worker) Now() time.Time { return w.runner.service.Clock.Now() }

// Sleep implements action.Host.
func (w *worker) Sleep(ctx context.Context, d time.Duration) error {
	if err := context.Cause(ctx); err != nil || d <= 0 {
		return err
	}
	if w.term.Err() != nil {
		return context.Cause(w.term) // nobody waits for an engine that winds down, not even to undo something
	}
	woken := make(chan struct{})
	stop := w.runner.service.Clock.AfterFunc(d, func() {
		w.awake()
		close(woken)
		w.runner.rest()
	})
	defer stop()
	if w.asleep(ctx) {
		select {
		case <-woken:
			return nil
		case <-ctx.Done():
			w.awake()
		case <-w.term.Done():
			w.awake()
			return context.Cause(w.term)
		}
	}
	return context.Cause(ctx)
}

// asleep says that the worker has no work to do; not when it has just been told to end.
func (w *worker) asleep(ctx context.Context) bool {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if ctx.Err() != nil {
		return false
	}
	w.sleeping = true
	w.runner.work.end()
	return true
}

// awake says that a sleeping worker has work to do again. Whoever wakes it says so, before it can
// know itself: there is no moment at which the experiment seems to be idle.
func (w *worker) awake() {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.sleeping {
		w.sleeping = false
		w.runner.work.begin()
	}
}

// stop tells the worker to end.
func (w *worker) stop() {
	w.mutex.Lock()
	w.cancel(errStopped) // under the lock: one about to sleep sees it
	w.mutex.Unlock()
	w.awake()
}
