package fault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/aws"
)

// Effect is what a rule does to a call. Each is one of the kinds below; a new one is a file that
// registers its parameters.
type Effect interface{ Kind() string }

// Delay is an effect that makes a call take longer. All delays that hit a call add up.
type Delay interface {
	Effect
	// Delay is in real time: before the call is carried out, or after it and before its answer is sent.
	// random is the call's draw from the rule's own seed.
	Delay(random uint64) (d time.Duration, after bool)
}

// Before is a terminal effect: it answers in the service's place. The first terminal effect whose
// draw hits decides.
type Before interface {
	Effect
	// Before is an *aws.Error to answer with, ErrReset, or the context's error when the caller went away.
	Before(ctx context.Context, s Strike) error
}

// After is a terminal effect that lets the call be carried out and then decides about its answer. It
// is asked only when the call succeeded.
type After interface {
	Effect
	// After is nil to let the answer go out, an *aws.Error to answer with instead, or ErrClosed.
	After(ctx context.Context, s Strike) error
}

// Body is a terminal effect on the body of the answer.
type Body interface {
	Effect
	// Body wraps the writer of the body. length is the body's, -1 when nobody knows it yet. The wrapper
	// answers ErrReset or ErrClosed when the connection is to end.
	Body(ctx context.Context, s Strike, w Writer, length int64) io.Writer
}

// Writer is where the body of an answer goes. Flush brings what was written to the network.
type Writer interface {
	io.Writer
	Flush() error
}

// How an effect ends the connection: the gateway, which owns it, carries that out.
var (
	// ErrReset: the connection is reset (RST; over HTTP/2 RST_STREAM), after what was written until then.
	ErrReset = errors.New("the connection is reset by a fault")
	// ErrClosed: the connection is closed without another byte.
	ErrClosed = errors.New("the connection is closed by a fault")
)

// Strike is one hit of a rule on one call.
type Strike struct {
	Call *aws.Call
	// Random is the call's draw from the rule's own seed.
	Random uint64
	rule   *armed
}

// gate is a terminal effect that hits only when the gate is shut.
type gate interface {
	Before
	shut(memory any) bool
}

// remembering is an effect with a state that survives recompiling. before is that of the rule's
// last version, nil when there was none.
type remembering interface {
	memory(before any) any
}

// Parse reads the parameters of a kind of fault that only one service can carry out. What it answers
// is what the service gets to see. Errors should be *RuleError with a Field within the effect ("share").
type Parse func(parameters json.RawMessage) (any, error)

// own is a fault that a service carries out.
type own struct {
	kind       string
	parameters any
}

// Kind implements Effect.
func (o own) Kind() string { return o.kind }

// kinds are the effects by name. It is filled by the effects' own files.
var kinds = map[string]func(parameters []byte) (Effect, error){}

// register declares an effect whose parameters are the JSON fields of P; make checks them and says
// which is wrong, or is the effect.
func register[P any](kind string, make func(P) (Effect, error)) {
	parameterTypes[kind] = reflect.TypeFor[P]()
	kinds[kind] = func(parameters []byte) (Effect, error) {
		var p P
		if err := ParseParameters(parameters, &p); err != nil {
			return nil, err
		}
		return make(p)
	}
}

// none are the parameters of effects without any.
type none struct{}

// ParseParameters decodes an effect's parameters into a pointer to a structure. Parameters that the
// structure does not have are refused, so that a misspelt one is not lost in silence.
func ParseParameters(text json.RawMessage, into any) error {
	return decodeFields("", text, reflect.ValueOf(into).Elem(), "kind")
}

// kindOf is the kind that an effect names; empty when it is no object.
func kindOf(effect json.RawMessage) string {
	var with struct {
		Kind string `json:"kind"`
	}
	if json.Unmarshal(effect, &with) != nil {
		return ""
	}
	return with.Kind
}

// parseEffect reads an effect: one of ours, or one that a service has registered.
func parseEffect(text json.RawMessage, registered map[string]map[string]Parse, services Patterns) (Effect, error) {
	kind := kindOf(text)
	if kind == "" {
		shown := string(text)
		if shown == "" {
			shown = "nothing"
		}
		return nil, &RuleError{Field: "effect", Message: fmt.Sprintf("%s is not an object with a kind, such as {\"kind\": \"throttle\"}", shown)}
	}
	var effect Effect
	var err error
	if parse := kinds[kind]; parse != nil {
		effect, err = parse(text)
	} else if by := registered[kind]; by != nil {
		effect, err = parseOwn(kind, text, by, services)
	} else {
		return nil, &RuleError{Field: "effect.kind", Message: unknown(kind, "kind of effect", allKinds(registered))}
	}
	if err == nil {
		return effect, nil
	}
	var e *RuleError
	if errors.As(err, &e) {
		field := e.Field
		if !hasFieldPrefix(field, "match") {
			field = strings.TrimSuffix("effect."+field, ".")
		}
		return nil, &RuleError{Field: field, Message: e.Message}
	}
	return nil, &RuleError{Field: "effect", Message: err.Error()}
}

// parseOwn reads an effect that only some services can carry out: the rule must name one of them and nothing else.
func parseOwn(kind string, text json.RawMessage, by map[string]Parse, services Patterns) (Effect, error) {
	var parse Parse
	if len(services) == 1 {
		parse = by[services[0]]
	}
	if parse == nil {
		names := slices.Sorted(maps.Keys(by))
		return nil, &RuleError{Field: "match.service", Message: fmt.Sprintf("%s is carried out by %s itself: the rule must name that service, and no other", kind, orList(names))}
	}
	parameters, err := parse(text)
	return own{kind, parameters}, err
}

// Kinds are the names of all effects that every service can meet, in order.
func Kinds() []string { return slices.Sorted(maps.Keys(kinds)) }

func allKinds(registered map[string]map[string]Parse) []string {
	return slices.Sorted(func(yield func(string) bool) {
		for kind := range kinds {
			if !yield(kind) {
				return
			}
		}
		for kind := range registered {
			if !yield(kind) {
				return
			}
		}
	})
}
