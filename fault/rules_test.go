package fault_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
)

// parse reads rules as users write them.
func parse(t testing.TB, texts ...string) []fault.Rule {
	t.Helper()
	rules := make([]fault.Rule, len(texts))
	for i, text := range texts {
		if err := json.Unmarshal([]byte(text), &rules[i]); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if rules[i].ID == "" {
			rules[i].ID = fmt.Sprint("r", i+1)
		}
		rules[i].Owner = rules[i].ID
	}
	return rules
}

// outcome says what a set does to a call: "r1,r2 delay=1s error=503".
func outcome(set *fault.Set, service, operation, region string, at time.Time) string {
	call := aws.Call{Service: service, Operation: operation, Region: region, At: at}
	var plan fault.Plan
	set.Match(&call, &plan)
	text := strings.Join(plan.Owners(), ",")
	if plan.Delay > 0 {
		text += fmt.Sprint(" delay=", plan.Delay)
	}
	var e *aws.Error
	if errors.As(plan.Before(context.Background(), &call), &e) {
		text += fmt.Sprintf(" error=%d", e.Status)
	}
	return strings.TrimSpace(text)
}

const (
	refuse503 = `"effect":{"kind":"error","code":"Service Unavailable","status":503}`
	refuse500 = `"effect":{"kind":"error","code":"InternalError","status":500}`
	delay1s   = `"effect":{"kind":"delay","duration":"1s"}`
	delay250  = `"effect":{"kind":"delay","duration":250}`
)

func TestMatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		rules []string
		calls map[string]string // "service operation region" -> outcome
	}{
		{"no rules", nil, map[string]string{"dynamodb GetItem us-east-1": ""}},
		{"one operation", []string{`{"match":{"service":"dynamodb","operation":"GetItem"},` + refuse503 + `}`}, map[string]string{
			"dynamodb GetItem us-east-1": "r1 error=503", "dynamodb PutItem us-east-1": "", "s3 GetItem us-east-1": ""}},
		{"lists and globs", []string{`{"match":{"service":["dynamodb","s3"],"operation":["Get*","*Item"]},` + refuse503 + `}`}, map[string]string{
			"dynamodb GetItem x": "r1 error=503", "dynamodb PutItem x": "r1 error=503", "s3 GetObject x": "r1 error=503", "s3 PutObject x": "", "sqs GetQueueUrl x": ""}},
		{"a region fails, but for fis", []string{`{"match":{"region":"us-east-1"},` + refuse503 + `}`}, map[string]string{
			"dynamodb GetItem us-east-1": "r1 error=503", "sqs SendMessage us-east-1": "r1 error=503", "dynamodb GetItem eu-central-1": "", "fis StopExperiment us-east-1": ""}},
		{"a glob does not name fis", []string{`{"match":{"service":"*"},` + refuse503 + `}`}, map[string]string{"fis StopExperiment x": "", "s3 GetObject x": "r1 error=503"}},
		{"who names fis gets it", []string{`{"match":{"service":"fis"},` + refuse503 + `}`}, map[string]string{"fis StopExperiment x": "r1 error=503"}},
		{"delays add up, then the error", []string{`{"match":{},` + delay1s + `}`, `{"match":{},` + refuse503 + `}`, `{"match":{},` + delay250 + `}`},
			map[string]string{"s3 GetObject x": "r1,r2,r3 delay=1.25s error=503"}},
		{"the first terminal rule decides", []string{`{"match":{"operation":"Get*"},` + refuse500 + `}`, `{"match":{},` + refuse503 + `}`},
			map[string]string{"s3 GetObject x": "r1 error=500", "s3 PutObject x": "r2 error=503"}},
		{"a draw that misses falls through", []string{`{"match":{},"when":{"share":0},` + refuse500 + `}`, `{"match":{},` + refuse503 + `}`},
			map[string]string{"s3 GetObject x": "r2 error=503"}},
		{"share 0 means never", []string{`{"match":{},"when":{"share":0},` + refuse500 + `}`}, map[string]string{"s3 GetObject x": ""}},
		{"in a group the first match ends the group, whatever its draw", []string{
			`{"match":{"service":"s3"},"group":"chaos","when":{"share":0},` + refuse500 + `}`, `{"match":{},"group":"chaos",` + refuse500 + `}`, `{"match":{"region":"y"},` + refuse503 + `}`},
			map[string]string{"s3 GetObject x": "", "s3 GetObject y": "r3 error=503", "sqs SendMessage x": "r2 error=500"}},
		{"the end of a rule", []string{`{"match":{},"when":{"end":"2026-01-01T00:00:00Z"},` + refuse500 + `}`, `{"match":{},"when":{"end":"2027-01-01T00:00:00Z"},` + refuse503 + `}`},
			map[string]string{"s3 GetObject x": "r2 error=503"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			set, err := fault.Compile(parse(t, c.rules...), fault.NewState())
			if err != nil {
				t.Fatal(err)
			}
			for call, want := range c.calls {
				f := strings.Fields(call)
				for range 2 { // the second time, the set remembers the operation
					if got := outcome(set, f[0], f[1], f[2], time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)); got != want {
						t.Errorf("%s: got %q, want %q", call, got, want)
					}
				}
			}
		})
	}
}

