// Package storetest is the conformance suite of store.Store: every implementation passes it.
package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/store"
)

// Run runs the whole suite. open makes a new, empty store and sees to its end.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	tests := []struct {
		name string
		run  func(*testing.T, store.Store)
	}{
		{"GetSetDelete", testGetSetDelete},
		{"Ranges", testRanges},
		{"Prefix", testPrefix},
		{"ScanStops", testScanStops},
		{"SlicesStayValid", testSlicesStayValid},
		{"OwnWrites", testOwnWrites},
		{"ScanSeesWritesBeforeIt", testScanSeesWritesBeforeIt},
		{"DeleteRange", testDeleteRange},
		{"NothingOnError", testNothingOnError},
		{"NothingOnPanic", testNothingOnPanic},
		{"WriterEnds", testWriterEnds},
		{"ViewIsOneState", testViewIsOneState},
		{"ViewAgainstUpdates", testViewAgainstUpdates},
		{"ViewReadsTheStore", testViewReadsTheStore},
		{"CountersLoseNothing", testCountersLoseNothing},
		{"LocksInAnyOrder", testLocksInAnyOrder},
		{"Cancelled", testCancelled},
		{"CancelledWhileWaiting", testCancelledWhileWaiting},
		{"Closed", testClosed},
		{"Model", testModel},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, open(t))
		})
	}
}

func update(t testing.TB, s store.Store, fn func(store.Writer) error) {
	t.Helper()
	if err := s.Update(context.Background(), nil, fn); err != nil {
		t.Fatalf("Update: %v", err)
	}
}

// fill sets each key to a value made of it.
func fill(t testing.TB, s store.Store, keys ...string) {
	t.Helper()
	update(t, s, func(w store.Writer) error {
		for _, key := range keys {
			if err := w.Set([]byte(key), []byte("value of "+key)); err != nil {
				return err
			}
		}
		return nil
	})
}

func wantValue(t testing.TB, get func([]byte) ([]byte, error), key, want string) {
	t.Helper()
	got, err := get([]byte(key))
	if err != nil || string(got) != want {
		t.Fatalf("Get(%q) = %q, %v; want %q", key, got, err, want)
	}
}

func wantMissing(t testing.TB, get func([]byte) ([]byte, error), key string) {
	t.Helper()
	if got, err := get([]byte(key)); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("Get(%q) = %q, %v; want ErrNotFound", key, got, err)
	}
}

// scanned is the keys of a range.
func scanned(r store.Reader, over store.Range) (keys []string, err error) {
	err = r.Scan(over, func(key, _ []byte) (bool, error) {
		keys = append(keys, string(key))
		return true, nil
	})
	return keys, err
}

func wantKeys(t testing.TB, r store.Reader, over store.Range, want ...string) {
	t.Helper()
	got, err := scanned(r, over)
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("Scan(%s) = %q, %v; want %q", show(over), got, err, want)
	}
}

func show(r store.Range) string {
	bound := func(b []byte) string {
		if b == nil {
			return "nil"
		}
		return fmt.Sprintf("%q", b)
	}
	return fmt.Sprintf("%s..%s reverse=%v", bound(r.Start), bound(r.End), r.Reverse)
}

func viewed(t testing.TB, s store.Store, fn func(store.Reader)) {
	t.Helper()
	err := s.View(context.Background(), func(r store.Reader) error {
		fn(r)
		return nil
	})
	if err != nil {
		t.Fatalf("View: %v", err)
	}
}

func testGetSetDelete(t *testing.T, s store.Store) {
	wantMissing(t, s.Get, "a")
	fill(t, s, "a", "b", "")
	wantValue(t, s.Get, "a", "value of a")
	wantValue(t, s.Get, "", "value of ")
	viewed(t, s, func(r store.Reader) {
		wantValue(t, r.Get, "b", "value of b")
		wantMissing(t, r.Get, "c")
	})
	update(t, s, func(w store.Writer) error {
		return errors.Join(w.Set([]byte("a"), nil), w.Delete([]byte("b")), w.Delete([]byte("never there")))
	})
	wantValue(t, s.Get, "a", "")
	wantMissing(t, s.Get, "b")
	binary := string([]byte{0, 0xff, 0, 0xfe})
	fill(t, s, binary, strings.Repeat("long", 1000))
	wantValue(t, s.Get, binary, "value of "+binary)
	update(t, s, func(w store.Writer) error { return w.Set([]byte("large"), bytes.Repeat([]byte("x"), 1<<20)) })
	if got, err := s.Get([]byte("large")); err != nil || len(got) != 1<<20 {
		t.Fatalf("a value of 1 MiB came back with %d bytes, %v", len(got), err)
	}
	update(t, s, func(store.Writer) error { return nil })
}

