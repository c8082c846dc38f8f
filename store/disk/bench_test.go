package disk_test

import (
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"

	"github.com/brownoutdev/brownout/store"
	"github.com/brownoutdev/brownout/store/disk"
)

// BenchmarkUpdate waits for the disk each time; with many writers one sync serves several.
func BenchmarkUpdate(b *testing.B) {
	for _, writers := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			s := open(b, b.TempDir())
			value := make([]byte, 1024)
			var n atomic.Int64
			b.SetParallelism((writers + 1) / 2) // times GOMAXPROCS, which is 2 where the figures come from
			if writers == 1 {
				for b.Loop() {
					put(b, s, n.Add(1), value)
				}
				return
			}
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					put(b, s, n.Add(1), value)
				}
			})
		})
	}
}

func put(b *testing.B, s store.Store, n int64, value []byte) {
	key := fmt.Appendf(nil, "%012d", n)
	if err := s.Update(b.Context(), [][]byte{key}, func(w store.Writer) error { return w.Set(key, value) }); err != nil {
		b.Error(err)
	}
}

// BenchmarkOpen opens a folder that holds a little, and closes it.
func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	if err := open(b, dir).Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s, err := disk.Open(dir, slog.New(slog.DiscardHandler))
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
