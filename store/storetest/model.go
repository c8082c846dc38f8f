package storetest

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/brownoutdev/brownout/store"
)

// model is what a store should be: a map that is sorted when asked.
type model map[string]string

func (m model) keys(r store.Range) []string {
	keys := slices.DeleteFunc(slices.Sorted(maps.Keys(m)), func(key string) bool {
		return key < string(r.Start) || (r.End != nil && key >= string(r.End))
	})
	if r.Reverse {
		slices.Reverse(keys)
	}
	return keys
}

var (
	// Few and short keys of few bytes, so that they meet and neighbour each other.
	someKey   = rapid.SliceOfN(rapid.SampledFrom([]byte{0, 'a', 'b', 0xff}), 0, 3)
	someBound = rapid.OneOf(rapid.Just[[]byte](nil), someKey)
	someValue = rapid.SliceOfN(rapid.Byte(), 0, 4)
)

func testModel(t *testing.T, s store.Store) {
	rapid.Check(t, func(t *rapid.T) {
		err := s.Update(context.Background(), nil, func(w store.Writer) error { return w.DeleteRange(nil, nil) })
		if err != nil {
			t.Fatal(err)
		}
		m := model{}
		for range rapid.IntRange(1, 5).Draw(t, "updates") { // few: each waits for the disk
			m = modelUpdate(t, s, m)
			key := someKey.Draw(t, "get")
			modelGet(t, s.Get, m, key)
			if err := s.View(context.Background(), func(r store.Reader) error {
				modelGet(t, r.Get, m, key)
				modelScan(t, r, m)
				modelScan(t, r, m)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// modelUpdate runs one update, which may fail, and answers the state after it.
func modelUpdate(t *rapid.T, s store.Store, before model) model {
	after := maps.Clone(before)
	refused := errors.New("refused")
	fails := rapid.IntRange(0, 4).Draw(t, "fails") == 0
	err := s.Update(context.Background(), [][]byte{someKey.Draw(t, "lock"), someKey.Draw(t, "lock")}, func(w store.Writer) error {
		for range rapid.IntRange(0, 12).Draw(t, "steps") {
			if err := modelStep(t, w, after); err != nil {
				return err
			}
		}
		if fails {
			return refused
		}
		return nil
	})
	switch {
	case fails && errors.Is(err, refused):
		return before
	case fails || err != nil:
		t.Fatalf("Update = %v, although failing was %v", err, fails)
	}
	return after
}

func modelStep(t *rapid.T, w store.Writer, m model) error {
	switch rapid.IntRange(0, 5).Draw(t, "step") {
	case 0, 1:
		key, value := someKey.Draw(t, "set"), someValue.Draw(t, "value")
		m[string(key)] = string(value)
		return w.Set(key, value)
	case 2:
		key := someKey.Draw(t, "delete")
		delete(m, string(key))
		return w.Delete(key)
	case 3:
		start, end := someBound.Draw(t, "start"), someBound.Draw(t, "end")
		for _, key := range m.keys(store.Range{Start: start, End: end}) {
			delete(m, key)
		}
		return w.DeleteRange(start, end)
	case 4:
		modelGet(t, w.Get, m, someKey.Draw(t, "own get"))
	case 5:
		modelScan(t, w, m)
	}
	return nil
}

func modelGet(t *rapid.T, get func([]byte) ([]byte, error), m model, key []byte) {
	got, err := get(key)
	want, ok := m[string(key)]
	if ok && (err != nil || string(got) != want) || !ok && !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("Get(%q) = %q, %v; want %q, %v", key, got, err, want, ok)
	}
}

func modelScan(t *rapid.T, r store.Reader, m model) {
	over := store.Range{Start: someBound.Draw(t, "from"), End: someBound.Draw(t, "to"), Reverse: rapid.Bool().Draw(t, "reverse")}
	limit := rapid.IntRange(1, 8).Draw(t, "limit")
	want := m.keys(over)
	want = want[:min(limit, len(want))]
	var got []string
	err := r.Scan(over, func(key, value []byte) (bool, error) {
		if !bytes.Equal(value, []byte(m[string(key)])) {
			t.Fatalf("Scan gave %q = %q; want %q", key, value, m[string(key)])
		}
		got = append(got, string(key))
		return len(got) < limit, nil
	})
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("Scan(%s) = %q, %v; want %q", show(over), got, err, want)
	}
}
