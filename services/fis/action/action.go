// Package action is what FIS experiments do: each action is described by its id, parameters and
// targets, and carries itself out. Actions know nothing of experiments' states or of how they are
// kept; they see faults through two methods, time and progress through Host.
//
// A file holds one action, or the family of those that share its code, and registers it in this
// package's table. An action undoes what it did before its Run returns.
package action

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/fault"
)

// Action is one thing that an experiment can do.
type Action struct {
	// ID is as templates have it: "aws:fis:wait".
	ID          string
	Description string
	// Parameters are all that the action takes. Their values are always strings.
	Parameters map[string]Parameter
	// Targets are target keys ("Instances") with the resource type that each takes; nil: no targets.
	Targets map[string]string
	// Check judges parameters of which each is declared and none that is required is missing; its
	// error is a *ParameterError. nil: every value will do.
	Check func(parameters map[string]string) error
	// Run carries the action out and undoes what it did before it returns. It returns nil when the
	// action has come to its own end, the context's cause when it was told to end, and an *Error when
	// it failed. It says Host.Running as soon as it is in effect. After a restart it is called again
	// with Resumed set; when it is to be stopped then, the context is done from the start.
	Run func(ctx context.Context, run *Run) error
}

// Parameter describes a parameter.
type Parameter struct {
	Description string
	Required    bool
}

// Faults are the rules in force: *fault.Rules, as far as actions need it.
type Faults interface {
	// Put adds rules or replaces those of the same ID; they are in force when it returns nil.
	Put(rules ...fault.Rule) error
	// Remove takes out all rules of an owner and answers how many there were.
	Remove(owner string) int
}

// MaxDuration is how long an action, and an experiment as a whole, can last (FIS's quota).
const MaxDuration = 12 * time.Hour

// actions are all actions by id; families make actions of ids that hold a variable part. Both are
// filled by the init functions of the actions' own files and never changed afterwards.
var (
	actions  = map[string]*Action{}
	families []func(id string) *Action
)

func register(a *Action) {
	if _, dup := actions[a.ID]; dup {
		panic("action: " + a.ID + " is registered twice")
	}
	actions[a.ID] = a
}

// Lookup finds an action by its id; nil when there is none that we carry out.
func Lookup(id string) *Action {
	if a := actions[id]; a != nil {
		return a
	}
	for _, family := range families {
		if a := family(id); a != nil {
			return a
		}
	}
	return nil
}

// All is every action with a fixed id, in order of the ids.
func All() []*Action {
	return slices.SortedFunc(maps.Values(actions), func(a, b *Action) int { return strings.Compare(a.ID, b.ID) })
}

// Owner is the owner of the rules of an experiment's action: "EXPERIMENT/ACTION", each part
// percent-encoded outside [A-Za-z0-9._-], so that it fits a header and splits at its slash.
func Owner(experiment, name string) string { return escape(experiment) + "/" + escape(name) }

func escape(part string) string {
	var b strings.Builder
	for i := range len(part) {
		c := part[i]
		if c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
