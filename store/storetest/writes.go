package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/brownoutdev/brownout/store"
)

func testOwnWrites(t *testing.T, s store.Store) {
	fill(t, s, "a", "c", "e", "g")
	update(t, s, func(w store.Writer) error {
		err := errors.Join(
			w.Set([]byte("d"), []byte("new d")), w.Set([]byte("c"), []byte("new c")), w.Delete([]byte("e")),
			w.Set([]byte("0"), []byte("new 0")), w.Set([]byte("z"), []byte("first z")), w.Set([]byte("z"), []byte("new z")),
			w.Set([]byte("gone"), nil), w.Delete([]byte("gone")), w.Delete([]byte("never there")),
			w.Delete([]byte("a")), w.Set([]byte("a"), []byte("new a")))
		wantValue(t, w.Get, "a", "new a")
		wantValue(t, w.Get, "c", "new c")
		wantValue(t, w.Get, "z", "new z")
		wantValue(t, w.Get, "g", "value of g")
		wantMissing(t, w.Get, "e")
		wantMissing(t, w.Get, "gone")
		wantKeys(t, w, store.Range{}, "0", "a", "c", "d", "g", "z")
		wantKeys(t, w, store.Range{Reverse: true}, "z", "g", "d", "c", "a", "0")
		wantKeys(t, w, store.Range{Start: []byte("c"), End: []byte("g")}, "c", "d")
		wantKeys(t, w, store.Range{Start: []byte("c"), End: []byte("z"), Reverse: true}, "g", "d", "c")
		wantKeys(t, w, store.Range{Start: []byte("zz")})
		wantKeys(t, w, store.Range{Start: []byte("y"), End: []byte("b")})
		wantMissing(t, s.Get, "z") // not yet for others
		return err
	})
	viewed(t, s, func(r store.Reader) {
		wantKeys(t, r, store.Range{}, "0", "a", "c", "d", "g", "z")
		wantValue(t, r.Get, "z", "new z")
	})
}

func testScanSeesWritesBeforeIt(t *testing.T, s store.Store) {
	fill(t, s, "a", "b", "c")
	update(t, s, func(w store.Writer) error {
		if err := w.Set([]byte("bb"), nil); err != nil {
			return err
		}
		var seen string
		err := w.Scan(store.Range{}, func(key, _ []byte) (bool, error) {
			seen += string(key) + " "
			next := append([]byte(string(key)), '+')
			return true, errors.Join(w.Set(next, nil), w.Delete([]byte("c")), w.DeleteRange([]byte("bb"), []byte("bc")))
		})
		if seen != "a b bb c " {
			t.Errorf("a Scan during which keys are written saw %q", seen)
		}
		wantKeys(t, w, store.Range{}, "a", "a+", "b", "b+", "c+")
		return err
	})
	viewed(t, s, func(r store.Reader) { wantKeys(t, r, store.Range{}, "a", "a+", "b", "b+", "c+") })
}

func testDeleteRange(t *testing.T, s store.Store) {
	keys := []string{"a", "b", "c", "d", "e"}
	for _, test := range []struct {
		start, end []byte
		want       []string
	}{
		{[]byte("b"), []byte("d"), []string{"a", "c+", "d", "e"}},
		{[]byte("b"), nil, []string{"a", "c+"}},
		{nil, []byte("c"), []string{"c", "c+", "d", "e"}},
		{nil, nil, []string{"c+"}},
		{[]byte("d"), []byte("b"), []string{"a", "b", "c", "c+", "d", "e"}},
		{[]byte("x"), []byte("y"), []string{"a", "b", "c", "c+", "d", "e"}},
	} {
		update(t, s, func(w store.Writer) error { return w.DeleteRange(nil, nil) })
		fill(t, s, keys...)
		update(t, s, func(w store.Writer) error {
			err := errors.Join(
				w.Set([]byte("bb"), nil), w.DeleteRange([]byte("bb"), []byte("bc")), // a write of its own goes, too
				w.DeleteRange(test.start, test.end), w.Set([]byte("c+"), nil)) // a later one stays
			wantKeys(t, w, store.Range{}, test.want...)
			return err
		})
		viewed(t, s, func(r store.Reader) { wantKeys(t, r, store.Range{}, test.want...) })
	}
}

func testNothingOnError(t *testing.T, s store.Store) {
	fill(t, s, "a", "b")
	refused := errors.New("refused")
	err := s.Update(context.Background(), [][]byte{[]byte("a")}, func(w store.Writer) error {
		return errors.Join(w.Set([]byte("c"), nil), w.Delete([]byte("a")), w.DeleteRange([]byte("b"), []byte("c")), refused)
	})
	if !errors.Is(err, refused) {
		t.Errorf("Update = %v; want the function's error", err)
	}
	if err := s.Update(context.Background(), nil, func(store.Writer) error { return refused }); err != refused {
		t.Errorf("Update = %v; want the very error", err)
	}
	if err := s.View(context.Background(), func(store.Reader) error { return refused }); err != refused {
		t.Errorf("View = %v; want the very error", err)
	}
	viewed(t, s, func(r store.Reader) { wantKeys(t, r, store.Range{}, "a", "b") })
}

func testNothingOnPanic(t *testing.T, s store.Store) {
	locks := [][]byte{[]byte("a"), []byte("b")}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic did not come out of Update")
			}
		}()
		_ = s.Update(context.Background(), locks, func(w store.Writer) error {
			_ = w.Set([]byte("a"), nil)
			panic("broken")
		})
	}()
	wantMissing(t, s.Get, "a")
	if err := s.Update(context.Background(), locks, func(w store.Writer) error { return w.Set([]byte("b"), nil) }); err != nil {
		t.Fatal(err)
	}
	wantValue(t, s.Get, "b", "")
}

func testWriterEnds(t *testing.T, s store.Store) {
	var kept store.Writer
	update(t, s, func(w store.Writer) error {
		kept = w
		return w.Set([]byte("a"), nil)
	})
	if kept.Set([]byte("b"), nil) == nil || kept.Delete([]byte("a")) == nil || kept.DeleteRange(nil, nil) == nil {
		t.Error("a Writer works after its Update")
	}
	viewed(t, s, func(r store.Reader) { wantKeys(t, r, store.Range{}, "a") })
}
