package fault

import (
	"context"
	"io"
)

func init() {
	register("reset", func(p struct {
		AfterBytes *int64 `json:"after_bytes"`
	}) (Effect, error) {
		if p.AfterBytes == nil {
			return reset{}, nil
		}
		return resetAfter{*p.AfterBytes}, checkBytes(*p.AfterBytes)
	})
}

// reset resets the connection in the reply's place: the call is not carried out.
type reset struct{}

// Kind implements Effect.
func (reset) Kind() string { return "reset" }

// Before implements Before.
func (reset) Before(context.Context, Strike) error { return ErrReset }

// resetAfter carries the call out and resets the connection after some bytes of the answer's body.
type resetAfter struct{ bytes int64 }

// Kind implements Effect.
func (resetAfter) Kind() string { return "reset" }

// Body implements Body.
func (r resetAfter) Body(_ context.Context, _ Strike, w Writer, _ int64) io.Writer {
	return &cut{w: w, left: r.bytes, end: ErrReset}
}
