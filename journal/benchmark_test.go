package journal_test

import (
	"testing"
	"time"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/journal"
)

func plain() journal.Record {
	return journal.Record{
		At: time.Now(), ID: "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ", Service: "dynamodb", Operation: "GetItem",
		Region: "us-east-1", Account: "000000000000", AccessKey: "AKIAIOSFODNN7EXAMPLE", Status: 200,
		InvocationID: "a2b1c0de-0000-4000-8000-000000000001", Attempt: 1, BytesIn: 100, BytesOut: 1100, Total: 50 * time.Microsecond,
	}
}

func BenchmarkAdd(b *testing.B) {
	for name, record := range map[string]journal.Record{"plain": plain(), "faulted": full()} {
		b.Run(name, func(b *testing.B) {
			j := journal.New(0, clock.NewMovable())
			for range journal.DefaultSize {
				j.Add(&record)
			}
			b.ReportAllocs()
			for b.Loop() {
				j.Add(&record)
			}
		})
	}
}

func BenchmarkAddParallel(b *testing.B) {
	j := journal.New(0, clock.NewMovable())
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		record := plain()
		for pb.Next() {
			j.Add(&record)
		}
	})
}

func BenchmarkAddFollowed(b *testing.B) {
	j := journal.New(0, clock.NewMovable())
	f := j.Follow(journal.Filter{})
	defer f.Close()
	go func() {
		for {
			if _, _, err := f.Next(b.Context()); err != nil {
				return
			}
		}
	}()
	record := plain()
	for b.Loop() {
		j.Add(&record)
	}
}

func BenchmarkCalls(b *testing.B) {
	j := journal.New(0, clock.NewMovable())
	record := plain()
	for range journal.DefaultSize {
		j.Add(&record)
	}
	b.Run("all", func(b *testing.B) {
		for b.Loop() {
			j.Calls(journal.Filter{})
		}
	})
	b.Run("none of all", func(b *testing.B) {
		for b.Loop() {
			j.Calls(journal.Filter{Owner: "*"})
		}
	})
}

func BenchmarkWindow(b *testing.B) {
	c := clock.NewMovable()
	j := journal.New(0, c)
	record := plain()
	for range 60 {
		j.Add(&record)
		c.Advance(time.Second)
	}
	for b.Loop() {
		to := c.Now()
		w := j.Rates().Window(journal.Series{Service: "dynamodb"}, to.Add(-10*time.Second), to)
		_ = w.Percentile(99)
	}
}
