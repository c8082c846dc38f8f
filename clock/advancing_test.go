package clock_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brownoutdev/brownout/clock"
)

// Timers of one due time fire one after the other at that time, although each sets a new one
// meanwhile: real time must not fire them beside an Advance that moves on.
func TestAdvanceFiresEqualTimersItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := clock.NewMovable()
		start := c.Now()
		var fired []time.Duration
		for range 20 {
			c.AfterFunc(time.Minute, func() {
				synctest.Wait() // whatever real time would fire has fired
				fired = append(fired, c.Now().Sub(start))
				c.AfterFunc(time.Minute, func() { fired = append(fired, c.Now().Sub(start)) })
			})
		}
		c.Advance(time.Hour)
		want := append(slices.Repeat([]time.Duration{time.Minute}, 20), slices.Repeat([]time.Duration{2 * time.Minute}, 20)...)
		if !slices.Equal(fired, want) {
			t.Errorf("timers fired at %v", fired)
		}
	})
}

// A timer beyond the target fires in real time even while an Advance is held up by another timer.
func TestRealTimeGoesOnWhileAdvancing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := clock.NewMovable()
		released := make(chan struct{})
		c.AfterFunc(time.Minute, func() {
			c.AfterFunc(time.Second, func() { close(released) })
			<-released
		})
		c.Advance(time.Minute)
	})
}
