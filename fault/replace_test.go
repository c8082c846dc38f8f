package fault_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
)

func ids(rules *fault.Rules) string {
	var all []string
	for _, s := range rules.List() {
		all = append(all, s.ID)
	}
	return strings.Join(all, " ")
}

func TestReplace(t *testing.T) {
	t.Parallel()
	rules := fault.NewRules(clock.Real{}, 1)
	owned := func(owner string, names ...string) []fault.Rule {
		var list []fault.Rule
		for _, name := range names {
			rule := parse(t, `{"id":"`+name+`","match":{"service":"s3"},`+refuse503+`}`)[0]
			rule.Owner = owner
			list = append(list, rule)
		}
		return list
	}
	if err := rules.Put(append(owned("chaos", "c1", "c2", "c3"), owned("cli", "k1")...)...); err != nil {
		t.Fatal(err)
	}
	outcome(rules.Set(), "s3", "GetObject", "x", time.Time{})
	version := func() string { _, v := rules.Snapshot(); return v }
	before := version()
	chaos := func(r fault.Rule) bool { return r.Owner == "chaos" }
	statuses, _, err := rules.Replace(chaos, owned("chaos", "c4", "c1")...)
	if err != nil || ids(rules) != "c1 k1 c4" {
		t.Errorf("rules are %s, %v", ids(rules), err)
	}
	if len(statuses) != 2 || statuses[1].ID != "c1" || statuses[1].Hits != 1 || statuses[0].Seed == 0 {
		t.Errorf("answered %+v", statuses)
	}
	if before == version() {
		t.Error("the version did not change")
	}
	same := version()
	bad := owned("chaos", "c9")
	bad[0].Effect = json.RawMessage(`{"kind":"explode"}`)
	if _, _, err := rules.Replace(chaos, bad...); err == nil || ids(rules) != "c1 k1 c4" || same != version() {
		t.Errorf("after a refusal rules are %s, %v", ids(rules), err)
	}
	if _, err := rules.Check(bad...); err == nil {
		t.Error("check lets a bad rule pass")
	}
	if err := rules.Put(owned("cli", "k2", "k2")...); err == nil || !strings.HasPrefix(err.Error(), "id: ") {
		t.Errorf("one id twice: %v", err)
	}
	if !rules.RemoveID("c1") || rules.RemoveID("c1") || rules.Remove("cli") != 1 || ids(rules) != "c4" {
		t.Errorf("rules are %s", ids(rules))
	}
	if _, ok := rules.Get("c1"); ok {
		t.Error("c1 is still there")
	}
	if got, ok := rules.Get("c4"); !ok || got.Owner != "chaos" {
		t.Errorf("c4 is %+v", got)
	}
}

// TestRulesAreShownAsTheyWork: names as calls have them, with id, seed and times; and what is shown can be put again.
func TestRulesAreShownAsTheyWork(t *testing.T) {
	t.Parallel()
	moving := clock.NewMovable()
	rules := fault.NewRules(moving, 42)
	rule, err := fault.ParseRule([]byte(`{"match":{"service":"DynamoDB","operation":["PutItem","PutItem"],"header":{"x-team":"blue"}},"when":{"for":"5m","share":12.5},"effect":{"kind":"throttle"}}`))
	if err != nil {
		t.Fatal(err)
	}
	statuses, warnings, err := rules.PutChecked(rule, rule)
	if err != nil || len(warnings) != 0 || statuses[0].ID != "rule-1" || statuses[1].ID != "rule-2" || statuses[0].Seed == statuses[1].Seed {
		t.Fatalf("%+v %v %v", statuses, warnings, err)
	}
	text, err := json.Marshal(statuses[0].Rule)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"service":"dynamodb"`, `"operation":"PutItem"`, `"share":12.5`, `"for":"5m0s"`, `"seed":`, `"made":"2`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s lacks %s", text, want)
		}
	}
	if strings.Contains(string(text), "except") || strings.Contains(string(text), "start") {
		t.Errorf("%s shows what was not given", text)
	}
	again, err := fault.ParseRule(text)
	if err != nil {
		t.Fatal(err)
	}
	moving.Advance(time.Minute)
	if err := rules.Put(again); err != nil {
		t.Fatal(err)
	}
	moving.Advance(4*time.Minute + time.Second)
	if list := rules.List(); len(list) != 0 {
		t.Errorf("a rule that was put again lives longer: %+v", list)
	}
}

// TestGivenSeed: a rule's own seed is kept as it is; without one it comes from the server's.
func TestGivenSeed(t *testing.T) {
	t.Parallel()
	seeds := func(server uint64) (list []uint64) {
		rules := fault.NewRules(clock.Real{}, server)
		if err := rules.Put(parse(t, `{"match":{},"seed":7,`+refuse503+`}`, `{"match":{},`+refuse503+`}`, `{"match":{},`+refuse503+`}`)...); err != nil {
			t.Fatal(err)
		}
		for _, s := range rules.List() {
			list = append(list, s.Seed)
		}
		return list
	}
	one, same, other := seeds(1), seeds(1), seeds(2)
	if one[0] != 7 || one[1] == one[2] || one[1] != same[1] || one[2] != same[2] || one[1] == other[1] || one[1] >= 1<<53 {
		t.Errorf("seeds %v, %v, %v", one, same, other)
	}
}
