package fault

import (
	"context"
	"io"
	"time"

	"github.com/brownoutdev/brownout/aws"
)

// Plan is what is to happen to one call. The zero value is nothing.
type Plan struct {
	// Delay is the sum of all delays that hit, before the call is carried out; DelayAfter of those
	// between that and the answer. An answer that a fault gives waits for both.
	Delay, DelayAfter time.Duration

	set   *Set
	at    int64  // of the call, in Unix nanoseconds
	group string // that has had its match; rules of one group stand together
	hits  []Strike
	end   Strike // of the terminal effect; rule is nil when there is none
}

// Hit is one rule that did something to a call.
type Hit struct {
	ID    string `json:"id"`
	Owner string `json:"owner"`
	Kind  string `json:"kind"`
}

// Hit is true when a rule does something to the call.
func (p *Plan) Hit() bool { return len(p.hits) > 0 }

// Hits are the rules that hit, in the order of the rules.
func (p *Plan) Hits() []Hit {
	hits := make([]Hit, len(p.hits))
	for i, s := range p.hits {
		hits[i] = Hit{s.rule.ID, s.rule.Owner, s.rule.effect.Kind()}
	}
	return hits
}

// Owners are the owners of the rules that hit, in the order of the rules.
func (p *Plan) Owners() []string {
	owners := make([]string, len(p.hits))
	for i, s := range p.hits {
		owners[i] = s.rule.Owner
	}
	return owners
}

// Kind is the kind of the terminal effect; empty when there is none.
func (p *Plan) Kind() string {
	if p.end.rule == nil {
		return ""
	}
	return p.end.rule.effect.Kind()
}

// Refuses reports whether a fault answers the call in the service's place, so that nobody reads its body.
func (p *Plan) Refuses() bool {
	if p.end.rule == nil {
		return false
	}
	_, ok := p.end.rule.effect.(Before)
	return ok
}

// Before runs the terminal effect that answers in the service's place, if there is one: its error is
// the call's answer, an ending of the connection, or the context's.
func (p *Plan) Before(ctx context.Context, call *aws.Call) error {
	if p.end.rule == nil {
		return nil
	}
	if before, ok := p.end.rule.effect.(Before); ok {
		return before.Before(ctx, p.strike(call))
	}
	return nil
}

// After runs the terminal effect on a call that succeeded, if there is one: nil lets the answer go out.
func (p *Plan) After(ctx context.Context, call *aws.Call) error {
	if p.end.rule == nil {
		return nil
	}
	if after, ok := p.end.rule.effect.(After); ok {
		return after.After(ctx, p.strike(call))
	}
	return nil
}

// TouchesBody reports whether the body of an answer must go through Body.
func (p *Plan) TouchesBody() bool {
	if p.end.rule == nil {
		return false
	}
	_, ok := p.end.rule.effect.(Body)
	return ok
}

// Body is the writer that the body of the answer goes through; w itself when no fault touches it.
// length is the body's, -1 when nobody knows it yet.
func (p *Plan) Body(ctx context.Context, call *aws.Call, w Writer, length int64) io.Writer {
	if p.end.rule == nil {
		return w
	}
	if body, ok := p.end.rule.effect.(Body); ok {
		return body.Body(ctx, p.strike(call), w, length)
	}
	return w
}

func (p *Plan) strike(call *aws.Call) Strike {
	s := p.end
	s.Call = call
	return s
}