func testRanges(t *testing.T, s store.Store) {
	fill(t, s, "d", "b", "a", "c", "b\x00", "\xff\xff", "B")
	all := []string{"B", "a", "b", "b\x00", "c", "d", "\xff\xff"}
	for _, test := range []struct {
		start, end []byte
		want       []string
	}{
		{nil, nil, all},
		{[]byte{}, nil, all},
		{[]byte("b"), nil, all[2:]},
		{nil, []byte("b"), all[:2]},
		{[]byte("b"), []byte("c"), all[2:4]},
		{[]byte("b"), []byte("b\x00"), all[2:3]},
		{[]byte("aa"), []byte("cc"), all[2:5]},
		{[]byte("b"), []byte("b"), nil},
		{[]byte("c"), []byte("b"), nil},
		{nil, []byte{}, nil},
		{[]byte("e"), []byte("f"), nil},
		{[]byte("\xff\xff"), nil, all[6:]},
	} {
		backwards := slices.Clone(test.want)
		slices.Reverse(backwards)
		viewed(t, s, func(r store.Reader) {
			wantKeys(t, r, store.Range{Start: test.start, End: test.end}, test.want...)
			wantKeys(t, r, store.Range{Start: test.start, End: test.end, Reverse: true}, backwards...)
		})
	}
}

func testPrefix(t *testing.T, s store.Store) {
	fill(t, s, "t/1", "t/2", "t", "t0", "u", "\xff\xffa", "\xff\xfe", "s\xff", "s\xff\xff1", "s\xffa")
	viewed(t, s, func(r store.Reader) {
		wantKeys(t, r, store.Prefix([]byte("t/")), "t/1", "t/2")
		wantKeys(t, r, store.Prefix([]byte("\xff\xff")), "\xff\xffa")
		wantKeys(t, r, store.Prefix([]byte("s\xff")), "s\xff", "s\xffa", "s\xff\xff1")
		wantKeys(t, r, store.Prefix([]byte("t/3")))
		if got, err := scanned(r, store.Prefix(nil)); len(got) != 10 || err != nil {
			t.Errorf("the empty prefix has %q, %v; want all keys", got, err)
		}
	})
}

func testScanStops(t *testing.T, s store.Store) {
	fill(t, s, "a", "b", "c")
	broken := errors.New("broken")
	read := func(r store.Reader) {
		var seen []string
		err := r.Scan(store.Range{}, func(key, _ []byte) (bool, error) {
			seen = append(seen, string(key))
			return len(seen) < 2, nil
		})
		if err != nil || !slices.Equal(seen, []string{"a", "b"}) {
			t.Errorf("a Scan told to stop saw %q, %v", seen, err)
		}
		err = r.Scan(store.Range{Reverse: true}, func(_, _ []byte) (bool, error) { return true, broken })
		if !errors.Is(err, broken) {
			t.Errorf("Scan = %v; want its function's error", err)
		}
	}
	viewed(t, s, read)
	update(t, s, func(w store.Writer) error {
		read(w)
		return errors.Join(w.Set([]byte("ab"), nil), w.Set([]byte("d"), nil))
	})
	update(t, s, func(w store.Writer) error {
		if err := w.Set([]byte("b"), nil); err != nil {
			return err
		}
		if err := w.Delete([]byte("ab")); err != nil {
			return err
		}
		read(w)
		return nil
	})
}

func testSlicesStayValid(t *testing.T, s store.Store) {
	const n = 500
	for i := range n {
		fill(t, s, fmt.Sprintf("%04d", i))
	}
	var keys, values [][]byte
	check := func(when string) {
		t.Helper()
		if len(keys) != n {
			t.Fatalf("%d keys, want %d", len(keys), n)
		}
		for i := range keys {
			if want := fmt.Sprintf("%04d", i); string(keys[i]) != want || string(values[i]) != "value of "+want {
				t.Fatalf("%s its slices %d hold %q: %q", when, i, keys[i], values[i])
			}
		}
	}
	read := func(r store.Reader) error {
		keys, values = nil, nil
		err := r.Scan(store.Range{}, func(key, value []byte) (bool, error) {
			keys, values = append(keys, key), append(values, value)
			return true, nil
		})
		check("after the Scan")
		return err
	}
	if err := s.View(context.Background(), read); err != nil {
		t.Error(err)
	}
	check("after the View")
	update(t, s, func(w store.Writer) error { return read(w) })
	check("after the Update")
	update(t, s, func(w store.Writer) error {
		for i := range n {
			if err := w.Set([]byte(fmt.Sprintf("%04d", i)), []byte("another value")); err != nil {
				return err
			}
		}
		return nil
	})
	check("after other writes")
}
