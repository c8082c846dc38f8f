package clock_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brownoutdev/brownout/clock"
)

// Inside a synctest bubble real time stands still until every goroutine waits, so exact times can be wanted.

func both(t *testing.T, run func(*testing.T, clock.Clock)) {
	t.Parallel()
	t.Run("Real", func(t *testing.T) { synctest.Test(t, func(t *testing.T) { run(t, clock.Real{}) }) })
	t.Run("Movable", func(t *testing.T) { synctest.Test(t, func(t *testing.T) { run(t, clock.NewMovable()) }) })
}

func wantAt(t *testing.T, c clock.Clock, start time.Time, want time.Duration) {
	t.Helper()
	if got := c.Now().Sub(start); got != want {
		t.Errorf("it is %v after the start; want %v", got, want)
	}
}

func TestAfterFuncInRealTime(t *testing.T) {
	both(t, func(t *testing.T, c clock.Clock) {
		start := c.Now()
		var mutex sync.Mutex
		var fired []time.Duration
		for _, d := range []time.Duration{3 * time.Second, time.Second, 2 * time.Second, -time.Second, 0} {
			c.AfterFunc(d, func() {
				mutex.Lock()
				defer mutex.Unlock()
				fired = append(fired, c.Now().Sub(start))
			})
		}
		time.Sleep(time.Minute)
		mutex.Lock()
		defer mutex.Unlock()
		if want := []time.Duration{0, 0, time.Second, 2 * time.Second, 3 * time.Second}; !slices.Equal(fired, want) {
			t.Errorf("fired at %v; want %v", fired, want)
		}
	})
}

func TestStop(t *testing.T) {
	both(t, func(t *testing.T, c clock.Clock) {
		fired := make(chan string, 2)
		stopped := c.AfterFunc(time.Second, func() { fired <- "stopped" })
		runs := c.AfterFunc(2*time.Second, func() { fired <- "runs" })
		if !stopped() || stopped() {
			t.Error("stop did not prevent the call once")
		}
		if got := <-fired; got != "runs" {
			t.Errorf("%s fired", got)
		}
		if runs() {
			t.Error("stop prevented a call that has happened")
		}
	})
}

func TestSleep(t *testing.T) {
	both(t, func(t *testing.T, c clock.Clock) {
		start := c.Now()
		if err := c.Sleep(t.Context(), time.Minute); err != nil {
			t.Error(err)
		}
		wantAt(t, c, start, time.Minute)
		if err := errors.Join(c.Sleep(t.Context(), 0), c.Sleep(t.Context(), -time.Minute)); err != nil {
			t.Error(err)
		}
		wantAt(t, c, start, time.Minute)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := c.Sleep(ctx, time.Hour); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Sleep = %v; want its context's error", err)
		}
		wantAt(t, c, start, time.Minute+time.Second)
		if err := c.Sleep(ctx, 0); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Sleep of nothing with a done context = %v", err)
		}
	})
}

func movable(t *testing.T, run func(*testing.T, *clock.Movable)) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { run(t, clock.NewMovable()) })
}

func TestAdvanceMovesNow(t *testing.T) {
	movable(t, func(t *testing.T, m *clock.Movable) {
		start := time.Now()
		wantAt(t, m, start, 0)
		m.Advance(10 * time.Minute)
		m.Advance(-time.Hour)
		m.Advance(0)
		wantAt(t, m, start, 10*time.Minute)
		time.Sleep(time.Second)
		wantAt(t, m, start, 10*time.Minute+time.Second)
		wantAt(t, clock.Real{}, start, time.Second)
		other := clock.NewMovable()
		wantAt(t, other, start, time.Second)
	})
}

func TestAdvanceNeverGoesBack(t *testing.T) {
	movable(t, func(t *testing.T, m *clock.Movable) {
		before := m.Now()
		for range 3 {
			m.Advance(math.MaxInt64)
			if now := m.Now(); now.Before(before) {
				t.Fatalf("the clock went from %v to %v", before, now)
			}
			before = m.Now()
		}
	})
}

func TestAdvanceFiresInOrder(t *testing.T) {
	movable(t, func(t *testing.T, m *clock.Movable) {
		start := m.Now()
		type firing struct {
			name string
			at   time.Duration
		}
		var fired []firing
		note := func(name string) func() {
			return func() { fired = append(fired, firing{name, m.Now().Sub(start)}) } // no lock: Advance runs them itself
		}
		m.AfterFunc(3*time.Minute, note("third"))
		m.AfterFunc(time.Minute, func() {
			note("first")()
			m.AfterFunc(time.Minute, note("made by the first"))
			m.AfterFunc(time.Hour, note("much later"))
		})
		stop := m.AfterFunc(2*time.Minute+time.Second, note("stopped"))
		m.AfterFunc(2*time.Minute, note("second"))
		m.AfterFunc(2*time.Minute, func() { stop(); note("second, too")() })
		m.AfterFunc(10*time.Minute, note("at the end"))
		m.AfterFunc(10*time.Minute+1, note("just after the end"))
		m.Advance(10 * time.Minute)
		want := []firing{
			{"first", time.Minute}, {"second", 2 * time.Minute}, {"second, too", 2 * time.Minute}, {"made by the first", 2 * time.Minute},
			{"third", 3 * time.Minute}, {"at the end", 10 * time.Minute},
		}
		if !slices.Equal(fired, want) {
			t.Errorf("fired\n%v, want\n%v", fired, want)
		}
		wantAt(t, m, start, 10*time.Minute)
	})
}

func TestAdvanceInsideATimer(t *testing.T) {
	movable(t, func(t *testing.T, m *clock.Movable) {
		start := m.Now()
		var fired []time.Duration
		m.AfterFunc(time.Minute, func() { m.Advance(time.Hour) })
		m.AfterFunc(2*time.Minute, func() { fired = append(fired, m.Now().Sub(start)) })
		m.Advance(5 * time.Minute)
		wantAt(t, m, start, time.Hour+time.Minute)
		if !slices.Equal(fired, []time.Duration{2 * time.Minute}) {
			t.Errorf("fired at %v", fired)
		}
	})
}

func TestAdvanceShortensRealWaiting(t *testing.T) {
	movable(t, func(t *testing.T, m *clock.Movable) {
		real := time.Now()
		fired := make(chan time.Duration, 1)
		m.AfterFunc(10*time.Minute, func() { fired <- time.Since(real) })
		m.Advance(9 * time.Minute)
		if got := <-fired; got != time.Minute {
			t.Errorf("after advancing by nine of ten minutes it fired after %v", got)
		}
	})
}

func TestAdvanceWakesSleepers(t *testing.T) {
	movable(t, func(t *testing.T, m *clock.Movable) {
		woken := make(chan error)
		go func() { woken <- m.Sleep(t.Context(), time.Hour) }()
		synctest.Wait()
		real := time.Now()
		m.Advance(time.Hour)
		if err := <-woken; err != nil {
			t.Error(err)
		}
		wantAt(t, clock.Real{}, real, 0)
	})
}

func TestConcurrentUse(t *testing.T) {
	movable(t, func(t *testing.T, m *clock.Movable) {
		const timers = 50
		var group, fired sync.WaitGroup
		fired.Add(3 * timers)
		for g := range 3 {
			group.Go(func() {
				for i := range timers {
					m.AfterFunc(time.Duration(i*(g+1))*time.Second, fired.Done)
					m.AfterFunc(time.Hour, func() { t.Error("a stopped timer fired") })()
					if i%10 == 0 {
						m.Advance(time.Second)
					}
				}
			})
		}
		group.Wait()
		fired.Wait() // real time passes until the last one is due
	})
}
