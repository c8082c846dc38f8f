package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/brownoutdev/brownout/fault"
)

// ruleFlags are the flags of "fault add": all that a rule can say besides target and effect.
type ruleFlags struct {
	match, except       fault.Match
	share               percent
	first, after, every count
	max                 count
	attempts            string
	start, end          moment
	lasts               span
	flap                flapping
	seed                seed
	id, description     string
}

func (f *ruleFlags) add(command *cobra.Command) {
	flags := command.Flags()
	for _, side := range []struct {
		prefix, text string
		match        *fault.Match
	}{{"", "only calls ", &f.match}, {"except-", "no calls ", &f.except}} {
		flags.Var((*patterns)(&side.match.Region), side.prefix+"region", side.text+"in this region or glob; may be repeated")
		flags.Var((*patterns)(&side.match.Account), side.prefix+"account", side.text+"of this account")
		flags.Var((*patterns)(&side.match.Caller), side.prefix+"caller", side.text+"by this access key, role or user (name, ARN or glob)")
		flags.Var((*patterns)(&side.match.Role), side.prefix+"role", side.text+"by sessions of this role (name, ARN or glob)")
		flags.Var((*whole)(&side.match.UserAgent), side.prefix+"user-agent", side.text+"whose user agent holds this")
		flags.Var(&headers{&side.match.Header}, side.prefix+"header", side.text+"with this header, NAME=VALUE or glob")
		flags.Var((*patterns)(&side.match.Resource), side.prefix+"resource", side.text+"about this resource (name, ARN or glob)")
	}
	flags.BoolVar(&f.match.UnknownCallers, "unknown-callers", false, "with --role: calls by callers of whom nothing is known, too")
	flags.Var((*patterns)(&f.except.Service), "except-service", "no calls of this service")
	flags.Var((*patterns)(&f.except.Operation), "except-operation", "no calls of this operation, glob, or read or write")
	flags.Var(&f.share, "share", "the percentage of calls that are hit; 0 is never")
	flags.Var(&f.first, "first", "only so many calls can be hit")
	flags.Var(&f.after, "after", "so many calls pass before")
	flags.Var(&f.every, "every", "each n-th call only")
	flags.Var(&f.max, "max", "so many hits in all")
	flags.StringVar(&f.attempts, "attempts", "", "only these attempts of a call: 1, 1-2, 3-")
	flags.Var(&f.start, "start", "when the rule begins, such as 2026-11-22T10:00:00Z")
	flags.Var(&f.end, "end", "when the rule ends")
	flags.Var(&f.lasts, "for", "how long the rule lasts, such as 5m")
	flags.Var(&f.flap, "flap", "on and off in turn, such as 10s/20s")
	flags.Var(&f.seed, "seed", "decides the rule's draws (default: from the server's seed)")
	flags.StringVar(&f.id, "id", "", "a name for the rule (default: the server chooses)")
	flags.StringVar(&f.description, "description", "", "what the rule is for")
}

// rule is what the whole command line asks for. What the server can judge better it is left to judge.
func (f *ruleFlags) rule(target, kind string, parameters []string) (fault.Rule, error) {
	rule := fault.Rule{ID: f.id, Description: f.description, Match: f.match, Seed: f.seed.number}
	service, rest, hasOperation := strings.Cut(target, ".")
	if colon := strings.IndexByte(service, ':'); colon >= 0 { // the dot is the resource's
		service, rest, hasOperation = target[:colon], target[colon:], true
	}
	operation, resource, hasResource := strings.Cut(rest, ":")
	if service == "" || hasResource && resource == "" || hasOperation && !hasResource && operation == "" {
		return rule, usage("%q is no TARGET: it is SERVICE[.OPERATION][:RESOURCE], such as dynamodb.PutItem:table/Orders, or *", target)
	}
	rule.Match.Service, rule.Match.Operation = every(service), every(operation)
	if hasResource {
		rule.Match.Resource = append(fault.Patterns{resource}, rule.Match.Resource...)
	}
	if !isEmptyMatch(f.except) {
		except := f.except
		rule.Match.Except = &except
	}
	rule.When = fault.When{
		Share: f.share.pointer(), First: f.first.pointer(), Max: f.max.pointer(), After: f.after.number, Every: f.every.number,
		Attempts: f.attempts, Start: f.start.pointer(), End: f.end.pointer(), For: fault.Duration(f.lasts), Flap: f.flap.pointer(),
	}
	var err error
	rule.Effect, err = effectOf(kind, parameters)
	return rule, err
}

// every is a list of names; nil for all.
func every(text string) fault.Patterns {
	if text == "" || text == "*" {
		return nil
	}
	return strings.Split(text, ",")
}

