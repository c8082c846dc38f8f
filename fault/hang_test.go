package fault

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/clock"
)

// TestHangLimit: what comes beyond the limit is answered, and who gives up makes room.
func TestHangLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rules := NewRules(clock.Real{}, 1)
		rules.state.maxHanging = 3
		for _, id := range []string{"a", "b"} { // the limit is the server's, not a rule's
			if err := rules.Put(Rule{ID: id, Match: Match{Service: Patterns{map[string]string{"a": "s3", "b": "sqs"}[id]}}, Effect: []byte(`{"kind":"hang"}`)}); err != nil {
				t.Fatal(err)
			}
		}
		hang := func(ctx context.Context, service string) error {
			call := &aws.Call{Service: service}
			var plan Plan
			rules.Set().Match(call, &plan)
			return plan.Before(ctx, call)
		}
		ctx, giveUp := context.WithCancel(t.Context())
		ended := make(chan error, 3)
		for _, service := range []string{"s3", "sqs", "s3"} {
			go func() { ended <- hang(ctx, service) }()
		}
		synctest.Wait()
		var e *aws.Error
		if err := hang(t.Context(), "sqs"); !errors.As(err, &e) || e.Status != 503 {
			t.Errorf("beyond the limit: %v", err)
		}
		giveUp()
		for range 3 {
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("a client that gave up: %v", err)
			}
		}
		if n := rules.state.hanging.Load(); n != 0 {
			t.Errorf("%d still hang", n)
		}
	})
}
