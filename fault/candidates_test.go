package fault_test

import (
	"testing"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/fault"
)

// TestAnyCandidateMatches is about calls whose requests fit several services: a rule that names any of them hits.
func TestAnyCandidateMatches(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		match string
		hit   bool
	}{
		{`{"service":"rds"}`, true},
		{`{"service":"docdb"}`, true},
		{`{"service":"neptune","operation":"Create*"}`, true},
		{`{"service":"neptune","operation":"DeleteDBCluster"}`, false},
		{`{"service":"dynamodb"}`, false},
		{`{"operation":"CreateDBCluster"}`, true},
		{`{}`, true},
		{`{"service":"docdb","region":"eu-west-1"}`, false},
	} {
		set, err := fault.Compile(parse(t, `{"match":`+c.match+`,`+refuse503+`}`), fault.NewState())
		if err != nil {
			t.Fatal(err)
		}
		var plan fault.Plan
		set.Match(&aws.Call{
			Service: "rds", Operation: "CreateDBCluster", Region: "us-east-1",
			Others: []string{"neptune.CreateDBCluster", "docdb.CreateDBCluster"},
		}, &plan)
		if plan.Hit() != c.hit {
			t.Errorf("%s: hit is %v", c.match, plan.Hit())
		}
	}
}

// TestCandidatesKeepTheOrderOfRules: the first terminal rule decides, whichever name it goes by.
func TestCandidatesKeepTheOrderOfRules(t *testing.T) {
	t.Parallel()
	rules := parse(t, `{"id":"first","match":{"service":"docdb"},`+refuse500+`}`, `{"id":"second","match":{"service":"rds"},`+refuse503+`}`)
	set, err := fault.Compile(rules, fault.NewState())
	if err != nil {
		t.Fatal(err)
	}
	var plan fault.Plan
	set.Match(&aws.Call{Service: "rds", Operation: "CreateDBCluster", Others: []string{"docdb.CreateDBCluster"}}, &plan)
	if owners := plan.Owners(); len(owners) != 1 || owners[0] != "first" {
		t.Errorf("hit by %v, want the first rule only", owners)
	}
}
