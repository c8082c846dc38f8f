package local_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"testing"

	"go.uber.org/goleak"

	"github.com/brownoutdev/brownout/cluster"
	"github.com/brownoutdev/brownout/cluster/clustertest"
	"github.com/brownoutdev/brownout/cluster/local"
	"github.com/brownoutdev/brownout/store"
	"github.com/brownoutdev/brownout/store/disk"
	"github.com/brownoutdev/brownout/store/memory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// space lives on one store; each state on it is closed at the test's end, if it is not yet.
func space(open func(t *testing.T) store.Store) clustertest.Space {
	return func(t *testing.T) func() cluster.State {
		s := open(t)
		return func() cluster.State { return join(t, s, "cluster/") }
	}
}

func join(t *testing.T, s store.Store, prefix string) cluster.State {
	t.Helper()
	state, err := local.New(s, []byte(prefix))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := state.Close(); err != nil {
			t.Error(err)
		}
	})
	return state
}

func TestStateInMemory(t *testing.T) {
	t.Parallel()
	clustertest.Run(t, space(func(*testing.T) store.Store { return memory.New() }))
}

func TestStateOnDisk(t *testing.T) {
	t.Parallel()
	clustertest.Run(t, space(func(t *testing.T) store.Store {
		s, err := disk.Open(t.TempDir(), slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return s
	}))
}

func set(t *testing.T, s cluster.State, key string, value []byte, under cluster.Lease) int64 {
	t.Helper()
	result, err := s.Commit(t.Context(), cluster.Transaction{Then: []cluster.Write{{Key: key, Value: value, Lease: under}}})
	if err != nil {
		t.Fatal(err)
	}
	return result.Revision
}

func keys(t *testing.T, s cluster.State) (found string, revision int64) {
	t.Helper()
	entries, revision, err := s.List(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		found += entry.Key + " "
	}
	return found, revision
}

// TestLeasesOfAFormerProcess: a process that died could not revoke anything.
func TestLeasesOfAFormerProcess(t *testing.T) {
	t.Parallel()
	s := memory.New()
	former := join(t, s, "p")
	lease, err := former.Lease(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	set(t, former, "kept", nil, nil)
	last := set(t, former, "leased", nil, lease)
	found, revision := keys(t, join(t, s, "p")) // the former one is not closed, as after kill -9
	if found != "kept " || revision <= last {
		t.Errorf("left are %q at revision %d, after %d", found, revision, last)
	}
}

func TestPrefixesAreApart(t *testing.T) {
	t.Parallel()
	s := memory.New()
	one, two := join(t, s, "1"), join(t, s, "2")
	set(t, one, "a", nil, nil)
	set(t, two, "b", nil, nil)
	first, _ := keys(t, one)
	second, _ := keys(t, two)
	if first != "a " || second != "b " {
		t.Errorf("one prefix holds %q, the other %q", first, second)
	}
	lease, err := two.Lease(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := one.Commit(t.Context(), cluster.Transaction{Then: []cluster.Write{{Key: "a", Lease: lease}}}); err == nil {
		t.Error("a lease of another state was taken")
	}
}

// TestWatcherTooFarBehind: one that does not read loses its channel, not the process its memory.
func TestWatcherTooFarBehind(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ commits, bytes int }{"many": {5000, 1}, "large": {40, 1 << 20}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := join(t, memory.New(), "")
			slow := s.Watch(t.Context(), "", 0)
			value := bytes.Repeat([]byte("x"), test.bytes)
			// One revision is handed out together: having sent its first half, the watcher holds nothing but the second.
			if _, err := s.Commit(t.Context(), cluster.Transaction{Then: []cluster.Write{{Key: "first"}, {Key: "second"}}}); err != nil {
				t.Fatal(err)
			}
			if event := <-slow; event.Entry.Key != "first" {
				t.Fatalf("got %v", event.Entry.Key)
			}
			var last int64
			for i := range test.commits {
				last = set(t, s, fmt.Sprint(i), value, nil)
			}
			if event := <-slow; event.Entry.Key != "second" {
				t.Errorf("got %v", event.Entry.Key)
			}
			if event, ok := <-slow; ok {
				t.Errorf("a watcher that is too far behind got %v", event.Entry.Key)
			}
			if _, ok := <-s.Watch(t.Context(), "", 1); ok {
				t.Error("a watcher of the far past got an event")
			}
			if event := <-s.Watch(t.Context(), "", last-1); event.Entry.Revision != last {
				t.Errorf("the last change is %d, a new watcher got %d", last, event.Entry.Revision)
			}
		})
	}
}
