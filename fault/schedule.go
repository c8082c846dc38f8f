package fault

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// schedule is a rule's When, ready to be asked. The order is:
//
//  1. Start, End, For, Flap: outside its time a rule does not match, and counts nothing.
//  2. Match itself, then Attempts: what they leave out counts nothing either.
//  3. Among the rules of a group, only the first that has come this far goes on. When a terminal effect
//     has been decided on, later rules with terminal effects stop here, too.
//  4. The call is matched: it gets the rule's next number n and with it a draw.
//  5. After: the first calls pass. The rest is counted from 1 anew: k = n - After.
//  6. First: calls with k greater than First pass.
//  7. Every: calls whose k it does not divide pass.
//  8. Share: calls whose draw misses pass.
//  9. Rate-limit: calls that get a token pass.
//  10. Max: when there have been so many hits, calls pass.
//
// What passed goes on to the next rule; what is left is a hit. The draw is a function of seed and n
// alone, so no other condition moves it.
type schedule struct {
	begin, end        int64 // Unix nanoseconds; 0: none
	flapFrom          int64
	on, cycle         int64 // nanoseconds; cycle 0: no flapping
	lowest, highest   int   // attempts; highest 0: any
	after, every      uint64
	first, most       uint64
	hasFirst, hasMost bool
	threshold         uint64 // a draw below it hits
	always            bool
}

// newSchedule judges a rule's When.
func newSchedule(r *Rule) (schedule, error) {
	w := &r.When
	s := schedule{always: w.Share == nil || *w.Share >= 100}
	if err := w.checkNumbers(); err != nil {
		return s, err
	}
	if !s.always {
		s.threshold = threshold(*w.Share)
	}
	s.after, s.every = uint64(w.After), uint64(max(1, w.Every))
	if w.First != nil {
		s.first, s.hasFirst = uint64(*w.First), true
	}
	if w.Max != nil {
		s.most, s.hasMost = uint64(*w.Max), true
	}
	var err error
	if s.lowest, s.highest, err = parseAttempts(w.Attempts); err != nil {
		return s, err
	}
	return s, s.times(r)
}

func (w *When) checkNumbers() error {
	if share := w.Share; share != nil && !(*share >= 0 && *share <= 100) {
		return &RuleError{Field: "when.share", Message: fmt.Sprintf("%v is not a percentage from 0 to 100", *share)}
	}
	for _, number := range []struct {
		field string
		value *int64
	}{{"after", &w.After}, {"first", w.First}, {"every", &w.Every}, {"max", w.Max}} {
		if number.value != nil && *number.value < 0 {
			return &RuleError{Field: "when." + number.field, Message: fmt.Sprintf("%d is negative", *number.value)}
		}
	}
	if w.First != nil && *w.First > 0 && w.Every > *w.First {
		return &RuleError{Field: "when.every", Message: fmt.Sprintf("each %s call cannot be hit when first lets only %d calls count; take first %d or more", ordinal(w.Every), *w.First, w.Every)}
	}
	return nil
}

func ordinal(n int64) string {
	suffix := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return strconv.FormatInt(n, 10) + suffix
}

func (s *schedule) times(r *Rule) error {
	w := &r.When
	if w.For < 0 {
		return &RuleError{Field: "when.for", Message: fmt.Sprintf("%v is negative", time.Duration(w.For))}
	}
	end := r.end()
	if w.Start != nil && !end.IsZero() && !end.After(*w.Start) {
		return &RuleError{Field: "when.end", Message: fmt.Sprintf("%s is not after start, %s", end.Format(time.RFC3339), w.Start.Format(time.RFC3339))}
	}
	if w.Start != nil {
		s.begin = w.Start.UnixNano()
	}
	if !end.IsZero() {
		s.end = end.UnixNano()
	}
	if f := w.Flap; f != nil {
		if f.On <= 0 {
			return &RuleError{Field: "when.flap.on", Message: `must be a duration such as "10s"`}
		}
		if f.Off <= 0 {
			return &RuleError{Field: "when.flap.off", Message: `must be a duration such as "20s"`}
		}
		s.on, s.cycle = int64(f.On), int64(f.On)+int64(f.Off)
		if begin := r.begin(); !begin.IsZero() {
			s.flapFrom = begin.UnixNano()
		}
	}
	return nil
}

// parseAttempts reads "1", "1-2" and "3-".
func parseAttempts(text string) (lowest, highest int, err error) {
	const most = 1 << 30
	if text == "" {
		return 0, 0, nil
	}
	from, to, isRange := strings.Cut(strings.ReplaceAll(text, " ", ""), "-")
	lowest, err = strconv.Atoi(from)
	switch highest = lowest; {
	case isRange && to == "":
		highest = most
	case isRange && err == nil:
		highest, err = strconv.Atoi(to)
	}
	if err != nil || lowest < 1 || highest < lowest || highest > most {
		return 0, 0, &RuleError{Field: "when.attempts", Message: fmt.Sprintf(`%q is not a range of attempts such as "1", "1-2" or "3-"`, text)}
	}
	return lowest, highest, nil
}

// open reports whether a call of this time can match.
func (s *schedule) open(at int64) bool {
	if s.begin != 0 && at < s.begin || s.end != 0 && at >= s.end {
		return false
	}
	if s.cycle == 0 {
		return true
	}
	phase := (at - s.flapFrom) % s.cycle
	if phase < 0 {
		phase += s.cycle
	}
	return phase < s.on
}

// attempt reports whether this attempt of a call can match; 0 is one that nobody knows.
func (s *schedule) attempt(n int) bool { return s.highest == 0 || n >= s.lowest && n <= s.highest }

// selects reports whether the n-th matching call with this draw is one to hit.
func (s *schedule) selects(n, random uint64) bool {
	if n <= s.after {
		return false
	}
	k := n - s.after
	if s.hasFirst && k > s.first || s.every > 1 && k%s.every != 0 {
		return false
	}
	return s.always || random < s.threshold
}