func isEmptyMatch(m fault.Match) bool {
	return len(m.Service)+len(m.Operation)+len(m.Region)+len(m.Account)+len(m.Caller)+len(m.Role)+len(m.UserAgent)+len(m.Header)+len(m.Resource) == 0
}

// effectOf puts an effect together; "error.code=X" is the member code of the object error.
func effectOf(kind string, parameters []string) (json.RawMessage, error) {
	effect, err := fault.FlatEffect(kind, parameters)
	var wrong *fault.RuleError
	if errors.As(err, &wrong) {
		return nil, usage("%s", strings.TrimPrefix(strings.TrimPrefix(wrong.Error(), "effect."), "effect: "))
	}
	return effect, err
}

// The values of the flags. Set answers errors that go on after "VALUE is ".

// patterns are names or globs: a flag may stand several times, and commas separate, too.
type patterns fault.Patterns

func (p *patterns) String() string { return strings.Join(*p, ",") }
func (p *patterns) Type() string   { return "NAME" }
func (p *patterns) Set(text string) error {
	for part := range strings.SplitSeq(text, ",") {
		if part == "" {
			return errors.New("not a name or glob, or several with commas between")
		}
		*p = append(*p, part)
	}
	return nil
}

// whole are texts in which commas mean nothing.
type whole fault.Patterns

func (w *whole) String() string        { return strings.Join(*w, ",") }
func (w *whole) Type() string          { return "TEXT" }
func (w *whole) Set(text string) error { *w = append(*w, text); return nil }

// headers are NAME=VALUE.
type headers struct{ to *map[string]fault.Patterns }

func (h *headers) String() string { return "" }
func (h *headers) Type() string   { return "NAME=VALUE" }
func (h *headers) Set(text string) error {
	name, value, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return errors.New("not NAME=VALUE")
	}
	if *h.to == nil {
		*h.to = map[string]fault.Patterns{}
	}
	(*h.to)[name] = append((*h.to)[name], value)
	return nil
}

// percent is "30" or "30%".
type percent struct {
	number float64
	given  bool
}

func (p *percent) Type() string { return "PERCENT" }
func (p *percent) String() string {
	if !p.given {
		return ""
	}
	return strconv.FormatFloat(p.number, 'f', -1, 64)
}
func (p *percent) Set(text string) error {
	number, err := strconv.ParseFloat(strings.TrimSuffix(text, "%"), 64)
	if err != nil || !(number >= 0 && number <= 100) {
		return errors.New("not a percentage from 0 to 100, such as 30 or 0.5%")
	}
	*p = percent{number, true}
	return nil
}
func (p *percent) pointer() *float64 {
	if !p.given {
		return nil
	}
	return &p.number
}

// count is a number of calls.
type count struct {
	number int64
	given  bool
}

func (c *count) Type() string { return "N" }
func (c *count) String() string {
	if !c.given {
		return ""
	}
	return strconv.FormatInt(c.number, 10)
}
func (c *count) Set(text string) error {
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number < 0 {
		return errors.New("not a number of calls")
	}
	*c = count{number, true}
	return nil
}
func (c *count) pointer() *int64 {
	if !c.given {
		return nil
	}
	return &c.number
}

// moment is a point in time.
type moment struct{ time.Time }

func (m *moment) Type() string { return "TIME" }
func (m *moment) String() string {
	if m.IsZero() {
		return ""
	}
	return m.Format(time.RFC3339)
}
func (m *moment) Set(text string) (err error) {
	if m.Time, err = time.Parse(time.RFC3339, text); err != nil {
		return errors.New("not a time such as 2026-11-22T10:00:00Z")
	}
	return nil
}
func (m *moment) pointer() *time.Time {
	if m.IsZero() {
		return nil
	}
	return &m.Time
}

// span is a time span above 0.
type span time.Duration

func (s *span) Type() string { return "DURATION" }
func (s *span) String() string {
	if *s == 0 {
		return ""
	}
	return time.Duration(*s).String()
}
func (s *span) Set(text string) error {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return errors.New("not a duration such as 5m or 90s")
	}
	*s = span(d)
	return nil
}

// flapping is ON/OFF.
type flapping struct{ on, off span }

func (f *flapping) Type() string { return "ON/OFF" }
func (f *flapping) String() string {
	if f.on == 0 {
		return ""
	}
	return fmt.Sprintf("%v/%v", time.Duration(f.on), time.Duration(f.off))
}
func (f *flapping) Set(text string) error {
	on, off, ok := strings.Cut(text, "/")
	if !ok || f.on.Set(on) != nil || f.off.Set(off) != nil {
		return errors.New("not two durations, such as 10s/20s")
	}
	return nil
}
func (f *flapping) pointer() *fault.Flap {
	if f.on == 0 {
		return nil
	}
	return &fault.Flap{On: fault.Duration(f.on), Off: fault.Duration(f.off)}
}
