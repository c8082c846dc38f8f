package journal_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/journal"
)

func TestTotals(t *testing.T) {
	t.Parallel()
	j := journal.New(1, clock.NewMovable())
	for _, r := range []journal.Record{
		{Service: "dynamodb", Operation: "GetItem", Region: "us-east-1", Status: 200, Total: time.Millisecond},
		{Service: "dynamodb", Operation: "GetItem", Region: "eu-west-1", Status: 200, Total: time.Hour},
		{Service: "dynamodb", Operation: "GetItem", Status: 503, Code: "Service Unavailable", Total: 20 * time.Millisecond,
			Rules: []journal.Hit{{Kind: "delay"}, {Kind: "error"}}},
		{Service: "dynamodb", Operation: "GetItem", Status: 0, Rules: []journal.Hit{{Kind: "reset"}, {Kind: "delay"}}},
		{Service: "dynamodb", Operation: "GetItem", Status: 499, ClientGone: true},
		{Service: "s3", Operation: "HeadObject", Status: 404},
		{Service: "s3", Operation: "HeadObject", Status: 400, Code: "\xff"},
		{Service: "dynamodb", Operation: "MakeTea", Status: 400, Code: "UnknownOperationException"},
		{Service: "made-up", Operation: "GetItem", Status: 501, Code: "NotImplemented"},
		{Service: strings.Repeat("long", 100), Status: 404},
	} {
		j.Add(&r)
	}
	var text strings.Builder
	for _, total := range j.Totals() {
		fmt.Fprintf(&text, "%s.%s %v %v %v %v\n", total.Service, total.Operation, total.Codes, total.Faults, total.Took, total.Seconds)
	}
	const want = `dynamodb.GetItem [{OK 2} {Service Unavailable 1} {NoAnswer 1} {ClientGone 1}] [{delay 2} {error 1} {reset 1}] [2 1 0 0 0 1 0 0 0 0 0 0 0 0 0 0 1] 3600.021
dynamodb.other [{UnknownOperationException 1}] [] [1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0] 0
other.other [{NotImplemented 1} {404 1}] [] [2 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0] 0
s3.HeadObject [{404 1} {other 1}] [] [2 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0] 0
`
	if diff := cmp.Diff(want, text.String()); diff != "" {
		t.Errorf("Totals (-want +got):\n%s", diff)
	}
}

func TestTotalsAreBounded(t *testing.T) {
	t.Parallel()
	j := journal.New(1, clock.NewMovable())
	for i := range 1000 {
		j.Add(&journal.Record{Service: "dynamodb", Operation: "GetItem", Code: fmt.Sprintf("Made-up%d", i), Rules: []journal.Hit{{Kind: fmt.Sprint(i)}}})
		j.Add(&journal.Record{Service: "dynamodb", Operation: "PutItem", Code: strings.Repeat("x", 1000)})
	}
	totals := j.Totals()
	if get := totals[0]; len(get.Codes) != 40 || len(get.Faults) != 60 || get.Codes[39] != (journal.Count{Name: journal.Other, N: 961}) {
		t.Errorf("%d codes, %d kinds, last %v", len(get.Codes), len(get.Faults), get.Codes[len(get.Codes)-1])
	}
	if put := totals[1]; put.Codes[0] != (journal.Count{Name: journal.Other, N: 1000}) {
		t.Errorf("a long code: %v", put.Codes)
	}
	calls := 0
	for _, name := range []string{"ec2", "iam", "s3", "rds", "ssm", "glue", "sagemaker", "cognito-idp", "iot"} {
		for _, op := range catalog.Lookup(name).Operations {
			j.Add(&journal.Record{Service: name, Operation: op.Name})
			calls++
		}
	}
	if totals := j.Totals(); calls < 2000 || len(totals) > 2001 {
		t.Errorf("%d operations after %d different ones", len(totals), calls)
	}
}
