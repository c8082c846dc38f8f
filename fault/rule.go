// Package fault is rules and what they do to calls: matching, shares and seeds, and a file per effect.
// It knows neither HTTP nor experiments.
package fault

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/aws"
)

// Rule is "calls that match get the effect, at a share, until an end".
type Rule struct {
	// ID is unique among all rules. A rule put again under its ID keeps its place, its counters and
	// its draw position.
	ID string `json:"id"`
	// Owner is who answers for the rule: "EXPERIMENT-ID/ACTION-NAME" (each part percent-encoded), "cli", "api", ...
	Owner       string `json:"owner,omitempty"`
	Description string `json:"description,omitempty"`
	// Group makes rules of one group exclusive: the first that matches a call ends the group,
	// whatever its draw (LocalStack's Chaos API).
	Group string `json:"group,omitempty"`
	Match Match  `json:"match"`
	When  When   `json:"when"`
	// Effect names its kind and carries its parameters: {"kind": "delay", "duration": "5s"}.
	Effect json.RawMessage `json:"effect"`
	// Seed numbers the rule's draws; 0 lets Rules choose one from its own seed.
	Seed uint64 `json:"seed,omitempty"`
}

// Match selects calls; what is empty matches all.
type Match struct {
	Service   Patterns `json:"service,omitempty"`
	Region    Patterns `json:"region,omitempty"`
	Operation Patterns `json:"operation,omitempty"`
}

// When says how often and until when.
type When struct {
	// Share is the percentage of matching calls that are hit, 0..100; nil is 100, 0 means never.
	Share *float64 `json:"share,omitempty"`
	// End is when the rule stops to match, on the server's movable clock; nil: not by itself.
	End *time.Time `json:"end,omitempty"`
}

// Patterns are names or globs ("Get*"), any of which may match. In JSON a single one may stand alone.
type Patterns []string

// UnmarshalJSON reads a string or a list of strings.
func (p *Patterns) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*p = Patterns{one}
		return nil
	}
	var many []string
	if err := json.Unmarshal(text, &many); err != nil {
		return fmt.Errorf("%s is neither a name nor a list of names", text)
	}
	*p = many
	return nil
}

// matches is true when there are no patterns, too.
func (p Patterns) matches(name string) bool {
	if len(p) == 0 {
		return true
	}
	for _, pattern := range p {
		if pattern == name || strings.IndexByte(pattern, '*') >= 0 && glob(pattern, name) {
			return true
		}
	}
	return false
}

// glob matches '*' against any run of characters.
func glob(pattern, name string) bool {
	for {
		star := strings.IndexByte(pattern, '*')
		if star < 0 {
			return pattern == name
		}
		if !strings.HasPrefix(name, pattern[:star]) {
			return false
		}
		name, pattern = name[star:], pattern[star+1:]
		next := pattern
		if i := strings.IndexByte(pattern, '*'); i >= 0 {
			next = pattern[:i]
		} else {
			return strings.HasSuffix(name, next)
		}
		at := strings.Index(name, next)
		if at < 0 {
			return false
		}
		name = name[at:]
	}
}

// ControlService is the service that is faulted only by a rule that names it: whoever breaks a whole
// region must still be able to stop the experiment.
const ControlService = "fis"

func (m *Match) matches(c *aws.Call) bool {
	return m.matchesOperation(c.Service, c.Operation) && m.Region.matches(c.Region)
}

func (m *Match) matchesOperation(service, operation string) bool {
	if service == ControlService && !m.Service.names(ControlService) {
		return false
	}
	return m.Service.matches(service) && m.Operation.matches(operation)
}

// names is true only for the name itself, not for a glob that happens to cover it.
func (p Patterns) names(name string) bool {
	for _, pattern := range p {
		if pattern == name {
			return true
		}
	}
	return false
}

// Check says what is wrong with a rule, naming the field.
func (r *Rule) Check() error {
	if r.ID == "" {
		return &RuleError{Field: "id", Message: "must not be empty"}
	}
	if s := r.When.Share; s != nil && !(*s >= 0 && *s <= 100) {
		return &RuleError{Field: "when.share", Message: fmt.Sprintf("%v is not a percentage from 0 to 100", *s)}
	}
	_, err := parseEffect(r.Effect)
	return err
}

// RuleError says which field of a rule is wrong, and why.
type RuleError struct{ Field, Message string }

// Error implements error.
func (e *RuleError) Error() string { return e.Field + ": " + e.Message }
