package fault_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
)

func TestSentence(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string]string{
		`{"effect":{"kind":"throttle"}}`: "All calls are throttled.",
		`{"match":{"service":"dynamodb","operation":["PutItem","Update*"],"resource":"table/Orders-*","region":"us-east-1"},
		  "when":{"share":30,"first":2,"for":"5m"},"effect":{"kind":"throttle"}}`: "dynamodb.PutItem or dynamodb.Update* calls about table/Orders-* in us-east-1 are throttled: 30% of them, only the first 2, for 5m0s.",
		`{"match":{"service":"s3","operation":"read","except":{"caller":"AKIA1"}},"effect":{"kind":"delay","min":100,"max":"2s"}}`: "s3 read calls (except those by AKIA1) take 100ms to 2s longer.",
		`{"match":{"operation":"write","header":{"X-Team":"a"}},"when":{"every":3,"max":5},"effect":{"kind":"after-commit"}}`:      "write calls with X-Team: a are carried out, but their answer is lost: each 3rd, 5 hits at most.",
		`{"match":{"service":["sqs","sns"]},"effect":{"kind":"error","code":"Oops","status":500}}`:                                 "sqs or sns calls fail with Oops (500).",
		`{"match":{"service":"*"},"when":{"share":0},"effect":{"kind":"reset","after_bytes":10}}`:                                  "All calls meet a connection reset after 10 bytes of the answer: none of them (share 0).",
	} {
		r, err := fault.ParseRule([]byte(rule))
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Sentence(); got != want {
			t.Errorf("%s\n got %s\nwant %s", rule, got, want)
		}
	}
}

// TestSchemaKnowsWhatTheParserKnows: every field that the parser reads stands in the schema, and every kind.
func TestSchemaKnowsWhatTheParserKnows(t *testing.T) {
	t.Parallel()
	kinds := fault.NewRules(clock.NewMovable(), 1).Kinds()
	var schema struct {
		Properties map[string]any `json:"properties"`
		Defs       struct {
			Match  struct{ Properties map[string]any }
			Effect struct {
				OneOf []struct {
					Properties map[string]struct{ Const string }
				} `json:"oneOf"`
			}
		} `json:"$defs"`
	}
	if err := json.Unmarshal(fault.Schema(kinds), &schema); err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"id", "owner", "description", "match", "when", "effect", "seed"} {
		if schema.Properties[field] == nil {
			t.Errorf("the schema lacks %s", field)
		}
	}
	for _, field := range []string{"service", "region", "operation", "account", "caller", "user_agent", "header", "resource", "except"} {
		if schema.Defs.Match.Properties[field] == nil {
			t.Errorf("the schema lacks match.%s", field)
		}
	}
	var named []string
	for _, effect := range schema.Defs.Effect.OneOf {
		named = append(named, effect.Properties["kind"].Const)
		for _, p := range fault.Parameters(effect.Properties["kind"].Const) {
			if _, ok := effect.Properties[p.Name]; !ok {
				t.Errorf("the schema of %s lacks %s", effect.Properties["kind"].Const, p.Name)
			}
		}
	}
	if !slices.Equal(named, kinds) {
		t.Errorf("the schema has the kinds %v, want %v", named, kinds)
	}
}

func TestCleanStartRepeatsDraws(t *testing.T) {
	t.Parallel()
	rules := fault.NewRules(clock.NewMovable(), 7)
	rule := fault.Rule{Effect: []byte(`{"kind":"throttle"}`)}
	first, _, err := rules.PutChecked(rule, rule)
	if err != nil {
		t.Fatal(err)
	}
	if removed := rules.CleanStart(func(fault.Rule) bool { return true }); removed != 2 {
		t.Errorf("%d rules removed, want 2", removed)
	}
	again, _, err := rules.PutChecked(rule, rule)
	if err != nil {
		t.Fatal(err)
	}
	for i := range first {
		if first[i].Seed != again[i].Seed || first[i].ID != again[i].ID {
			t.Errorf("rule %d: %s with seed %d, then %s with seed %d", i, first[i].ID, first[i].Seed, again[i].ID, again[i].Seed)
		}
	}
}
