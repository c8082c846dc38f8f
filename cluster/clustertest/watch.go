package clustertest

import (
	"context"
	"fmt"
	"testing"

	"github.com/brownoutdev/brownout/cluster"
)

// next is the next event as "key=value@revision" or "key deleted@revision", or "closed".
func next(t testing.TB, events <-chan cluster.Event) string {
	t.Helper()
	event, ok := <-events
	switch {
	case !ok:
		return "closed"
	case event.Deleted:
		if event.Entry.Value != nil {
			t.Errorf("the deletion of %s holds a value", event.Entry.Key)
		}
		return fmt.Sprintf("%s deleted@%d", event.Entry.Key, event.Entry.Revision)
	}
	return fmt.Sprintf("%s=%s@%d", event.Entry.Key, event.Entry.Value, event.Entry.Revision)
}

func wantNext(t testing.TB, events <-chan cluster.Event, want string, revision int64) {
	t.Helper()
	if want != "closed" {
		want = fmt.Sprintf("%s@%d", want, revision)
	}
	if got := next(t, events); got != want {
		t.Fatalf("the watcher got %q; want %q", got, want)
	}
}

func testWatch(t *testing.T, join func() cluster.State) {
	s := join()
	put(t, s, nil, "w/before", "1")
	_, revision, err := s.List(t.Context(), "w/")
	if err != nil {
		t.Fatal(err)
	}
	events := s.Watch(t.Context(), "w/", revision)
	made := put(t, s, nil, "w/a", "1", "x", "elsewhere", "w/b", "2")
	wantNext(t, events, "w/a=1", made)
	wantNext(t, events, "w/b=2", made)
	put(t, s, nil, "x", "elsewhere again")
	changed := put(t, s, nil, "w/a", "3")
	wantNext(t, events, "w/a=3", changed)
	wantNext(t, events, "w/before deleted", remove(t, s, "w/before"))
	commit(t, s, cluster.Transaction{If: []cluster.Condition{{Key: "w/a"}}, Then: []cluster.Write{{Key: "w/a"}}})
	remove(t, s, "w/never there")
	wantNext(t, events, "w/a=4", put(t, s, nil, "w/a", "4")) // and nothing before it
}

func testWatchFromThePast(t *testing.T, join func() cluster.State) {
	s := join()
	first := put(t, s, nil, "a", "1")
	second := put(t, s, nil, "a", "2")
	third := put(t, s, nil, "b", "3")
	all, late := s.Watch(t.Context(), "", first-1), s.Watch(t.Context(), "", second)
	wantNext(t, all, "a=1", first)
	wantNext(t, all, "a=2", second)
	wantNext(t, all, "b=3", third)
	wantNext(t, late, "b=3", third)
}

func testWatchEnds(t *testing.T, join func() cluster.State) {
	s := join()
	revision := put(t, s, nil, "a", "1")
	ctx, cancel := context.WithCancel(t.Context())
	idle, busy := s.Watch(ctx, "", revision), s.Watch(ctx, "", revision-1)
	other := s.Watch(t.Context(), "", revision)
	cancel()
	wantNext(t, idle, "closed", 0)
	for range busy { // it may have been about to send
	}
	closeState(t, s)
	wantNext(t, other, "closed", 0)
	wantNext(t, s.Watch(t.Context(), "", revision), "closed", 0)
}

func testWatchersSeeOneOrder(t *testing.T, join func() cluster.State) {
	const writers, each = 3, 20
	s := join()
	_, revision, err := s.List(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	watchers := []<-chan cluster.Event{s.Watch(t.Context(), "", revision), s.Watch(t.Context(), "", revision)}
	for w := range writers {
		go func() {
			for i := range each {
				tx := cluster.Transaction{Then: []cluster.Write{{Key: fmt.Sprint(w), Value: fmt.Append(nil, i)}}}
				if _, err := s.Commit(t.Context(), tx); err != nil {
					t.Errorf("Commit: %v", err)
				}
			}
		}()
	}
	var before int64
	for range writers * each {
		one, two := <-watchers[0], <-watchers[1]
		if one.Entry.Key != two.Entry.Key || one.Entry.Revision != two.Entry.Revision || one.Entry.Revision <= before {
			t.Fatalf("after revision %d one watcher got %v, the other %v", before, one, two)
		}
		before = one.Entry.Revision
	}
}
