package fault_test

import (
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
)

// sequence is what a rule with this schedule does to calls that follow one another: X hits, . misses.
func sequence(t testing.TB, when string, calls int) string {
	t.Helper()
	rules := fault.NewRules(clock.Real{}, 1)
	if err := rules.Put(parse(t, `{"match":{},"seed":11,"when":`+when+`,`+refuse503+`}`)...); err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	return draws(rules, calls)
}

func TestSchedules(t *testing.T) {
	t.Parallel()
	for when, want := range map[string]string{
		`{}`:                    "XXXXXXXXXXXX",
		`{"first":2}`:           "XX..........",
		`{"first":0}`:           "............",
		`{"after":3}`:           "...XXXXXXXXX",
		`{"after":3,"first":2}`: "...XX.......",
		`{"every":3}`:           "..X..X..X..X",
		`{"every":1}`:           "XXXXXXXXXXXX",
		`{"after":2,"every":3}`: "....X..X..X.",
		`{"every":3,"first":6}`: "..X..X......",
		`{"every":3,"max":2}`:   "..X..X......",
		`{"max":3}`:             "XXX.........",
		`{"max":0}`:             "............",
		`{"after":1,"first":8,"every":2,"max":3}`: "..X.X.X.....",
	} {
		if got := sequence(t, when, 12); got != want {
			t.Errorf("%s: %s, want %s", when, got, want)
		}
	}
}

// TestScheduleStatistics: 100,000 calls for each kind of schedule that draws.
func TestScheduleStatistics(t *testing.T) {
	t.Parallel()
	const calls = 100_000
	for when, eligible := range map[string]float64{
		`{"share":30}`:                                       calls,
		`{"share":0.05}`:                                     calls,
		`{"share":30,"first":50000}`:                         50_000,
		`{"share":30,"after":40000}`:                         60_000,
		`{"share":30,"every":7}`:                             calls / 7,
		`{"share":30,"after":1000,"first":70000,"every":10}`: 7_000,
		`{"share":99.9}`:                                     calls,
	} {
		got := sequence(t, when, calls)
		p := 0.3
		switch {
		case strings.Contains(when, "0.05"):
			p = 0.0005
		case strings.Contains(when, "99.9"):
			p = 0.999
		}
		hits := float64(strings.Count(got, "X"))
		if math.Abs(hits-eligible*p) > 4.5*math.Sqrt(eligible*p*(1-p)) {
			t.Errorf("%s: %v hits, want about %v", when, hits, eligible*p)
		}
		if got[:5000] != sequence(t, when, 5000) {
			t.Errorf("%s: the same seed gave another sequence", when)
		}
	}
	if got := strings.Count(sequence(t, `{"share":30,"max":500}`, calls), "X"); got != 500 {
		t.Errorf("max 500: %d hits", got)
	}
	// Draws of neighbours are independent: pairs of hits are as frequent as they should be.
	text := sequence(t, `{"share":50}`, calls)
	pairs := 0
	for i := 1; i < len(text); i++ {
		if text[i] == 'X' && text[i-1] == 'X' {
			pairs++
		}
	}
	if math.Abs(float64(pairs)-calls/4) > 4.5*math.Sqrt(calls*5.0/16) {
		t.Errorf("%d pairs of hits, want about %d", pairs, calls/4)
	}
}

// TestOtherConditionsMoveNoDraw: the draw belongs to the number of the call.
func TestOtherConditionsMoveNoDraw(t *testing.T) {
	t.Parallel()
	plain, after := sequence(t, `{"share":50}`, 200), sequence(t, `{"share":50,"after":100}`, 200)
	if after != strings.Repeat(".", 100)+plain[100:] {
		t.Errorf("after 100:\n%s\n%s", after, plain)
	}
}

func TestMaxIsExactUnderLoad(t *testing.T) {
	t.Parallel()
	rules := fault.NewRules(clock.Real{}, 1)
	if err := rules.Put(parse(t, `{"match":{},"when":{"max":100},`+refuse503+`}`)...); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() { draws(rules, 200) })
	}
	group.Wait()
	if s := rules.List()[0]; s.Hits != 100 || s.Matched != 1600 || s.Misses != 1500 {
		t.Errorf("%d hits, %d misses of %d", s.Hits, s.Misses, s.Matched)
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	moving := clock.NewMovable()
	now := moving.Now()
	at := func(d time.Duration) string { return `"` + now.Add(d).Format(time.RFC3339Nano) + `"` }
	for when, want := range map[string]string{ // each second from -1 to 9
		`{"for":"3s"}`:                                                              "XXXX.......",
		`{"start":` + at(2*time.Second) + `}`:                                       "...XXXXXXXX",
		`{"start":` + at(2*time.Second) + `,"for":"3s"}`:                            "...XXX.....",
		`{"end":` + at(4*time.Second) + `,"for":"8s"}`:                              "XXXXX......",
		`{"end":` + at(8*time.Second) + `,"for":"4s"}`:                              "XXXXX......",
		`{"flap":{"on":"2s","off":"1s"}}`:                                           ".XX.XX.XX.X",
		`{"start":` + at(3*time.Second) + `,"flap":{"on":"1s","off":"2s"}}`:         "....X..X..X",
		`{"flap":{"on":1000,"off":1000},"first":2}`:                                 ".X.X.......",
		`{"start":` + at(time.Second) + `,"end":` + at(2*time.Second) + `,"max":5}`: "..X........",
	} {
		rules := fault.NewRules(moving, 1)
		rule := parse(t, `{"match":{},"when":`+when+`,`+refuse503+`}`)[0]
		rule.Made = now
		if err := rules.Put(rule); err != nil {
			t.Fatalf("%s: %v", when, err)
		}
		got := ""
		for second := -1; second < 10; second++ {
			if outcome(rules.Set(), "s3", "GetObject", "x", now.Add(time.Duration(second)*time.Second)) == "" {
				got += "."
			} else {
				got += "X"
			}
		}
		if got != want {
			t.Errorf("%s: %s, want %s", when, got, want)
		}
	}
}

func TestAttempts(t *testing.T) {
	t.Parallel()
	for attempts, want := range map[string]string{"": "XXXXXX", "1": ".X....", "1-2": ".XX...", "2 - 3": "..XX..", "3-": "...XXX"} {
		set, err := fault.Compile(parse(t, `{"match":{},"when":{"attempts":"`+attempts+`"},`+refuse503+`}`), fault.NewState())
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for attempt := range 6 {
			var plan fault.Plan
			set.Match(&aws.Call{Service: "s3", Operation: "GetObject", Attempt: attempt}, &plan)
			got += map[bool]string{true: "X", false: "."}[plan.Hit()]
		}
		if got != want || set.AsksAttempts() != (attempts != "") {
			t.Errorf("attempts %q: %s, want %s; asks: %v", attempts, got, want, set.AsksAttempts())
		}
	}
}
