package storetest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/brownoutdev/brownout/store"
)

func testViewIsOneState(t *testing.T, s store.Store) {
	fill(t, s, "a", "b")
	viewed(t, s, func(r store.Reader) {
		update(t, s, func(w store.Writer) error {
			return errors.Join(w.Delete([]byte("a")), w.Set([]byte("b"), []byte("new")), w.Set([]byte("c"), nil))
		})
		wantValue(t, r.Get, "a", "value of a")
		wantValue(t, r.Get, "b", "value of b")
		wantKeys(t, r, store.Range{}, "a", "b")
		wantMissing(t, s.Get, "a")
	})
	viewed(t, s, func(r store.Reader) { wantKeys(t, r, store.Range{}, "b", "c") })
}

// testViewAgainstUpdates moves amounts between keys: every view sees the same sum.
func testViewAgainstUpdates(t *testing.T, s store.Store) {
	const keys, each = 20, 100
	key := func(i int) []byte { return fmt.Appendf(nil, "%02d", i%keys) }
	update(t, s, func(w store.Writer) error {
		for i := range keys {
			if err := w.Set(key(i), number(each)); err != nil {
				return err
			}
		}
		return nil
	})
	var group sync.WaitGroup
	for mover := range 4 {
		group.Go(func() {
			for i := range 50 {
				from, to := key(mover+i), key(mover+i*7+1)
				if string(from) == string(to) {
					continue
				}
				if err := s.Update(context.Background(), [][]byte{from, to}, func(w store.Writer) error {
					return errors.Join(add(w, from, -1), add(w, to, 1))
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 2 {
		group.Go(func() {
			for range 50 {
				viewed(t, s, func(r store.Reader) { wantSum(t, r, keys*each) })
			}
		})
	}
	group.Wait()
	viewed(t, s, func(r store.Reader) { wantSum(t, r, keys*each) })
}

func wantSum(t *testing.T, r store.Reader, want int64) {
	var scan, gets int64
	err := r.Scan(store.Range{}, func(key, value []byte) (bool, error) {
		scan += int64(binary.BigEndian.Uint64(value))
		got, err := r.Get(key)
		if err == nil {
			gets += int64(binary.BigEndian.Uint64(got))
		}
		return true, err
	})
	if err != nil || scan != want || gets != want {
		t.Errorf("a view summed up to %d by Scan and %d by Get, %v; want %d", scan, gets, err, want)
	}
}

func number(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }

func add(w store.Writer, key []byte, n int64) error {
	value, err := w.Get(key)
	switch {
	case errors.Is(err, store.ErrNotFound):
		value = number(0)
	case err != nil:
		return err
	}
	return w.Set(append([]byte(nil), key...), number(int64(binary.BigEndian.Uint64(value))+n))
}

// testViewReadsTheStore: a view whose function uses the store must not wait for a writer that waits for it.
func testViewReadsTheStore(t *testing.T, s store.Store) {
	fill(t, s, "a")
	viewed(t, s, func(store.Reader) {
		var group sync.WaitGroup
		for i := range 4 {
			group.Go(func() { fill(t, s, fmt.Sprint("new ", i)) })
		}
		wantValue(t, s.Get, "a", "value of a")
		viewed(t, s, func(r store.Reader) { wantValue(t, r.Get, "a", "value of a") })
		group.Wait()
		wantValue(t, s.Get, "new 3", "value of new 3")
	})
}

func testCountersLoseNothing(t *testing.T, s store.Store) {
	const goroutines, rounds = 8, 40
	counters := [][]byte{[]byte("one"), []byte("two"), []byte("three")}
	var group sync.WaitGroup
	for g := range goroutines {
		group.Go(func() {
			for i := range rounds {
				key := counters[(g+i)%len(counters)]
				if err := s.Update(context.Background(), [][]byte{key}, func(w store.Writer) error { return add(w, key, 1) }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	viewed(t, s, func(r store.Reader) { wantSum(t, r, goroutines*rounds) })
}

func testLocksInAnyOrder(t *testing.T, s store.Store) {
	const goroutines, rounds, locks = 8, 20, 40
	var group sync.WaitGroup
	for g := range goroutines {
		group.Go(func() {
			for i := range rounds {
				var keys [][]byte
				for k := range locks { // each goroutine goes round in its own order; some keys come twice
					keys = append(keys, fmt.Appendf(nil, "%d", (g*5+k*(2*g+1)+i)%31))
				}
				if err := s.Update(context.Background(), keys, func(w store.Writer) error { return add(w, []byte("n"), 1) }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	viewed(t, s, func(r store.Reader) { wantSum(t, r, goroutines*rounds) }) // 40 of 31 keys: all updates share locks
}

func testCancelled(t *testing.T, s store.Store) {
	for i := range 5 {
		update(t, s, func(w store.Writer) error {
			for k := range 200 {
				if err := w.Set(fmt.Appendf(nil, "%d %d", i, k), nil); err != nil {
					return err
				}
			}
			return nil
		})
	}
	done, cancel := context.WithCancel(context.Background())
	cancel()
	never := func() { t.Error("a function ran although its context was done") }
	if err := s.View(done, func(store.Reader) error { never(); return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("View = %v; want context.Canceled", err)
	}
	if err := s.Update(done, nil, func(store.Writer) error { never(); return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("Update = %v; want context.Canceled", err)
	}
	scan := func(r store.Reader, cancel func()) error {
		n := 0
		err := r.Scan(store.Range{}, func(_, _ []byte) (bool, error) {
			if n++; n == 10 {
				cancel()
			}
			return true, nil
		})
		if !errors.Is(err, context.Canceled) || n >= 1000 {
			t.Errorf("a cancelled Scan saw %d keys, %v", n, err)
		}
		return nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	if err := s.View(ctx, func(r store.Reader) error { return scan(r, cancel) }); err != nil {
		t.Error(err)
	}
	ctx, cancel = context.WithCancel(context.Background())
	err := s.Update(ctx, nil, func(w store.Writer) error {
		return errors.Join(w.Set([]byte("not written"), nil), scan(w, cancel))
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Update = %v; want context.Canceled", err)
	}
	wantMissing(t, s.Get, "not written")
}

func testCancelledWhileWaiting(t *testing.T, s store.Store) {
	lock := [][]byte{[]byte("lock")}
	ctx, cancel := context.WithCancel(context.Background())
	held, waited := make(chan struct{}), make(chan error)
	go func() {
		<-held
		waited <- s.Update(ctx, lock, func(store.Writer) error {
			t.Error("two updates hold one lock")
			return nil
		})
	}()
	if err := s.Update(context.Background(), lock, func(store.Writer) error {
		close(held)
		cancel()
		if err := <-waited; !errors.Is(err, context.Canceled) {
			t.Errorf("Update = %v; want context.Canceled", err)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	if err := s.Update(context.Background(), lock, func(store.Writer) error { return nil }); err != nil {
		t.Error(err)
	}
}

func testClosed(t *testing.T, s store.Store) {
	fill(t, s, "a")
	var group sync.WaitGroup
	for range 4 { // whoever is inside ends in peace, whoever comes later is told
		group.Go(func() {
			for {
				_, err := s.Get([]byte("a"))
				if err == nil {
					err = s.Update(context.Background(), nil, func(w store.Writer) error { return w.Set([]byte("b"), nil) })
				}
				if errors.Is(err, store.ErrClosed) {
					return
				} else if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Errorf("Close: %v", err)
	}
	group.Wait()
	if err := s.View(context.Background(), func(store.Reader) error { return nil }); !errors.Is(err, store.ErrClosed) {
		t.Errorf("View after Close = %v; want ErrClosed", err)
	}
}