func TestBadRulesNameTheField(t *testing.T) {
	t.Parallel()
	for effect, want := range map[string]string{
		`{"kind":"explode"}`:                                 "effect.kind: \"explode\" is not a known kind of effect; there are: access-denied, after-commit, corrupt, delay, error, ",
		`{"kind":"error","code":"X","status":200}`:           "effect.status: 200 is not",
		`{"kind":"error","status":500}`:                      "effect.code: must not be empty",
		`{"kind":"error","code":"X","status":500,"statu":1}`: "statu",
		`{"kind":"delay","duration":"soon"}`:                 "soon",
		`{"kind":"delay","duration":-1}`:                     "effect.duration: -1ms is negative",
		`"delay"`:                                            "effect: \"delay\" is not an object",
	} {
		rules := fault.NewRules(clock.Real{}, 1)
		good := parse(t, `{"match":{},`+refuse503+`}`)[0]
		err := rules.Put(good, fault.Rule{ID: "bad", Effect: json.RawMessage(effect)})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", effect, err, want)
		}
		if n := len(rules.List()); n != 0 {
			t.Errorf("%s: %d rules are in force after a refusal, want none", effect, n)
		}
	}
	over := 100.5
	bad := parse(t, `{"match":{},`+refuse503+`}`)[0]
	bad.When.Share = &over
	if err := fault.NewRules(clock.Real{}, 1).Put(bad); err == nil || !strings.HasPrefix(err.Error(), "when.share: 100.5 ") {
		t.Errorf("share 100.5: got %v", err)
	}
}

// draws is which of n calls the only rule hits: X hits, . misses.
func draws(rules *fault.Rules, n int) string {
	text := bytes.Repeat([]byte("."), n)
	call, set := aws.Call{Service: "s3", Operation: "GetObject", Region: "x"}, rules.Set()
	for i := range text {
		var plan fault.Plan
		if set.Match(&call, &plan); plan.Hit() {
			text[i] = 'X'
		}
	}
	return string(text)
}

func TestSameSeedSameOutcomes(t *testing.T) {
	t.Parallel()
	rule := `{"match":{},"when":{"share":30},` + refuse503 + `}`
	run := func(seed uint64, recompile bool) string {
		rules := fault.NewRules(clock.Real{}, seed)
		if err := rules.Put(parse(t, rule)...); err != nil {
			t.Fatal(err)
		}
		first := draws(rules, 500)
		if recompile {
			if err := rules.Put(parse(t, `{"id":"other","match":{"service":"sqs"},`+refuse503+`}`)...); err != nil {
				t.Fatal(err)
			}
		}
		return first + draws(rules, 500)
	}
	one := run(42, false)
	if diff := cmp.Diff(one, run(42, false)); diff != "" {
		t.Error("the same seed gave another sequence", diff)
	}
	if diff := cmp.Diff(one, run(42, true)); diff != "" {
		t.Error("adding a rule moved the draws of another", diff)
	}
	if one == run(43, false) {
		t.Error("another seed gave the same sequence")
	}
}

func TestShares(t *testing.T) {
	t.Parallel()
	const calls = 100_000
	for _, share := range []float64{0, 0.1, 1, 12.5, 30, 50, 99.9, 100} {
		rules := fault.NewRules(clock.Real{}, 7)
		rule := parse(t, `{"match":{},`+refuse503+`}`)[0]
		rule.When.Share = &share
		if err := rules.Put(rule); err != nil {
			t.Fatal(err)
		}
		hits := strings.Count(draws(rules, calls), "X")
		p := share / 100
		if deviation := math.Abs(float64(hits) - calls*p); deviation > 4.5*math.Sqrt(calls*p*(1-p)) {
			t.Errorf("share %v%%: %d hits of %d", share, hits, calls)
		}
		if status := rules.List()[0]; status.Matched != calls || status.Hits != uint64(hits) {
			t.Errorf("share %v%%: counted %d of %d, want %d of %d", share, status.Hits, status.Matched, hits, calls)
		}
	}
}

