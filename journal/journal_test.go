package journal_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/journal"
)

func full() journal.Record {
	return journal.Record{
		At: time.Date(2026, 1, 31, 12, 0, 0, 123456000, time.UTC), ID: "REQUEST1", Service: "dynamodb", Operation: "GetItem",
		Region: "us-east-1", Account: "000000000000", AccessKey: "AKIAEXAMPLE", Caller: "arn:aws:iam::000000000000:user/ann",
		Status: 503, Code: "Service Unavailable", InjectedError: true,
		Rules: []journal.Hit{
			{ID: "slow", Owner: "cli", Kind: "delay"}, {ID: "EXP1/Test disruption", Owner: "EXP1/Test%20disruption", Kind: "error"},
		},
		InvocationID: "a2b1c0de-0000-4000-8000-000000000001", Attempt: 3, MaxAttempts: 10, EstimatedAttempt: true,
		BytesIn: 120, BytesOut: 77, Total: 201500 * time.Microsecond, Injected: 200 * time.Millisecond,
		Work: 1500 * time.Microsecond, Upstream: time.Microsecond, Others: []string{"neptune.GetItem"}, ClientGone: true,
	}
}

func TestARecordComesBackWhole(t *testing.T) {
	t.Parallel()
	j := journal.New(3, clock.NewMovable())
	want := full()
	j.Add(&want)
	want.Sequence = 1
	got := j.Calls(journal.Filter{})
	if diff := cmp.Diff([]journal.Record{want}, got); diff != "" {
		t.Errorf("Calls (-want +got):\n%s", diff)
	}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	const golden = `{"sequence":1,"at":"2026-01-31T12:00:00.123456Z","id":"REQUEST1","service":"dynamodb","operation":"GetItem",` +
		`"region":"us-east-1","account":"000000000000","access_key":"AKIAEXAMPLE","caller":"arn:aws:iam::000000000000:user/ann",` +
		`"status":503,"code":"Service Unavailable","injected_error":true,"rules":[{"id":"slow","owner":"cli","kind":"delay"},` +
		`{"id":"EXP1/Test disruption","owner":"EXP1/Test%20disruption","kind":"error"}],` +
		`"invocation_id":"a2b1c0de-0000-4000-8000-000000000001","attempt":3,"max_attempts":10,"estimated_attempt":true,` +
		`"bytes_in":120,"bytes_out":77,"others":["neptune.GetItem"],"client_gone":true,` +
		`"total_ms":201.5,"injected_ms":200,"work_ms":1.5,"upstream_ms":0.001}`
	if string(text) != golden {
		t.Errorf("JSON:\n got %s\nwant %s", text, golden)
	}
	var back journal.Record
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, back); diff != "" {
		t.Errorf("JSON and back (-want +got):\n%s", diff)
	}
}

func TestTheRingKeepsTheLatest(t *testing.T) {
	t.Parallel()
	j := journal.New(10, clock.NewMovable())
	for i := range 25 {
		j.Add(&journal.Record{ID: fmt.Sprint(i + 1), Service: "s3", Status: 200})
	}
	calls := j.Calls(journal.Filter{})
	if len(calls) != 10 || calls[0].ID != "16" || calls[9].ID != "25" || calls[9].Sequence != 25 {
		t.Errorf("%d calls, %v", len(calls), calls)
	}
	if calls := j.Calls(journal.Filter{Limit: 2}); len(calls) != 2 || calls[0].ID != "24" {
		t.Errorf("the last two: %v", calls)
	}
	if calls := j.Calls(journal.Filter{After: 23}); len(calls) != 2 || calls[0].ID != "24" {
		t.Errorf("after 23: %v", calls)
	}
	j.Reset()
	if calls := j.Calls(journal.Filter{}); len(calls) != 0 {
		t.Errorf("after Reset: %v", calls)
	}
	j.Add(&journal.Record{ID: "new"})
	if calls := j.Calls(journal.Filter{}); len(calls) != 1 || calls[0].Sequence != 26 {
		t.Errorf("after Reset and one more: %v", calls)
	}
}

