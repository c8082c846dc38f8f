package brownouttest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/brownouttest"
	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/journal"
)

func TestCallsAreRemembered(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	mustCall(t, srv, "CreateTable", createTable)
	mustCall(t, srv, "PutItem", putItem)
	srv.AddRule(getItemFails)
	srv.AddRule(fault.Rule{ID: "slow", Match: fault.Match{Operation: fault.Patterns{"GetItem"}}, Effect: fault.DelayBy(20 * time.Millisecond)})
	_, _, body := call(t, srv, "GetItem", getItem)

	calls := srv.Calls()
	if len(calls) != 3 || calls[0].Operation != "CreateTable" || calls[1].Status != 200 || calls[1].Region != "us-east-1" || calls[1].AccessKey != "test" {
		t.Fatalf("%+v", calls)
	}
	get := calls[2]
	if get.Sequence != 3 || get.Status != 503 || get.Code != "Service Unavailable" || !get.InjectedError || get.ID == "" || get.Account != "000000000000" ||
		get.BytesIn != int64(len(getItem)) || get.BytesOut != int64(len(body)) || time.Since(get.At) > time.Minute {
		t.Errorf("%+v", get)
	}
	if get.Injected < 20*time.Millisecond || get.Total < get.Injected || get.Work+get.Injected != get.Total {
		t.Errorf("total %v, injected %v, work %v", get.Total, get.Injected, get.Work)
	}
	if len(get.Rules) != 2 || get.Rules[1] != (journal.Hit{ID: "slow", Owner: brownouttest.Owner, Kind: "delay"}) || get.Rules[0].Kind != "error" {
		t.Errorf("rules: %+v", get.Rules)
	}

	failed := journal.Filter{Status: []journal.StatusRange{{From: 500, To: 599}}}
	puts := journal.Filter{Service: "dynamodb", Operation: "Put*"}
	if calls := srv.Calls(failed); len(calls) != 1 || calls[0].Sequence != 3 {
		t.Errorf("failed: %+v", calls)
	}
	if calls := srv.Calls(failed, puts, puts); len(calls) != 2 || calls[0].Operation != "PutItem" || calls[1].Operation != "GetItem" {
		t.Errorf("failed or puts: %+v", calls)
	}
}

// A live feed has no end of its own: the server's end is its end, at once.
func TestFeedsDoNotHoldUpTheEnd(t *testing.T) {
	t.Parallel()
	var begun time.Time
	t.Run("server", func(t *testing.T) {
		srv := brownouttest.Start(t)
		response, err := http.Get(srv.URL + "/_brownout/calls?follow=true")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { response.Body.Close() })
		line := make([]byte, 10)
		if _, err := response.Body.Read(line); err != nil || !strings.HasPrefix(string(line), ": ") {
			t.Fatalf("%q, %v", line, err)
		}
		begun = time.Now()
	})
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("the server ended after %v", took)
	}
}
