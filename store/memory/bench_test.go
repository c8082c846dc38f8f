package memory_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/brownoutdev/brownout/store"
	"github.com/brownoutdev/brownout/store/memory"
)

const benchKeys = 100_000

var benchValue = make([]byte, 1024)

func benchKey(i int) []byte { return fmt.Appendf(nil, "table/Students/%08d", i%benchKeys) }

func filled(b *testing.B) (store.Store, [][]byte) {
	s := memory.New()
	keys := make([][]byte, benchKeys)
	for i := range keys {
		keys[i] = benchKey(i * 7919)
		if err := s.Update(b.Context(), nil, func(w store.Writer) error { return w.Set(keys[i], benchValue) }); err != nil {
			b.Fatal(err)
		}
	}
	return s, keys
}

func BenchmarkGet(b *testing.B) {
	s, keys := filled(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := s.Get(keys[i%benchKeys]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGetParallel(b *testing.B) {
	s, keys := filled(b)
	b.ReportAllocs()
	b.ResetTimer() // unlike b.Loop, RunParallel would count the filling
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			if _, err := s.Get(keys[i%benchKeys]); err != nil {
				b.Error(err)
			}
		}
	})
}

func getAndSet(ctx context.Context, s store.Store, key []byte) error {
	return s.Update(ctx, [][]byte{key}, func(w store.Writer) error {
		if _, err := w.Get(key); err != nil {
			return err
		}
		return w.Set(key, benchValue)
	})
}

func BenchmarkUpdate(b *testing.B) {
	s, keys := filled(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if err := getAndSet(b.Context(), s, keys[i%benchKeys]); err != nil {
			b.Fatal(err)
		}
	}
}

func scan100(ctx context.Context, s store.Store, start []byte) error {
	return s.View(ctx, func(r store.Reader) error {
		n := 0
		return r.Scan(store.Range{Start: start}, func(_, _ []byte) (bool, error) {
			n++
			return n < 100, nil
		})
	})
}

func BenchmarkScan100(b *testing.B) {
	s, keys := filled(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if err := scan100(b.Context(), s, keys[i%benchKeys]); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkScan100WithSets is a view after each write: the worst case for copy-on-write.
func BenchmarkScan100WithSets(b *testing.B) {
	s, keys := filled(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if err := scan100(b.Context(), s, keys[i%benchKeys]); err != nil {
			b.Fatal(err)
		}
		if err := getAndSet(b.Context(), s, keys[(i*31)%benchKeys]); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkMixedParallel is one goroutine in two scanning, the others writing.
func BenchmarkMixedParallel(b *testing.B) {
	s, keys := filled(b)
	var goroutine atomic.Int64
	b.ReportAllocs()
	b.ResetTimer() // unlike b.Loop, RunParallel would count the filling
	b.RunParallel(func(pb *testing.PB) {
		scans := goroutine.Add(1)%2 == 0
		for i := 0; pb.Next(); i++ {
			var err error
			if key := keys[(i*31)%benchKeys]; scans {
				err = scan100(context.Background(), s, key)
			} else {
				err = getAndSet(context.Background(), s, key)
			}
			if err != nil {
				b.Error(err)
			}
		}
	})
}
