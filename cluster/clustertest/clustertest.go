// Package clustertest is the conformance suite of cluster.State: every implementation passes it.
package clustertest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/cluster"
)

// Space makes a new, empty key space and answers how a process joins it. The suite joins again only
// after it has closed the state before; what is left open is closed by whoever made the space.
type Space func(t *testing.T) (join func() cluster.State)

// Run runs the whole suite.
func Run(t *testing.T, space Space) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, join func() cluster.State)
	}{
		{"GetAndList", testGetAndList},
		{"Transactions", testTransactions},
		{"BadTransactions", testBadTransactions},
		{"ConcurrentCounters", testConcurrentCounters},
		{"Reopen", testReopen},
		{"Watch", testWatch},
		{"WatchFromThePast", testWatchFromThePast},
		{"WatchEnds", testWatchEnds},
		{"WatchersSeeOneOrder", testWatchersSeeOneOrder},
		{"LeaseRevoked", testLeaseRevoked},
		{"LeaseLosesOverwrittenKeys", testLeaseLosesOverwrittenKeys},
		{"LeaseEndsWithClose", testLeaseEndsWithClose},
		{"Lead", testLead},
		{"LeadCancelled", testLeadCancelled},
		{"Closed", testClosed},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, space(t))
		})
	}
}

const ttl = 30 * time.Second

func commit(t testing.TB, s cluster.State, tx cluster.Transaction) cluster.Result {
	t.Helper()
	result, err := s.Commit(context.Background(), tx)
	if err != nil {
		t.Fatalf("Commit: %v", err)
	}
	return result
}

// put sets keys to values, in pairs, in one transaction.
func put(t testing.TB, s cluster.State, under cluster.Lease, pairs ...string) int64 {
	t.Helper()
	var tx cluster.Transaction
	for i := 0; i < len(pairs); i += 2 {
		tx.Then = append(tx.Then, cluster.Write{Key: pairs[i], Value: []byte(pairs[i+1]), Lease: under})
	}
	return commit(t, s, tx).Revision
}

func remove(t testing.TB, s cluster.State, key string) int64 {
	t.Helper()
	return commit(t, s, cluster.Transaction{Then: []cluster.Write{{Key: key, Delete: true}}}).Revision
}

func lease(t testing.TB, s cluster.State) cluster.Lease {
	t.Helper()
	made, err := s.Lease(context.Background(), ttl)
	if err != nil {
		t.Fatalf("Lease: %v", err)
	}
	return made
}

func closeState(t testing.TB, s cluster.State) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
}

// wantState compares all keys under the prefix with "key=value key=value ...".
func wantState(t testing.TB, s cluster.State, prefix, want string) (revision int64) {
	t.Helper()
	entries, revision, err := s.List(context.Background(), prefix)
	if err != nil {
		t.Fatalf("List(%q): %v", prefix, err)
	}
	got := ""
	for _, e := range entries {
		got += fmt.Sprintf("%s=%s ", e.Key, e.Value)
		if e.Revision <= 0 || e.Revision > revision {
			t.Errorf("List(%q) at revision %d holds %s of revision %d", prefix, revision, e.Key, e.Revision)
		}
		if one, ok, err := s.Get(context.Background(), e.Key); err != nil || !ok || string(one.Value) != string(e.Value) || one.Revision != e.Revision {
			t.Errorf("Get(%q) = %v, %v, %v; List says %v", e.Key, one, ok, err, e)
		}
	}
	if got != want {
		t.Fatalf("List(%q) = %q; want %q", prefix, got, want)
	}
	return revision
}

func testGetAndList(t *testing.T, join func() cluster.State) {
	s := join()
	wantState(t, s, "", "")
	if e, ok, err := s.Get(context.Background(), "a"); ok || err != nil {
		t.Errorf("Get of a missing key = %v, %v, %v", e, ok, err)
	}
	first := put(t, s, nil, "b/1", "x", "a", "y")
	second := put(t, s, nil, "b/2", "z")
	if first <= 0 || second <= first {
		t.Errorf("revisions %d and %d do not rise", first, second)
	}
	if got := wantState(t, s, "", "a=y b/1=x b/2=z "); got != second {
		t.Errorf("List says revision %d, the last commit %d", got, second)
	}
	wantState(t, s, "b/", "b/1=x b/2=z ")
	wantState(t, s, "c", "")
	entry, _, err := s.Get(context.Background(), "b/1")
	if err != nil || entry.Revision != first {
		t.Errorf("Get = %v, %v; want revision %d", entry, err, first)
	}
	entry.Value[0] = 'X' // the caller's own
	remove(t, s, "a")
	wantState(t, s, "", "b/1=x b/2=z ")
}

