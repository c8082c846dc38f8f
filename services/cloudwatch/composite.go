package cloudwatch

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/aws"
)

// rule is a composite alarm's rule expression: from the states of alarms to a truth.
type rule struct {
	holds func(stateOf func(nameOrARN string) string) bool
	// names are the alarms that it speaks of, by name or ARN.
	names []string
}

// ruleParser reads ALARM(x) AND (OK(y) OR NOT INSUFFICIENT_DATA("z")), TRUE, FALSE. Words are in
// capital letters, as AWS wants them.
type ruleParser struct {
	rest  string
	names []string
	depth int
}

type condition = func(stateOf func(string) string) bool

func parseRule(expression string) (*rule, error) {
	p := &ruleParser{rest: expression}
	holds, err := p.either()
	if err != nil {
		return nil, err
	}
	if p.skip(); p.rest != "" {
		return nil, fmt.Errorf("unexpected %q", p.rest)
	}
	return &rule{holds, p.names}, nil
}

func (p *ruleParser) skip() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

// word takes a word if it comes next, and nothing that only begins like it.
func (p *ruleParser) word(word string) bool {
	p.skip()
	rest, ok := strings.CutPrefix(p.rest, word)
	if !ok || rest != "" && (rest[0] == '_' || rest[0] >= 'A' && rest[0] <= 'Z' || rest[0] >= 'a' && rest[0] <= 'z') {
		return false
	}
	p.rest = rest
	return true
}

func (p *ruleParser) either() (condition, error) {
	left, err := p.both()
	for err == nil && p.word("OR") {
		var right condition
		a := left
		right, err = p.both()
		left = func(of func(string) string) bool { return a(of) || right(of) }
	}
	return left, err
}

func (p *ruleParser) both() (condition, error) {
	left, err := p.one()
	for err == nil && p.word("AND") {
		var right condition
		a := left
		right, err = p.one()
		left = func(of func(string) string) bool { return a(of) && right(of) }
	}
	return left, err
}

func (p *ruleParser) one() (condition, error) {
	if p.depth++; p.depth > deepest {
		return nil, fmt.Errorf("the expression nests more than %d deep", deepest)
	}
	defer func() { p.depth-- }()
	switch {
	case p.word("NOT"):
		of, err := p.one()
		return func(states func(string) string) bool { return !of(states) }, err
	case p.word("TRUE"):
		return func(func(string) string) bool { return true }, nil
	case p.word("FALSE"):
		return func(func(string) string) bool { return false }, nil
	case p.word("AT_LEAST"):
		return nil, notImplemented("AT_LEAST in the rule of a composite alarm")
	}
	if p.skip(); strings.HasPrefix(p.rest, "(") {
		p.rest = p.rest[1:]
		inner, err := p.either()
		if err != nil {
			return nil, err
		}
		if p.skip(); !strings.HasPrefix(p.rest, ")") {
			return nil, fmt.Errorf("a closing parenthesis is missing")
		}
		p.rest = p.rest[1:]
		return inner, nil
	}
	for _, state := range []string{stateAlarm, stateOK, stateInsufficient} {
		if p.word(state) {
			name, err := p.name()
			return func(states func(string) string) bool { return states(name) == state }, err
		}
	}
	return nil, fmt.Errorf("unexpected %q", p.rest)
}

// name reads ("an alarm") or (an ARN).
func (p *ruleParser) name() (string, error) {
	p.skip()
	rest, ok := strings.CutPrefix(p.rest, "(")
	if !ok {
		return "", fmt.Errorf("an opening parenthesis is missing")
	}
	rest = strings.TrimLeft(rest, " \t\r\n")
	var name string
	if strings.HasPrefix(rest, `"`) {
		if name, rest, ok = strings.Cut(rest[1:], `"`); !ok {
			return "", fmt.Errorf("a closing quote is missing")
		}
		rest = strings.TrimLeft(rest, " \t\r\n")
		if rest, ok = strings.CutPrefix(rest, ")"); !ok {
			return "", fmt.Errorf("a closing parenthesis is missing")
		}
	} else {
		if name, rest, ok = strings.Cut(rest, ")"); !ok {
			return "", fmt.Errorf("a closing parenthesis is missing")
		}
		name = strings.TrimSpace(name)
	}
	if name == "" {
		return "", fmt.Errorf("an alarm's name is missing")
	}
	p.rest = rest
	if !slices.Contains(p.names, name) {
		p.names = append(p.names, name)
	}
	return name, nil
}

// compositeState is what an alarm's rule makes of the states of others.
func (a *alarm) compositeState(current func(alarmName) *alarm) string {
	parsed, err := parseRule(value(a.Composite.AlarmRule))
	if err != nil {
		return value(a.Composite.StateValue)
	}
	holds := parsed.holds(func(nameOrARN string) string {
		name := alarmName{a.Account, a.Region, nameOrARN}
		if arn, ok := aws.ParseARN(nameOrARN); ok {
			name = alarmName{arn.Account, arn.Region, strings.TrimPrefix(arn.Resource, "alarm:")}
		}
		if other := current(name); other != nil {
			return value(other.state().Value)
		}
		return ""
	})
	if holds {
		return stateAlarm
	}
	return stateOK
}

// compositeReason says which alarm's transition has brought a composite alarm into its state.
func compositeReason(cause *alarm, now time.Time) (reason, data string) {
	to := cause.state()
	reason = fmt.Sprintf("%s transitioned to %s at %s", cause.arn(), value(to.Value), now.Format("Monday 02 January, 2006 15:04:05 MST"))
	encoded, err := json.Marshal(map[string]any{"triggeringAlarms": []map[string]any{{
		"arn": cause.arn(), "state": map[string]any{"value": value(to.Value), "timestamp": now.Format(timeInData)},
	}}})
	if err != nil {
		return reason, ""
	}
	return reason, string(encoded)
}
