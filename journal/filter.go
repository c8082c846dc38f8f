package journal

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Filter says which calls are wanted: those that all fields let through; an empty field lets all
// through. A text is a list of alternatives with commas between, each a name or a glob ("Put*",
// where * is any characters and ? is one), in any case of letters. "*" alone wants a value, whatever
// it is: Owner "*" is every call that a rule hit.
type Filter struct {
	Service, Operation, Region, Account, AccessKey, Code string
	// Owner, Rule and Kind let a call through when any of the rules that hit it has them.
	Owner, Rule, Kind string
	InvocationID      string
	Status            []StatusRange
	// Since lets calls through that came in then or later, on the server's movable clock.
	Since time.Time
	// After lets calls through whose Sequence is higher.
	After uint64
	// Limit is how many calls are wanted at most: the last ones. 0: no limit.
	Limit int
}

// StatusRange is the statuses from From to To.
type StatusRange struct{ From, To int }

var parameters = []string{"access_key", "account", "code", "invocation_id", "kind", "limit", "operation", "owner", "region", "rule", "service", "since", "status"}

// Parameters are the names that ParseFilter knows, in order.
func Parameters() []string { return slices.Clone(parameters) }

// FilterError says which parameter of a filter has a wrong value, and what would be right.
type FilterError struct{ Parameter, Value, Want string }

// Error implements error.
func (e *FilterError) Error() string { return e.Parameter + ": " + e.Reason() }

// Reason is the error without the parameter's name.
func (e *FilterError) Reason() string { return fmt.Sprintf("%q is not %s", e.Value, e.Want) }

// ParseFilter reads a filter from the parameters of a query, each at most once. A "since" that is a
// duration ("5m") counts back from now. The error is a *FilterError.
func ParseFilter(values map[string][]string, now time.Time) (Filter, error) {
	var f Filter
	texts := map[string]*string{
		"service": &f.Service, "operation": &f.Operation, "region": &f.Region, "account": &f.Account, "access_key": &f.AccessKey,
		"code": &f.Code, "owner": &f.Owner, "rule": &f.Rule, "kind": &f.Kind, "invocation_id": &f.InvocationID,
	}
	for name, all := range values {
		if len(all) != 1 {
			return Filter{}, &FilterError{name, strings.Join(all, `" and "`), "one value; commas separate alternatives"}
		}
		value, err := all[0], error(nil)
		switch {
		case texts[name] != nil:
			*texts[name] = value
		case name == "status":
			f.Status, err = ParseStatus(value)
		case name == "since":
			f.Since, err = ParseSince(value, now)
		case name == "limit":
			f.Limit, err = parseLimit(value)
		default:
			return Filter{}, &FilterError{"parameter", name, "one of " + strings.Join(parameters, ", ")}
		}
		if err != nil {
			return Filter{}, &FilterError{name, value, err.Error()}
		}
	}
	return f, nil
}

func parseLimit(value string) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 {
		return 0, errors.New("a whole number, 0 for no limit")
	}
	return n, nil
}

// ParseStatus reads statuses such as "503", "5xx", "400-499", "error" (400 and above, or no answer)
// and "none" (no answer), with commas between. The error says what would be right.
func ParseStatus(text string) ([]StatusRange, error) {
	var ranges []StatusRange
	for part := range strings.SplitSeq(text, ",") {
		part = strings.ToLower(strings.TrimSpace(part))
		from, to, isRange := strings.Cut(part, "-")
		switch low, err := strconv.Atoi(from); {
		case part == "error":
			ranges = append(ranges, StatusRange{0, 0}, StatusRange{400, 999})
		case part == "none":
			ranges = append(ranges, StatusRange{0, 0})
		case len(part) == 3 && part[0] >= '1' && part[0] <= '9' && part[1:] == "xx":
			class := int(part[0]-'0') * 100
			ranges = append(ranges, StatusRange{class, class + 99})
		case err == nil && !isRange && low >= 100 && low <= 999:
			ranges = append(ranges, StatusRange{low, low})
		case err == nil && isRange:
			high, err := strconv.Atoi(to)
			if err != nil || low < 100 || high > 999 || high < low {
				return nil, errStatus
			}
			ranges = append(ranges, StatusRange{low, high})
		default:
			return nil, errStatus
		}
	}
	return ranges, nil
}

var errStatus = errors.New(`an HTTP status such as 503, 5xx, 400-499, error or none, or several with commas between`)

// ParseSince reads a time as RFC 3339 has it, or a duration that counts back from now. The error says
// what would be right.
func ParseSince(text string, now time.Time) (time.Time, error) {
	if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return now.Add(-d), nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	return time.Time{}, errors.New("a time such as 2026-01-31T12:00:00Z, or how long ago, such as 90s, 5m or 1h")
}

// Matches reports whether the filter lets a record through; Limit is not looked at.
func (f *Filter) Matches(r *Record) bool {
	return r.Sequence > f.After &&
		(f.Since.IsZero() || !r.At.Before(f.Since)) &&
		(len(f.Status) == 0 || slices.ContainsFunc(f.Status, func(s StatusRange) bool { return s.From <= r.Status && r.Status <= s.To })) &&
		matches(f.Service, r.Service) && matches(f.Operation, r.Operation) && matches(f.Region, r.Region) &&
		matches(f.Account, r.Account) && matches(f.AccessKey, r.AccessKey) && matches(f.Code, r.Code) &&
		matches(f.InvocationID, r.InvocationID) &&
		(f.Owner == "" && f.Rule == "" && f.Kind == "" || slices.ContainsFunc(r.Rules, func(h Hit) bool {
			return matches(f.Owner, h.Owner) && matches(f.Rule, h.ID) && matches(f.Kind, h.Kind)
		}))
}

// matches says whether any of the patterns, with commas between, is the value's. No pattern is everybody's.
func matches(patterns, value string) bool {
	if patterns == "" {
		return true
	}
	for pattern := range strings.SplitSeq(patterns, ",") {
		if value != "" && glob(strings.TrimSpace(pattern), value) {
			return true
		}
	}
	return false
}

// glob knows * and ?, and goes back to the latest * only: it takes at most len(pattern) times len(s) steps.
func glob(pattern, s string) bool {
	p, i, star, from := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || lower(pattern[p]) == lower(s[i])):
			p++
			i++
		case star >= 0:
			from++
			p, i = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}
