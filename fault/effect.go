package fault

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/aws"
)

// Effect is what a rule does to a call: a Delay or a Before (later also a Body or a Conn).
type Effect interface{ Kind() string }

// Delay is an effect that makes a call take longer. All delays that hit a call add up.
type Delay interface {
	Effect
	// Delay is in real time. random is the call's draw from the rule's own seed.
	Delay(random uint64) time.Duration
}

// Before is a terminal effect: it answers in the service's place. The first terminal effect whose
// draw hits decides.
type Before interface {
	Effect
	Before(ctx context.Context, call *aws.Call) error
}

// kinds are the effects by name. It is filled by the effects' own files.
var kinds = map[string]func(parameters []byte) (Effect, error){}

// register declares an effect whose parameters are the JSON fields of E; check says which is wrong.
func register[E Effect](kind string, check func(E) error) {
	kinds[kind] = func(parameters []byte) (Effect, error) {
		var effect E
		if err := unmarshalStrict(parameters, &effect); err != nil {
			return nil, err
		}
		return effect, check(effect)
	}
}

// unmarshalStrict refuses fields that the effect does not have, so that a misspelt one is not lost in silence.
func unmarshalStrict(text []byte, effect any) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(text, &fields); err != nil {
		return err
	}
	delete(fields, "kind")
	rest, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(rest))
	decoder.DisallowUnknownFields()
	return decoder.Decode(effect)
}

func parseEffect(text json.RawMessage) (Effect, error) {
	var with struct {
		Kind string `json:"kind"`
	}
	if err := json.Unmarshal(text, &with); err != nil {
		return nil, &RuleError{Field: "effect", Message: fmt.Sprintf("%s is not an object with a kind", text)}
	}
	parse := kinds[with.Kind]
	if parse == nil {
		return nil, &RuleError{Field: "effect.kind", Message: fmt.Sprintf("%q is not one of %s", with.Kind, strings.Join(Kinds(), ", "))}
	}
	effect, err := parse(text)
	if err == nil {
		return effect, nil
	}
	var e *RuleError
	if errors.As(err, &e) {
		return nil, &RuleError{Field: "effect." + e.Field, Message: e.Message}
	}
	return nil, &RuleError{Field: "effect", Message: err.Error()}
}

// Kinds are the names of all effects, in order.
func Kinds() []string {
	names := make([]string, 0, len(kinds))
	for name := range kinds {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
