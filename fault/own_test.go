package fault_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
)

// ownParameters are those of a kind that a service has registered.
type ownParameters struct {
	Share float64 `json:"share"`
}

func parseOwn(text json.RawMessage) (any, error) {
	var p ownParameters
	err := fault.ParseParameters(text, &p)
	return p, err
}

func TestFaultsOfAService(t *testing.T) {
	t.Parallel()
	moving := clock.NewMovable()
	rules := fault.NewRules(moving, 1)
	rules.Register("dynamodb", map[string]fault.Parse{"own": parseOwn})
	if err := rules.Put(parse(t,
		`{"match":{"service":"ddb","operation":"write"},"when":{"for":"1h"},"seed":9,"effect":{"kind":"own","share":40}}`,
		`{"match":{"service":"dynamodb","resource":"table/Orders"},"effect":{"kind":"own","share":7}}`,
		`{"match":{"service":"dynamodb"},"effect":{"kind":"delay","duration":1}}`)...); err != nil {
		t.Fatal(err)
	}
	call := aws.Call{Service: "dynamodb", Operation: "PutItem", At: moving.Now(), Resolver: resources{table("Users")}}
	var plan fault.Plan
	rules.Set().Match(&call, &plan)
	hit, ok := plan.View().Hit("own")
	if !ok || hit.Parameters != (ownParameters{40}) {
		t.Errorf("hit: %v %v", hit, ok)
	}
	if _, ok := plan.View().Hit("other"); ok {
		t.Error("another kind hit")
	}
	chances := 0
	for i := range 10_000 {
		first := hit.Chance(i, 40)
		if again := hit.Chance(i, 40); again != first || hit.Chance(i, 0) || !hit.Chance(i, 100) {
			t.Fatal("chance is not what it was")
		}
		if first {
			chances++
		}
	}
	if chances < 3750 || chances > 4250 {
		t.Errorf("%d of 10000 at 40%%", chances)
	}
	view := rules.View("dynamodb")
	for _, resource := range []string{"Users", "table/Orders", "arn:aws:dynamodb:us-east-1:000000000000:table/Orders"} {
		if p, ok := view.Active("own", resource); !ok || p != (ownParameters{40}) {
			t.Errorf("%s: %v %v", resource, p, ok)
		}
	}
	moving.Advance(2 * time.Hour) // the first rule has ended
	if p, ok := view.Active("own", "table/Orders"); !ok || p != (ownParameters{7}) {
		t.Errorf("Orders: %v %v", p, ok)
	}
	if _, ok := view.Active("own", "Users"); ok {
		t.Error("the rule on Orders is active for Users")
	}
	if _, ok := rules.View("s3").Active("own", "table/Orders"); ok {
		t.Error("the rule on dynamodb is active for s3")
	}
	if _, ok := view.Hit("own"); ok {
		t.Error("outside of calls there are no hits")
	}
}

// TestActiveMindsRegionAndAccount: a rule for one region says nothing of a table of that name in another.
func TestActiveMindsRegionAndAccount(t *testing.T) {
	t.Parallel()
	const east, west = "arn:aws:dynamodb:us-east-1:000000000000:table/Orders", "arn:aws:dynamodb:us-west-2:000000000000:table/Orders"
	for match, want := range map[string][2]bool{
		`{"service":"dynamodb"}`:                                              {true, true},
		`{"service":"dynamodb","region":"us-east-1"}`:                         {true, false},
		`{"service":"dynamodb","account":"111122223333"}`:                     {false, false},
		`{"service":"dynamodb","resource":"Orders"}`:                          {true, true},
		`{"service":"dynamodb","resource":"table/Ord*","region":"us-west-2"}`: {false, true},
		`{"service":"dynamodb","resource":"` + east + `"}`:                    {true, false},
		`{"service":"dynamodb","resource":["Users","table/Users","Order"]}`:   {false, false},
	} {
		rules := fault.NewRules(clock.Real{}, 1)
		rules.Register("dynamodb", map[string]fault.Parse{"own": parseOwn})
		if err := rules.Put(parse(t, `{"match":`+match+`,"effect":{"kind":"own"}}`)...); err != nil {
			t.Fatal(err)
		}
		for i, arn := range []string{east, west} {
			if _, ok := rules.View("dynamodb").Active("own", arn); ok != want[i] {
				t.Errorf("%s, %s: got %v, want %v", match, arn, ok, want[i])
			}
		}
	}
}