func testTransactions(t *testing.T, join func() cluster.State) {
	s := join()
	create := cluster.Transaction{
		If:   []cluster.Condition{{Key: "a"}},
		Then: []cluster.Write{{Key: "a", Value: []byte("1")}, {Key: "b", Value: nil}},
	}
	made := commit(t, s, create)
	if !made.Done {
		t.Fatal("a key that is not there was not made")
	}
	again := commit(t, s, create)
	if again.Done || again.Revision != made.Revision {
		t.Errorf("made a second time: %+v after %+v", again, made)
	}
	for _, test := range []struct {
		name string
		on   []cluster.Condition
		done bool
	}{
		{"right and wrong", []cluster.Condition{{Key: "a", Revision: made.Revision}, {Key: "c", Revision: made.Revision}}, false},
		{"older", []cluster.Condition{{Key: "a", Revision: made.Revision - 1}}, false},
		{"missing but there", []cluster.Condition{{Key: "b"}}, false},
		{"right", []cluster.Condition{{Key: "a", Revision: made.Revision}, {Key: "c"}}, true},
	} {
		got := commit(t, s, cluster.Transaction{If: test.on, Then: []cluster.Write{{Key: "a", Value: []byte("2")}, {Key: "b", Delete: true}}})
		if got.Done != test.done {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
	revision := wantState(t, s, "", "a=2 ")
	if only := commit(t, s, cluster.Transaction{If: []cluster.Condition{{Key: "a", Revision: revision}}}); !only.Done || only.Revision != revision {
		t.Errorf("conditions alone: %+v at revision %d", only, revision)
	}
	if got := remove(t, s, "never there"); got != revision {
		t.Errorf("deleting a missing key went from revision %d to %d", revision, got)
	}
}

func testBadTransactions(t *testing.T, join func() cluster.State) {
	s := join()
	ended := lease(t, s)
	if err := errors.Join(ended.Revoke(context.Background()), ended.Revoke(context.Background())); err != nil {
		t.Fatalf("Revoke, twice: %v", err)
	}
	for name, writes := range map[string][]cluster.Write{
		"empty key":   {{Key: "a"}, {Key: ""}},
		"key twice":   {{Key: "a"}, {Key: "a", Delete: true}},
		"ended lease": {{Key: "a", Lease: ended}},
	} {
		_, err := s.Commit(context.Background(), cluster.Transaction{Then: writes})
		if err == nil || name == "ended lease" && !errors.Is(err, cluster.ErrLeaseEnded) {
			t.Errorf("%s: %v", name, err)
		}
	}
	done, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Commit(done, cluster.Transaction{Then: []cluster.Write{{Key: "a"}}}); !errors.Is(err, context.Canceled) {
		t.Errorf("Commit with a done context: %v", err)
	}
	wantState(t, s, "", "")
}

func testConcurrentCounters(t *testing.T, join func() cluster.State) {
	const goroutines, rounds = 4, 10
	s := join()
	failed := make(chan error, goroutines)
	for range goroutines {
		go func() {
			for range rounds {
				for done := false; !done; {
					entry, _, err := s.Get(context.Background(), "n")
					if err != nil {
						failed <- err
						return
					}
					result, err := s.Commit(context.Background(), cluster.Transaction{
						If:   []cluster.Condition{{Key: "n", Revision: entry.Revision}},
						Then: []cluster.Write{{Key: "n", Value: append(entry.Value, '|')}},
					})
					if err != nil {
						failed <- err
						return
					}
					done = result.Done
				}
			}
			failed <- nil
		}()
	}
	for range goroutines {
		if err := <-failed; err != nil {
			t.Fatal(err)
		}
	}
	if entry, _, err := s.Get(context.Background(), "n"); err != nil || len(entry.Value) != goroutines*rounds {
		t.Errorf("counted to %d, %v; want %d", len(entry.Value), err, goroutines*rounds)
	}
}

func testReopen(t *testing.T, join func() cluster.State) {
	s := join()
	put(t, s, nil, "a", "1")
	last := put(t, s, nil, "b", "2")
	closeState(t, s)
	s = join()
	if got := wantState(t, s, "", "a=1 b=2 "); got < last {
		t.Errorf("revision %d after joining again, %d before", got, last)
	}
	if got := put(t, s, nil, "c", "3"); got <= last {
		t.Errorf("a new revision is %d, an old one was %d", got, last)
	}
}
