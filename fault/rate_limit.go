package fault

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/brownoutdev/brownout/clock"
)

func init() {
	register("rate-limit", func(p struct {
		PerSecond float64 `json:"per_second"`
		Burst     float64 `json:"burst"`
	}) (Effect, error) {
		if !(p.PerSecond > 0 && p.PerSecond <= 1e9) {
			return nil, &RuleError{Field: "per_second", Message: fmt.Sprintf("%v is not a number of calls above 0", p.PerSecond)}
		}
		if p.Burst == 0 {
			p.Burst = max(1, p.PerSecond)
		}
		if !(p.Burst >= 1 && p.Burst <= 1e9) {
			return nil, &RuleError{Field: "burst", Message: fmt.Sprintf("%v is not a number of calls from 1", p.Burst)}
		}
		return rateLimit{rate: p.PerSecond, burst: p.Burst}, nil
	})
}

// rateLimit lets calls through at a rate and answers the rest with the service's own throttling
// error. Only those count as hits.
type rateLimit struct {
	throttle
	rate, burst float64
}

// Kind implements Effect.
func (rateLimit) Kind() string { return "rate-limit" }

// Before implements Before.
func (r rateLimit) Before(ctx context.Context, s Strike) error { return r.throttle.Before(ctx, s) }

// bucket holds the tokens that are left, in real time. It is full when the rule is made, and keeps its
// tokens when the rule is changed.
type bucket struct {
	mutex  sync.Mutex
	tokens float64
	at     time.Time
}

func (r rateLimit) memory(before any) any {
	if b, ok := before.(*bucket); ok {
		return b
	}
	return &bucket{tokens: r.burst, at: clock.Real{}.Now()}
}

// shut takes a token, or says that there is none.
func (r rateLimit) shut(memory any) bool {
	b := memory.(*bucket)
	b.mutex.Lock()
	defer b.mutex.Unlock()
	now := clock.Real{}.Now()
	if passed := now.Sub(b.at).Seconds(); passed > 0 {
		b.tokens += passed * r.rate
		b.at = now
	}
	b.tokens = min(b.tokens, r.burst)
	if b.tokens < 1 {
		return true
	}
	b.tokens--
	return false
}
