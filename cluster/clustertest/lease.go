package clustertest

import (
	"context"
	"errors"
	"testing"

	"github.com/brownoutdev/brownout/cluster"
)

func ended(l cluster.Lease) bool {
	select {
	case <-l.Done():
		return true
	default:
		return false
	}
}

func testLeaseRevoked(t *testing.T, join func() cluster.State) {
	s := join()
	held, other := lease(t, s), lease(t, s)
	put(t, s, held, "a", "1", "b", "2")
	put(t, s, other, "c", "3")
	revision := put(t, s, nil, "d", "4")
	if ended(held) {
		t.Fatal("a lease that nobody ended is done")
	}
	events := s.Watch(t.Context(), "", revision)
	if err := held.Revoke(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-held.Done()
	now := wantState(t, s, "", "c=3 d=4 ")
	wantNext(t, events, "a deleted", now)
	wantNext(t, events, "b deleted", now)
	if ended(other) {
		t.Error("the other lease is done, too")
	}
}

func testLeaseLosesOverwrittenKeys(t *testing.T, join func() cluster.State) {
	s := join()
	first, second := lease(t, s), lease(t, s)
	put(t, s, first, "plain", "1", "moved", "1", "remade", "1", "kept", "1")
	put(t, s, nil, "plain", "2")
	put(t, s, second, "moved", "2")
	remove(t, s, "remade")
	put(t, s, nil, "remade", "2")
	if err := first.Revoke(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantState(t, s, "", "moved=2 plain=2 remade=2 ")
	if err := second.Revoke(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantState(t, s, "", "plain=2 remade=2 ")
}

func testLeaseEndsWithClose(t *testing.T, join func() cluster.State) {
	s := join()
	held := lease(t, s)
	put(t, s, held, "a", "1", "b", "2")
	put(t, s, nil, "b", "3")
	closeState(t, s)
	<-held.Done()
	if err := held.Revoke(context.Background()); err != nil {
		t.Errorf("Revoke after Close: %v", err)
	}
	wantState(t, join(), "", "b=3 ")
}

func lead(t testing.TB, s cluster.State, name string) cluster.Leadership {
	t.Helper()
	l, err := s.Lead(context.Background(), name)
	if err != nil {
		t.Fatalf("Lead(%q): %v", name, err)
	}
	return l
}

func lost(l cluster.Leadership) bool {
	select {
	case <-l.Lost():
		return true
	default:
		return false
	}
}

func testLead(t *testing.T, join func() cluster.State) {
	const candidates = 4
	s := join()
	first, elsewhere := lead(t, s, "engine"), lead(t, s, "other name")
	won, release := make(chan cluster.Leadership), make(chan struct{})
	for range candidates {
		go func() {
			l, err := s.Lead(context.Background(), "engine")
			if err != nil {
				t.Errorf("Lead: %v", err)
			}
			won <- l
			<-release
		}()
	}
	select {
	case <-won:
		t.Fatal("two lead at once")
	default:
	}
	for range candidates {
		if lost(first) {
			t.Fatal("the leader has lost although nobody took it")
		}
		if err := errors.Join(first.Resign(t.Context()), first.Resign(t.Context())); err != nil {
			t.Fatalf("Resign, twice: %v", err)
		}
		<-first.Lost()
		first = <-won
		select {
		case <-won:
			t.Fatal("two lead at once")
		default:
		}
	}
	close(release)
	closeState(t, s)
	<-first.Lost()
	<-elsewhere.Lost()
}

func testLeadCancelled(t *testing.T, join func() cluster.State) {
	s := join()
	leader := lead(t, s, "engine")
	ctx, cancel := context.WithCancel(t.Context())
	answers := make(chan error)
	go func() {
		_, err := s.Lead(ctx, "engine")
		answers <- err
	}()
	cancel()
	if err := <-answers; !errors.Is(err, context.Canceled) {
		t.Errorf("Lead = %v; want context.Canceled", err)
	}
	go func() {
		_, err := s.Lead(t.Context(), "engine")
		answers <- err
	}()
	closeState(t, s)
	if err := <-answers; !errors.Is(err, cluster.ErrClosed) {
		t.Errorf("Lead while closing = %v; want ErrClosed", err)
	}
	<-leader.Lost()
	if err := leader.Resign(context.Background()); err != nil {
		t.Errorf("Resign after Close: %v", err)
	}
}

func testClosed(t *testing.T, join func() cluster.State) {
	s := join()
	closeState(t, s)
	closeState(t, s)
	ctx := context.Background()
	_, _, get := s.Get(ctx, "a")
	_, _, list := s.List(ctx, "")
	_, commit := s.Commit(ctx, cluster.Transaction{})
	_, lease := s.Lease(ctx, ttl)
	_, lead := s.Lead(ctx, "a")
	for name, err := range map[string]error{"Get": get, "List": list, "Commit": commit, "Lease": lease, "Lead": lead} {
		if !errors.Is(err, cluster.ErrClosed) {
			t.Errorf("%s after Close = %v; want ErrClosed", name, err)
		}
	}
}
