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
	// Parameters are all that the action takes. Their values are always strings. One whose name ends in ".*"
	// stands for all names that begin so: see Parameter.
	Parameters map[string]Parameter
	// Targets are target keys ("Instances") with the resource type that each takes; nil: no targets.
	Targets map[string]string
	// TargetsOptional: the action can do without its targets. AWS's actions never can.
	TargetsOptional bool
	// AlsoTakes are further target keys with their resource types, taken in the place of Targets unless the
	// server is strict: LocalStack's own tests name them so. AnyTarget as the key stands for every key and type.
	AlsoTakes map[string]string
	// ARNsOnly: targets must give ARNs, without tags, filters and parameters.
	ARNsOnly bool
	// TargetLimit is how many resources the action takes at most (FIS's quota); 0: any number.
	TargetLimit int
	// Check judges parameters of which each is declared, none that is required is missing, and each
	// has its form; its error is a *ParameterError. nil: every value will do.
	Check func(parameters map[string]string) error
	// Rule is the fault rule that parameters ask for, without ID, owner and end: where a server is at hand,
	// its Rules.Check judges it further than Check can. nil: none that parameters say all of.
	Rule func(parameters map[string]string) (fault.Rule, error)
	// Run carries the action out and undoes what it did before it returns. It returns nil when the
	// action has come to its own end, the context's cause when it was told to end, and an *Error when
	// it failed. It says Host.Running as soon as it is in effect. After a restart it is called again
	// with Resumed set; when it is to be stopped then, the context is done from the start.
	// nil: the action is described, but not carried out here; its start fails with a reason that says so.
	Run func(ctx context.Context, run *Run) error
}

// AnyTarget is the key of AlsoTakes that stands for all.
const AnyTarget = "*"

// Parameter describes a parameter.
type Parameter struct {
	Description string
	Required    bool
	// Forgone: AWS requires it, but a server that is not strict does without: LocalStack does.
	Forgone bool
	// Form judges a value; nil: every text will do.
	Form Form
}

// Faults are the rules in force: *fault.Rules, as far as actions need it.
type Faults interface {
	// Put adds rules or replaces those of the same ID; they are in force when it returns nil.
	Put(rules ...fault.Rule) error
	// Check says what Put would, and puts nothing.
	Check(rules ...fault.Rule) ([]fault.Warning, error)
	// Remove takes out all rules of an owner and answers how many there were.
	Remove(owner string) int
}

// MaxDuration is how long an action, and an experiment as a whole, can last (FIS's quota).
const MaxDuration = 12 * time.Hour

// actions are all actions by id; families make actions of ids that hold a variable part. The
// catalogue's tables come first: AWS's actions, described. Then the init functions of the actions'
// own files carry them out, or register what AWS does not have. Never changed afterwards.
var (
	actions  = catalogued()
	families []func(id string) *Action
)

// carryOut says how an action that the catalogue describes is carried out. The file of an AWS action
// calls it in its init: id, description, parameters with their forms, and targets are in the
// catalogue already. check is for what no parameter's Form can say; nil: nothing.
func carryOut(id string, check func(parameters map[string]string) error, run func(ctx context.Context, run *Run) error) {
	a := actions[id]
	switch {
	case a == nil:
		panic("action: the catalogue does not describe " + id)
	case a.Run != nil:
		panic("action: " + id + " is carried out twice")
	}
	a.Check, a.Run = check, run
}

// register adds an action that AWS does not have.
func register(a *Action) {
	if _, dup := actions[a.ID]; dup {
		panic("action: " + a.ID + " is registered twice")
	}
	actions[a.ID] = a
}

// Lookup finds an action by its id; nil when nobody has such an action. One that AWS has and that is
// not carried out here has no Run.
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

// Parameter finds a parameter by its name; ok is false when the action does not take it.
func (a *Action) Parameter(name string) (p Parameter, ok bool) {
	if p, ok = a.Parameters[name]; ok && !strings.HasSuffix(name, ".*") {
		return p, true
	}
	for declared, p := range a.Parameters {
		if prefix, open := strings.CutSuffix(declared, "*"); open && len(name) > len(prefix) && strings.HasPrefix(name, prefix) && name != declared {
			return p, true
		}
	}
	return Parameter{}, false
}

// Ours reports whether the action is none of AWS's.
func (a *Action) Ours() bool { return !strings.HasPrefix(a.ID, "aws:") }

// All is every action with a fixed id, in order of the ids.
func All() []*Action {
	return slices.SortedFunc(maps.Values(actions), func(a, b *Action) int { return strings.Compare(a.ID, b.ID) })
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

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
