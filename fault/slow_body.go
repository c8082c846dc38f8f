package fault

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/brownoutdev/brownout/clock"
)

func init() {
	register("slow-body", func(p struct {
		BytesPerSecond float64 `json:"bytes_per_second"`
	}) (Effect, error) {
		if !(p.BytesPerSecond > 0 && p.BytesPerSecond <= 1<<40) {
			return nil, &RuleError{Field: "bytes_per_second", Message: fmt.Sprintf("%v is not a number of bytes above 0", p.BytesPerSecond)}
		}
		return slowBody{p.BytesPerSecond}, nil
	})
}

// slowBody sends the answer's body no faster than a rate.
type slowBody struct{ rate float64 }

// Kind implements Effect.
func (slowBody) Kind() string { return "slow-body" }

// Body implements Body.
func (s slowBody) Body(ctx context.Context, _ Strike, w Writer, _ int64) io.Writer {
	return &slow{ctx: ctx, w: w, rate: s.rate}
}

// slowStep is how much of a body goes out at once, in time.
const slowStep = 100 * time.Millisecond

type slow struct {
	ctx  context.Context
	w    Writer
	rate float64
}

// Write implements io.Writer: each piece waits for its time, then goes to the network at once.
func (s *slow) Write(p []byte) (n int, err error) {
	piece := max(1, int(s.rate*slowStep.Seconds()))
	for n < len(p) {
		next := p[n:min(len(p), n+piece)]
		if err := (clock.Real{}).Sleep(s.ctx, time.Duration(float64(len(next))/s.rate*float64(time.Second))); err != nil {
			return n, err
		}
		m, err := s.w.Write(next)
		n += m
		if err != nil {
			return n, err
		}
		if err := s.w.Flush(); err != nil {
			return n, err
		}
	}
	return n, nil
}
