package journal_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/journal"
)

// still is a clock that moves only when told to.
type still struct {
	clock.Clock
	now time.Time
}

func (s *still) Now() time.Time { return s.now }

func TestWindows(t *testing.T) {
	t.Parallel()
	c := &still{now: now}
	j := journal.New(10, c)
	add := func(operation, region string, status int, took time.Duration, injected bool) {
		j.Add(&journal.Record{Service: "dynamodb", Operation: operation, Region: region, Status: status, Total: took, InjectedError: injected})
	}
	add("GetItem", "us-east-1", 200, 10*time.Millisecond, false)
	add("GetItem", "us-east-1", 503, 20*time.Millisecond, true)
	c.now = now.Add(1500 * time.Millisecond)
	add("GetItem", "eu-west-1", 400, 30*time.Millisecond, false)
	add("PutItem", "us-east-1", 0, time.Minute, true)

	check := func(name string, of journal.Series, from, to time.Duration, want string) {
		t.Helper()
		w := j.Rates().Window(of, now.Add(from), now.Add(to))
		got := fmt.Sprintf("%d calls, %d 4xx, %d 5xx, %d unanswered, %d injected, %d errors (%.0f%%), %.1f/s",
			w.Calls, w.ClientErrors, w.ServerErrors, w.Unanswered, w.Injected, w.Errors(), w.ErrorRate(), w.Rate())
		if got != want {
			t.Errorf("%s: %s\nwant %s", name, got, want)
		}
	}
	all := journal.Series{}
	check("all", all, 0, 2*time.Second, "4 calls, 1 4xx, 1 5xx, 1 unanswered, 2 injected, 3 errors (75%), 2.0/s")
	check("first second", all, 0, time.Second, "2 calls, 0 4xx, 1 5xx, 0 unanswered, 1 injected, 1 errors (50%), 2.0/s")
	check("rounded", all, 1200*time.Millisecond, 1600*time.Millisecond, "2 calls, 1 4xx, 0 5xx, 1 unanswered, 1 injected, 2 errors (100%), 3.3/s")
	check("region", journal.Series{Region: "us-east-1"}, 0, 2*time.Second, "3 calls, 0 4xx, 1 5xx, 1 unanswered, 2 injected, 2 errors (67%), 1.5/s")
	check("operation", journal.Series{Service: "dynamodb", Operation: "Put*"}, 0, 2*time.Second, "1 calls, 0 4xx, 0 5xx, 1 unanswered, 1 injected, 1 errors (100%), 0.5/s")
	check("nothing", journal.Series{Service: "s3"}, 0, 2*time.Second, "0 calls, 0 4xx, 0 5xx, 0 unanswered, 0 injected, 0 errors (0%), 0.0/s")
	check("before", all, -time.Hour, 0, "0 calls, 0 4xx, 0 5xx, 0 unanswered, 0 injected, 0 errors (0%), 0.0/s")

	// Advancing the clock moves what was counted into the past, and after two minutes out of sight.
	c.now = now.Add(time.Minute)
	add("GetItem", "us-east-1", 200, 0, false)
	check("since the move", all, 50*time.Second, 61*time.Second, "1 calls, 0 4xx, 0 5xx, 0 unanswered, 0 injected, 0 errors (0%), 0.1/s")
	c.now = now.Add(2 * time.Minute)
	add("GetItem", "us-east-1", 200, 0, false) // takes the place of the first second
	check("two minutes", journal.Series{Region: "us-east-1"}, -time.Hour, 121*time.Second, "3 calls, 0 4xx, 0 5xx, 1 unanswered, 1 injected, 1 errors (33%), 0.0/s")
	j.Reset()
	check("reset", all, 0, time.Hour, "0 calls, 0 4xx, 0 5xx, 0 unanswered, 0 injected, 0 errors (0%), 0.0/s")
	if totals := j.Totals(); len(totals) != 2 {
		t.Errorf("Reset must not touch Totals: %v", totals)
	}
}

func TestPercentiles(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for name, draw := range map[string]func() time.Duration{
		"uniform":     func() time.Duration { return time.Duration(random.Int64N(int64(time.Second))) },
		"exponential": func() time.Duration { return time.Duration(random.ExpFloat64() * float64(20*time.Millisecond)) },
		"two humps": func() time.Duration {
			if random.Float64() < 0.03 {
				return 30 * time.Second
			}
			return 2 * time.Millisecond
		},
	} {
		j := journal.New(1, &still{now: now})
		var took []time.Duration
		for range 20_000 {
			d := draw()
			took = append(took, d)
			j.Add(&journal.Record{Service: "s3", Total: d})
		}
		slices.Sort(took)
		w := j.Rates().Window(journal.Series{}, now, now.Add(time.Second))
		for _, p := range []float64{0, 1, 50, 90, 95, 99, 99.9, 100} {
			exact := took[max(0, int(math.Ceil(p/100*float64(len(took))))-1)]
			got := w.Percentile(p)
			if off := (got - exact).Abs(); off > exact/8+66*time.Microsecond {
				t.Errorf("%s: p%v is %v, exactly %v", name, p, got, exact)
			}
		}
		if w.Max() != took[len(took)-1] || w.Percentile(100) != w.Max() {
			t.Errorf("%s: max %v, want %v", name, w.Max(), took[len(took)-1])
		}
	}
	j := journal.New(1, &still{now: now})
	for _, d := range []time.Duration{-time.Second, 0, 10 * time.Minute} {
		j.Add(&journal.Record{Total: d})
	}
	if w := j.Rates().Window(journal.Series{}, now, now); w.Calls != 0 {
		t.Errorf("an empty window has %d calls", w.Calls)
	}
	w := j.Rates().Window(journal.Series{}, now, now.Add(1))
	if w.Calls != 3 || w.Percentile(100) != 10*time.Minute {
		t.Errorf("%d calls, p100 %v", w.Calls, w.Percentile(100))
	}
	if empty := (&journal.Window{}); empty.Percentile(99) != 0 || empty.ErrorRate() != 0 || empty.Rate() != 0 {
		t.Error("a window without calls has numbers")
	}
}

// Whatever names a client makes up, series stay bounded, and no call goes uncounted.
func TestSeriesAreBounded(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	c := &still{now: now}
	j := journal.New(1, c)
	for i := range 20_000 {
		j.Add(&journal.Record{Service: "dynamodb", Operation: "GetItem", Region: fmt.Sprintf("made-up-%d", i), Status: 200})
	}
	rest := j.Rates().Window(journal.Series{Service: journal.Other}, now, now.Add(time.Second))
	all := j.Rates().Window(journal.Series{}, now, now.Add(time.Second))
	if all.Calls != 20_000 || rest.Calls != 20_000-500 {
		t.Errorf("%d calls, %d of them in the rest", all.Calls, rest.Calls)
	}
	if totals := j.Totals(); len(totals) != 1 || totals[0].Codes[0] != (journal.Count{Name: "OK", N: 20_000}) {
		t.Errorf("totals: %+v", totals)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 2<<20 {
		t.Errorf("%d bytes for one second of 500 series", grown)
	}
	// Series without calls for two minutes make room.
	c.now = now.Add(3 * time.Minute)
	for i := range 100 {
		j.Add(&journal.Record{Service: "dynamodb", Operation: "GetItem", Region: fmt.Sprintf("later-%d", i), Status: 200})
	}
	if w := j.Rates().Window(journal.Series{Region: "later-*"}, c.now, c.now.Add(time.Second)); w.Calls != 100 {
		t.Errorf("%d calls in the new series, want 100", w.Calls)
	}
	runtime.KeepAlive(j)
}