func TestRemoveAndExpire(t *testing.T) {
	t.Parallel()
	moving := clock.NewMovable()
	rules := fault.NewRules(moving, 1)
	end := moving.Now().Add(time.Hour)
	list := parse(t, `{"id":"a","match":{},`+refuse500+`}`, `{"id":"b","match":{},`+refuse503+`}`)
	list[1].When.End = &end
	if err := rules.Put(list...); err != nil {
		t.Fatal(err)
	}
	if n := rules.Remove("a"); n != 1 {
		t.Errorf("removed %d rules of a, want 1", n)
	}
	if got := outcome(rules.Set(), "s3", "GetObject", "x", moving.Now()); got != "b error=503" {
		t.Errorf("after the removal: %q", got)
	}
	moving.Advance(time.Hour)
	if got := outcome(rules.Set(), "s3", "GetObject", "x", moving.Now()); got != "" {
		t.Errorf("after its end: %q", got)
	}
	if n := len(rules.List()); n != 0 {
		t.Errorf("%d rules are listed after the end of the last", n)
	}
}

func TestAReplacedRuleKeepsItsPlace(t *testing.T) {
	t.Parallel()
	rules := fault.NewRules(clock.Real{}, 1)
	if err := rules.Put(parse(t, `{"id":"a","match":{},`+refuse500+`}`, `{"id":"b","match":{},`+refuse503+`}`)...); err != nil {
		t.Fatal(err)
	}
	if err := rules.Put(parse(t, `{"id":"a","match":{},"effect":{"kind":"error","code":"Teapot","status":418}}`)...); err != nil {
		t.Fatal(err)
	}
	if got := outcome(rules.Set(), "s3", "GetObject", "x", time.Time{}); got != "a error=418" {
		t.Errorf("got %q", got)
	}
}

func thousandMisses(t testing.TB) *fault.Set {
	var texts []string
	for i := range 1000 {
		texts = append(texts, fmt.Sprintf(`{"match":{"service":"dynamodb","operation":%q},%s}`, []string{"PutItem", "Upd*", "Del*m"}[i%3], refuse503))
	}
	set, err := fault.Compile(parse(t, texts...), fault.NewState())
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestMatchingAllocatesNothing(t *testing.T) {
	set := thousandMisses(t)
	call := &aws.Call{Service: "dynamodb", Operation: "GetItem", Region: "us-east-1"}
	if n := testing.AllocsPerRun(1000, func() {
		var plan fault.Plan
		set.Match(call, &plan)
	}); n != 0 {
		t.Errorf("%v allocations a call, want none", n)
	}
}

func BenchmarkMatch(b *testing.B) {
	call := &aws.Call{Service: "dynamodb", Operation: "GetItem", Region: "us-east-1"}
	for name, set := range map[string]*fault.Set{"no rules": {}, "1000 misses": thousandMisses(b)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var plan fault.Plan
				set.Match(call, &plan)
			}
		})
	}
}

func FuzzGlob(f *testing.F) {
	f.Add("Get*", "GetItem")
	f.Add("*a*b*", "xaxbx")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		rule := fault.Rule{ID: "r", Owner: "r", Match: fault.Match{Region: fault.Patterns{pattern}}, Effect: fault.ErrorWith("X", 500, "")}
		set, err := fault.Compile([]fault.Rule{rule}, fault.NewState())
		if err != nil {
			t.Fatal(err)
		}
		got := outcome(set, "s3", "GetObject", name, time.Time{}) != ""
		if want := slowGlob(pattern, name); got != want {
			t.Errorf("%q matches %q: got %v, want %v", pattern, name, got, want)
		}
	})
}

// slowGlob is the definition: '*' stands for any run of characters.
func slowGlob(pattern, name string) bool {
	switch {
	case pattern == "":
		return name == ""
	case pattern[0] == '*':
		return slowGlob(pattern[1:], name) || name != "" && slowGlob(pattern, name[1:])
	}
	return name != "" && pattern[0] == name[0] && slowGlob(pattern[1:], name[1:])
}
