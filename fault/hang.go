package fault

import (
	"context"
	"fmt"

	"github.com/brownoutdev/brownout/aws"
)

// MaxHanging is how many calls of one server hang at a time; what comes beyond is answered with 503.
const MaxHanging = 10_000

func init() {
	register("hang", func(none) (Effect, error) { return hang{}, nil })
}

// hang keeps calls without an answer until the client gives up.
type hang struct{}

// Kind implements Effect.
func (hang) Kind() string { return "hang" }

// Before implements Before.
func (hang) Before(ctx context.Context, s Strike) error {
	hanging := &s.rule.state.hanging
	defer hanging.Add(-1)
	if hanging.Add(1) > int64(s.rule.state.maxHanging) {
		return &aws.Error{Code: "ServiceUnavailable", Status: 503, Message: fmt.Sprintf("Brownout keeps %d calls hanging and takes no more.", s.rule.state.maxHanging)}
	}
	<-ctx.Done()
	return ctx.Err()
}
