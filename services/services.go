// Package services is how an AWS API that Brownout answers itself is declared: a Table of
// operations that each file of the service adds itself to, bound to one running instance.
package services

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/identity"
)

// Request is one call's context with what is known of it. Facts are passed here, not hidden in context values.
type Request struct {
	context.Context
	Call   *aws.Call
	Caller identity.Principal
	// Faults are the rules that only the service itself can carry out. Never nil.
	Faults fault.View
}

// Table is the operations of a service whose instances are of type S. It is filled by the init
// functions of the service's own files and never changes afterwards.
type Table[S any] struct {
	// Check, where set, judges the decoded input by the model's constraints before the operation
	// runs; CheckConstraints does it with AWS's words.
	Check   func(op *catalog.Operation, in any) error
	entries map[string]entry[S]
	faults  map[string]fault.Parse
}

type entry[S any] struct {
	in  func() any
	run func(S, *Request, any) (any, error)
}

// Add declares an operation by its wire name. It panics when the name is declared twice.
func Add[S, In, Out any](t *Table[S], name string, fn func(S, *Request, *In) (*Out, error)) {
	if _, dup := t.entries[name]; dup {
		panic("services: operation " + name + " is declared twice")
	}
	if t.entries == nil {
		t.entries = map[string]entry[S]{}
	}
	t.entries[name] = entry[S]{
		in: func() any { return new(In) },
		run: func(s S, r *Request, in any) (any, error) {
			out, err := fn(s, r, in.(*In))
			if err != nil {
				return nil, err // never a typed nil inside the any
			}
			return out, nil
		},
	}
}

// Fault declares a kind of fault that only this service can carry out. Its operations learn of a hit
// by Request.Faults. It panics when the kind is declared twice.
func (t *Table[S]) Fault(kind string, parse fault.Parse) {
	if _, dup := t.faults[kind]; dup {
		panic("services: the fault " + kind + " is declared twice")
	}
	if t.faults == nil {
		t.faults = map[string]fault.Parse{}
	}
	t.faults[kind] = parse
}

// Bind makes the table's operations those of one running instance. The catalogue is asked for them when the first of
// them is called: most servers never see a call of most services. It panics then when the catalogue does
// not have the service or an operation of the table: that is a mistake in the program.
func (t *Table[S]) Bind(name string, s S) *Service {
	return &Service{
		Name: name, Faults: t.faults, operations: slices.Sorted(maps.Keys(t.entries)),
		handlers: sync.OnceValue(func() map[string]*Handler { return t.handlers(name, s) }),
	}
}

func (t *Table[S]) handlers(name string, s S) map[string]*Handler {
	service := catalog.Lookup(name)
	if service == nil {
		panic("services: the catalogue has no service " + name)
	}
	handlers := make(map[string]*Handler, len(t.entries))
	for operation, e := range t.entries {
		op := service.Operation(operation)
		if op == nil {
			panic(fmt.Sprintf("services: %s has no operation %s", name, operation))
		}
		handlers[operation] = &Handler{
			Operation: op,
			NewInput:  e.in,
			Run: func(r *Request, in any) (any, error) {
				if t.Check != nil {
					if err := t.Check(op, in); err != nil {
						return nil, err
					}
				}
				return e.run(s, r, in)
			},
		}
	}
	return handlers
}

// Service is a running service: what the gateway routes to.
type Service struct {
	Name string
	// Reset forgets everything that callers have made of the service, and answers when it is gone; nil:
	// the service keeps nothing. Calls may go on meanwhile: what they make may stay or go.
	Reset func(ctx context.Context) error
	// Health is what GET / answers at the service's endpoint of a region; nil: the service has no such answer.
	Health func(region string) string
	// Faults are the kinds that only the service itself can carry out, with how their parameters are
	// read: fault.Rules.Register makes them known. It is not to be changed.
	Faults map[string]fault.Parse
	// operations are the names, in order.
	operations []string
	handlers   func() map[string]*Handler
}

// Handler finds an operation; nil when the service does not carry it out.
func (s *Service) Handler(operation string) *Handler { return s.handlers()[operation] }

// Operations are the names of those that the service carries out, in order.
func (s *Service) Operations() []string { return slices.Clone(s.operations) }

// Handler is one operation of a running service.
type Handler struct {
	Operation *catalog.Operation
	// NewInput is a fresh value for the codec to decode into.
	NewInput func() any
	// Run answers the output, or an error; what is no *aws.Error is an InternalFailure.
	Run func(r *Request, in any) (any, error)
}

// Asker lets one service ask another as a client of AWS would: ours in process, else the upstream.
// Such calls are never faulted.
type Asker interface {
	Ask(ctx context.Context, as identity.Principal, region, service, operation string, in aws.Document) (aws.Document, error)
}
