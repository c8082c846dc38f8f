package fault

import (
	"context"
	"errors"
	"time"

	"github.com/brownoutdev/brownout/clock"
)

func init() {
	register("after-commit", func(p struct {
		Error *errorParameters `json:"error"`
		Delay *Duration        `json:"delay"`
	}) (Effect, error) {
		effect := afterCommit{}
		if p.Delay != nil {
			var err error
			if effect.delay, err = delayTime("delay", p.Delay); err != nil {
				return nil, err
			}
			effect.answers = p.Error == nil
		}
		if p.Error != nil {
			if err := p.Error.check(); err != nil {
				var e *RuleError
				if errors.As(err, &e) {
					e.Field = "error." + e.Field
				}
				return nil, err
			}
			effect.error = p.Error
		}
		return effect, nil
	})
}

// afterCommit lets the call be carried out and loses its answer: the caller does not learn that it
// succeeded, and tries again. With a delay alone the answer comes, but late; with an error that comes
// in the answer's place.
type afterCommit struct {
	delay   time.Duration
	answers bool
	error   *errorParameters
}

// Kind implements Effect.
func (afterCommit) Kind() string { return "after-commit" }

// After implements After.
func (a afterCommit) After(ctx context.Context, _ Strike) error {
	if err := (clock.Real{}).Sleep(ctx, a.delay); err != nil {
		return err
	}
	switch {
	case a.error != nil:
		return a.error.error()
	case a.answers:
		return nil
	}
	return ErrClosed
}
