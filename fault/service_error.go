package fault

import (
	"context"
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
)

// answer is an error as one service gives it.
type answer struct {
	code    string
	status  int
	message string
	// shape is the modelled name where the wire has two.
	shape string
	// retryAfter is the seconds that the service asks its callers to wait, where it does.
	retryAfter int
	// modelled: only operations whose model has the code answer so; others go on to the next of the list.
	modelled bool
}

// condition is a state that every service can be in, and answers in its own words: throttled, broken, ...
type condition struct {
	// known are the services whose answers are known, by botocore's name; the first that fits counts.
	known map[string][]answer
	// fits picks the modelled error that says it, for services that are not among known; the best has the
	// highest rank, 0 does not fit.
	fits func(e *catalog.ErrorShape) int
	// message is for modelled errors.
	message string
	// byProtocol is what AWS's framework answers where the service says nothing of its own.
	byProtocol map[string]answer
}

// on is the error that a call meets.
func (c *condition) on(call *aws.Call) *aws.Error {
	service := catalog.Lookup(call.Service)
	a := c.answer(call, service)
	e := &aws.Error{Code: a.code, Shape: a.shape, Status: a.status, Message: c.fill(a.message, call, service), Sender: a.status < 500, RetryAfter: a.retryAfter}
	if service != nil && service.Traits.ErrorNamespace != "" && service.Error(a.code) == nil && strings.HasPrefix(a.code, "ExpiredToken") {
		e.Namespace = "com.amazon.coral.service"
	}
	return e
}

func (c *condition) answer(call *aws.Call, service *catalog.Service) answer {
	var op *catalog.Operation
	if service != nil {
		op = service.Operation(call.Operation)
	}
	for _, a := range c.known[call.Service] {
		if !a.modelled || op != nil && slices.ContainsFunc(op.Errors, func(e *catalog.ErrorShape) bool { return e.Code == a.code || e.Name == a.code }) {
			return a
		}
	}
	if op != nil {
		if e := c.best(op.Errors); e != nil {
			return c.of(e)
		}
	}
	protocol := call.Protocol
	if service != nil {
		if e := c.best(service.Errors); e != nil {
			return c.of(e)
		}
		protocol = service.Protocols[0]
	}
	if a, ok := c.byProtocol[protocol]; ok {
		return a
	}
	return c.byProtocol[catalog.JSON]
}

func (c *condition) best(errors []*catalog.ErrorShape) *catalog.ErrorShape {
	var best *catalog.ErrorShape
	rank := 0
	for _, e := range errors {
		if r := c.fits(e); r > rank {
			best, rank = e, r
		}
	}
	return best
}

func (c *condition) of(e *catalog.ErrorShape) answer {
	a := answer{code: e.Code, status: e.Status, message: c.message}
	if a.code == "" {
		a.code = e.Name
	}
	return a
}

// fill puts the call into a message: {caller}, {operation} as IAM names it, {account}.
func (c *condition) fill(message string, call *aws.Call, service *catalog.Service) string {
	if !strings.Contains(message, "{") {
		return message
	}
	prefix := call.Service
	if service != nil {
		prefix = service.SigningName
	}
	caller := call.CallerARN
	if caller == "" {
		caller = "arn:" + aws.Partition(call.Region) + ":iam::" + call.Account + ":root"
	}
	return strings.NewReplacer("{caller}", caller, "{operation}", prefix+":"+call.Operation, "{account}", call.Account).Replace(message)
}

// named ranks an error by its name: the earlier in the list the better.
func named(e *catalog.ErrorShape, names ...string) int {
	for i, name := range names {
		if e.Name == name || e.Code == name {
			return len(names) - i
		}
	}
	return 0
}

// unwell is an effect that puts calls before a condition of their service.
type unwell struct {
	kind      string
	condition *condition
}

// Kind implements Effect.
func (u unwell) Kind() string { return u.kind }

// Before implements Before.
func (u unwell) Before(_ context.Context, s Strike) error { return u.condition.on(s.Call) }

func registerCondition(kind string, c *condition) {
	register(kind, func(none) (Effect, error) { return unwell{kind, c}, nil })
}