// Nobody decides how much memory the journal takes: neither a client with its headers nor a rule with its name.
func TestMemoryIsBounded(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	const size = 1000
	j := journal.New(size, clock.NewMovable())
	for i := range 5 * size {
		long := strings.Repeat(fmt.Sprintf("%08d", i), 5000) // 40 KB each, all different
		r := journal.Record{
			ID: long, Service: long, Operation: long, Region: long, Account: long, AccessKey: long, Caller: long, Code: long,
			InvocationID: long, Others: []string{long, long},
		}
		for range 100 {
			r.Rules = append(r.Rules, journal.Hit{ID: long, Owner: long, Kind: long})
		}
		j.Add(&r)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	grown := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	if limit := int64(size*4500 + 1<<20); grown > limit {
		t.Errorf("a journal of %d calls holds %d bytes, want at most %d", size, grown, limit)
	}
	last := j.Calls(journal.Filter{Limit: 1})[0]
	if len(last.ID) != 256 || len(last.Rules)+last.MoreRules != 100 {
		t.Errorf("an id of %d bytes, %d rules and %d more", len(last.ID), len(last.Rules), last.MoreRules)
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	j := journal.New(64, clock.NewMovable())
	follower := j.Follow(journal.Filter{})
	defer follower.Close()
	const writers, each = 8, 2000
	var work sync.WaitGroup
	for w := range writers {
		work.Go(func() {
			for i := range each {
				r := full()
				r.ID = fmt.Sprintf("%d-%d", w, i)
				r.AccessKey = r.ID
				j.Add(&r)
			}
		})
	}
	work.Go(func() {
		for range 200 {
			for _, r := range j.Calls(journal.Filter{Limit: 20}) {
				if r.ID != r.AccessKey {
					t.Errorf("a torn record: %s and %s", r.ID, r.AccessKey)
				}
			}
		}
	})
	var seen, lost uint64
	for latest := uint64(0); seen+lost < writers*each; {
		calls, missed, err := follower.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		lost += missed
		seen += uint64(len(calls))
		for _, r := range calls {
			if r.Sequence <= latest || r.ID != r.AccessKey {
				t.Fatalf("record %d (%s, %s) after %d", r.Sequence, r.ID, r.AccessKey, latest)
			}
			latest = r.Sequence
		}
	}
	work.Wait()
	if seen+lost != writers*each {
		t.Errorf("%d seen and %d lost of %d", seen, lost, writers*each)
	}
	if w := j.Rates().Window(journal.Series{}, time.Now().Add(-time.Minute), time.Now().Add(time.Minute)); w.Calls != writers*each {
		t.Errorf("%d calls counted", w.Calls)
	}
}

func TestFollow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		j := journal.New(10, clock.NewMovable())
		add := func(ids ...string) {
			for _, id := range ids {
				j.Add(&journal.Record{ID: id, Service: "dynamodb", Status: 200})
			}
		}
		next := func(f *journal.Follower, want ...string) (lost uint64) {
			t.Helper()
			calls, lost, err := f.Next(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range calls {
				got = append(got, r.ID)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("Next (-want +got):\n%s", diff)
			}
			return lost
		}
		add("1", "2", "3")
		fresh, recent, after := j.Follow(journal.Filter{}), j.Follow(journal.Filter{Limit: 2}), j.FollowAfter(journal.Filter{}, 2)
		next(recent, "2", "3")
		next(after, "3")
		clock.Real{}.AfterFunc(time.Hour, func() { add("4") })
		next(fresh, "4")
		next(recent, "4")
		add("5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16")
		if lost := next(fresh, "7", "8", "9", "10", "11", "12", "13", "14", "15", "16"); lost != 2 {
			t.Errorf("%d lost, want 2", lost)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if calls, _, err := fresh.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v, %v; want the deadline", calls, err)
		}
		j.Reset()
		add("17")
		if lost := next(recent, "17"); lost != 0 {
			t.Errorf("Reset counts as %d lost", lost)
		}
		fresh.Close()
		recent.Close()
		after.Close()
		add("18")
	})
}

func TestANilJournalForgets(t *testing.T) {
	t.Parallel()
	var j *journal.Journal
	j.Add(&journal.Record{})
	j.Reset()
	if len(j.Calls(journal.Filter{})) != 0 || len(j.Totals()) != 0 {
		t.Error("a nil journal remembers")
	}
}
