package fault

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Sentence says in plain words what the rule does.
func (r *Rule) Sentence() string {
	text := r.Match.subject() + r.Match.origin()
	if e := r.Match.Except; e != nil {
		text += " (except " + strings.Replace(e.subject(), "All calls", "those", 1) + e.origin() + ")"
	}
	text += " " + deedOf(r.Effect)
	if when := r.When.words(); when != "" {
		text += ": " + when
	}
	return text + "."
}

// subject is "All calls", "dynamodb calls", "dynamodb.PutItem or dynamodb.Update* calls".
func (m *Match) subject() string {
	services := m.Service
	if len(services) == 0 {
		services = Patterns{""}
	}
	var names []string
	for _, service := range services {
		for _, operation := range m.Operation {
			switch {
			case operation == ClassRead, operation == ClassWrite:
				names = append(names, strings.TrimSpace(service+" "+operation))
			case service == "":
				names = append(names, operation)
			default:
				names = append(names, service+"."+operation)
			}
		}
		if len(m.Operation) == 0 && service != "" {
			names = append(names, service)
		}
	}
	if len(names) == 0 || len(m.Operation) == 0 && slices.Contains(services, "*") {
		return "All calls"
	}
	return orList(names) + " calls"
}

// origin is what else is asked of a call.
func (m *Match) origin() string {
	var text strings.Builder
	for _, part := range []struct {
		before   string
		patterns Patterns
	}{
		{" about ", m.Resource}, {" in ", m.Region}, {" of account ", m.Account}, {" by ", m.Caller}, {" by sessions of ", m.Role}, {" from ", m.UserAgent},
	} {
		if len(part.patterns) > 0 {
			text.WriteString(part.before + orList(part.patterns))
		}
	}
	if m.UnknownCallers {
		text.WriteString(" (or by callers of whom nothing is known)")
	}
	for _, name := range slices.Sorted(maps.Keys(m.Header)) {
		text.WriteString(" with " + name + ": " + orList(m.Header[name]))
	}
	return text.String()
}

// words is the schedule; empty when every matching call is hit for as long as the rule stands.
func (w *When) words() string {
	var parts []string
	say := func(format string, arguments ...any) { parts = append(parts, fmt.Sprintf(format, arguments...)) }
	if w.Share != nil {
		if *w.Share == 0 {
			say("none of them (share 0)")
		} else {
			say("%s%% of them", strconv.FormatFloat(*w.Share, 'f', -1, 64))
		}
	}
	if w.Attempts != "" {
		say("attempts %s of each", w.Attempts)
	}
	if w.After > 0 {
		say("after the first %d have passed", w.After)
	}
	if w.First != nil {
		say("only the first %d", *w.First)
	}
	if w.Every > 1 {
		say("each %s", ordinal(w.Every))
	}
	if w.Max != nil {
		say("%d hits at most", *w.Max)
	}
	if w.Start != nil {
		say("from %s", w.Start.UTC().Format(time.RFC3339))
	}
	if w.End != nil {
		say("until %s", w.End.UTC().Format(time.RFC3339))
	}
	if w.For > 0 {
		say("for %v", time.Duration(w.For))
	}
	if w.Flap != nil {
		say("%v on and %v off in turn", time.Duration(w.Flap.On), time.Duration(w.Flap.Off))
	}
	return strings.Join(parts, ", ")
}

// deedOf is what happens to the calls; the effect has been accepted, so its parameters are right.
func deedOf(effect json.RawMessage) string {
	var p struct {
		errorParameters
		delayParameters
		Error          *errorParameters `json:"error"`
		Delay          *Duration        `json:"delay"`
		AfterBytes     *int64           `json:"after_bytes"`
		BytesPerSecond float64          `json:"bytes_per_second"`
		Bytes          *int             `json:"bytes"`
		PerSecond      float64          `json:"per_second"`
	}
	_ = json.Unmarshal(effect, &p) // a field that is not understood is not spoken of
	switch kind := kindOf(effect); kind {
	case "error":
		return fmt.Sprintf("fail with %s (%d)", p.Code, p.Status)
	case "throttle":
		return "are throttled"
	case "internal-error":
		return "fail with the service's internal error"
	case "unavailable":
		return "fail because the service is unavailable"
	case "access-denied":
		return "are denied"
	case "expired-token":
		return "fail because the caller's token has expired"
	case "delay":
		return p.words()
	case "hang":
		return "hang until the client gives up"
	case "reset":
		if p.AfterBytes == nil {
			return "meet a connection reset"
		}
		return fmt.Sprintf("meet a connection reset after %d bytes of the answer", *p.AfterBytes)
	case "truncate":
		return fmt.Sprintf("lose the connection after %d bytes of the answer", valueOf(p.AfterBytes))
	case "slow-body":
		return fmt.Sprintf("get their answer at %v bytes per second", p.BytesPerSecond)
	case "corrupt":
		n := 1
		if p.Bytes != nil {
			n = *p.Bytes
		}
		return fmt.Sprintf("get an answer with changed content (%d bytes)", n)
	case "rate-limit":
		return fmt.Sprintf("are throttled beyond %v per second", p.PerSecond)
	case "after-commit":
		switch {
		case p.Error != nil:
			return fmt.Sprintf("are carried out, and then answered with %s (%d)", p.Error.Code, p.Error.Status)
		case p.Delay != nil:
			return fmt.Sprintf("are carried out, and answered %v later", time.Duration(*p.Delay))
		}
		return "are carried out, but their answer is lost"
	default:
		return "meet the fault " + kind
	}
}

func (p *delayParameters) words() string {
	text := ""
	switch {
	case p.Duration != nil:
		text = fmt.Sprintf("take %v longer", time.Duration(*p.Duration))
	case p.Min != nil:
		text = fmt.Sprintf("take %v to %v longer", time.Duration(*p.Min), time.Duration(valueOf(p.Max)))
	case p.Mean != nil:
		text = fmt.Sprintf("take %v longer on average (deviation %v)", time.Duration(*p.Mean), time.Duration(valueOf(p.Deviation)))
	}
	if p.Phase == "after" {
		text += ", after they were carried out"
	}
	return text
}

func valueOf[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
