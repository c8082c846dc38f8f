package fault

import (
	"context"
	"fmt"
	"io"
)

func init() {
	register("truncate", func(p struct {
		AfterBytes int64 `json:"after_bytes"`
	}) (Effect, error) {
		return truncate{p.AfterBytes}, checkBytes(p.AfterBytes)
	})
}

func checkBytes(n int64) error {
	if n < 0 {
		return &RuleError{Field: "after_bytes", Message: fmt.Sprintf("%d is negative", n)}
	}
	return nil
}

// truncate closes the connection after some bytes of the answer's body, whose Content-Length stays
// what it was.
type truncate struct{ bytes int64 }

// Kind implements Effect.
func (truncate) Kind() string { return "truncate" }

// Body implements Body.
func (t truncate) Body(_ context.Context, _ Strike, w Writer, _ int64) io.Writer {
	return &cut{w: w, left: t.bytes, end: ErrClosed}
}

// cut lets so many bytes through. A body that is not longer is left alone.
type cut struct {
	w    Writer
	left int64
	end  error
}

// Write implements io.Writer.
func (c *cut) Write(p []byte) (int, error) {
	if int64(len(p)) <= c.left {
		c.left -= int64(len(p))
		return c.w.Write(p)
	}
	n, err := c.w.Write(p[:c.left])
	c.left -= int64(n)
	if err != nil {
		return n, err
	}
	return n, c.end
}
