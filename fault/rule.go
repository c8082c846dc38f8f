// Package fault is rules and what they do to calls: matching, schedules and seeds, and a file per
// effect. It knows neither HTTP nor experiments. The rule language is written down for users in
// docs/reference/rules.md.
package fault

import (
	"encoding/json"
	"fmt"
	"time"
)

// Rule is "calls that match get the effect, on this schedule, until an end".
type Rule struct {
	// ID is unique among all rules. A rule put again under its ID keeps its place, its counters and
	// its draw position. Rules chooses one for a rule that brings none.
	ID string `json:"id,omitempty"`
	// Owner is who answers for the rule: "EXPERIMENT-ID/ACTION-NAME" (each part percent-encoded), "cli", "api", ...
	Owner       string `json:"owner,omitempty"`
	Description string `json:"description,omitempty"`
	// Group makes rules of one group exclusive: the first that matches a call ends the group,
	// whatever its draw (LocalStack's Chaos API). Rules of one group stand together.
	Group string `json:"group,omitempty"`
	Match Match  `json:"match"`
	When  When   `json:"when,omitzero"`
	// Effect names its kind and carries its parameters: {"kind": "delay", "duration": "5s"}.
	Effect json.RawMessage `json:"effect"`
	// Seed numbers the rule's draws; 0 lets Rules choose one from its own seed.
	Seed uint64 `json:"seed,omitempty"`
	// Made is when the rule was put, on the server's movable clock: For and Flap count from it unless
	// Start says otherwise. Rules fills it in.
	Made time.Time `json:"made,omitzero"`
}

// Match selects calls; what is empty matches all.
type Match struct {
	// Service is botocore's names, aliases of them, or globs.
	Service Patterns `json:"service,omitempty"`
	Region  Patterns `json:"region,omitempty"`
	// Operation is names, globs, or the classes "read" and "write": see IsRead.
	Operation Patterns `json:"operation,omitempty"`
	// Account is the 12-digit account that owns what the call touches.
	Account Patterns `json:"account,omitempty"`
	// Caller is access key ids, ARNs of roles, users or sessions, or names of roles or users.
	Caller Patterns `json:"caller,omitempty"`
	// Role is ARNs or names of roles, or globs: the caller is a session of one of them, and known to be one.
	Role Patterns `json:"role,omitempty"`
	// UnknownCallers lets Role match callers, too, of whom no more is known than their account.
	UnknownCallers bool `json:"unknown_callers,omitempty"`
	// UserAgent is found anywhere in the header; a glob must match the whole of it.
	UserAgent Patterns `json:"user_agent,omitempty"`
	// Header is by name; each of the headers must have a value that one of its patterns matches.
	Header map[string]Patterns `json:"header,omitempty"`
	// Resource is ARNs, what ARNs end in ("table/Orders"), bare names, or globs of any of these. One of
	// the call's resources must match.
	Resource Patterns `json:"resource,omitempty"`
	// Except takes calls out that match it.
	Except *Match `json:"except,omitempty"`
}

// When says which of the matching calls are hit. See schedule for the order in which it is asked.
type When struct {
	// Share is the percentage of calls that are hit, 0..100; nil is 100, 0 means never.
	Share *float64 `json:"share,omitempty"`
	// After lets so many matching calls pass before anything else counts.
	After int64 `json:"after,omitempty"`
	// First is how many matching calls (those that After let pass not counted) can be hit at all; nil: all.
	First *int64 `json:"first,omitempty"`
	// Every hits each n-th matching call only (those that After let pass not counted); 0 and 1: each.
	Every int64 `json:"every,omitempty"`
	// Max is how many hits the rule has in all; nil: no limit.
	Max *int64 `json:"max,omitempty"`
	// Attempts are those attempts of a logical call that match: "1", "1-2", "3-".
	Attempts string `json:"attempts,omitempty"`
	// Start and End are when the rule begins and stops to match, on the server's movable clock; nil:
	// at once, and not by itself.
	Start *time.Time `json:"start,omitempty"`
	End   *time.Time `json:"end,omitempty"`
	// For ends the rule this long after Start, or after it was made; 0: not by itself.
	For Duration `json:"for,omitempty"`
	// Flap turns the rule on and off in turn, beginning with on at Start, or when it was made.
	Flap *Flap `json:"flap,omitempty"`
}

// Flap is how long a rule is on and how long it is off, in turn.
type Flap struct {
	On  Duration `json:"on"`
	Off Duration `json:"off"`
}

// begin is when the rule's times count from.
func (r *Rule) begin() time.Time {
	if r.When.Start != nil {
		return *r.When.Start
	}
	return r.Made
}

// end is when the rule stops to match by itself; zero when it does not.
func (r *Rule) end() time.Time {
	var end time.Time
	if r.When.End != nil {
		end = *r.When.End
	}
	if r.When.For > 0 {
		if by := r.begin().Add(time.Duration(r.When.For)); end.IsZero() || by.Before(end) {
			end = by
		}
	}
	return end
}

// Duration is a time span: in JSON "1.5s", or a number of milliseconds.
type Duration time.Duration

// UnmarshalJSON implements json.Unmarshaler.
func (d *Duration) UnmarshalJSON(text []byte) error {
	var milliseconds float64
	if json.Unmarshal(text, &milliseconds) == nil {
		ns := milliseconds * float64(time.Millisecond)
		if !(ns > -1<<62 && ns < 1<<62) {
			return fmt.Errorf("%s milliseconds are more than can be told", text)
		}
		*d = Duration(ns)
		return nil
	}
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return fmt.Errorf(`%s is not a duration such as "5s" or "250ms"`, text)
	}
	parsed, err := time.ParseDuration(s)
	if err != nil {
		return fmt.Errorf(`%s is not a duration such as "5s" or "250ms"`, text)
	}
	*d = Duration(parsed)
	return nil
}

// MarshalJSON implements json.Marshaler: "1m30s".
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(d).String()) }

// RuleError says which field of a rule is wrong, and why.
type RuleError struct {
	// Index is the rule's place among those that were put together, from 0; ID is its id, where it has one.
	Index int
	ID    string
	// Field is the way to the field: "match.operation", "effect.status".
	Field string
	// Message says what is wrong and, where there is such a thing, what would do.
	Message string
}

// Error implements error.
func (e *RuleError) Error() string { return e.Field + ": " + e.Message }

// Warning is about a rule that was accepted although it may not do what its author hopes.
type Warning struct {
	Index   int    `json:"index"`
	ID      string `json:"id,omitempty"`
	Field   string `json:"field"`
	Message string `json:"message"`
}
