package main

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// The test binary is its own peer, as the command is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == "-peer" || os.Args[1] == "-reverse-proxy") {
		be := roles{peer: os.Args[1] == "-peer"}
		if !be.peer {
			be.reverseProxy = os.Args[2]
		}
		if err := run(plan{}, be); err != nil {
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// Every body is JSON that the peer reads to its end: else the two would not do the same work.
func TestRequestsAreJSON(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for _, o := range operations {
		body := o.body(nil, random)
		if err := json.Unmarshal(body, new(peerRequest)); err != nil {
			t.Errorf("%s: %v in %s", o.name, err, body)
		}
	}
	for name, body := range map[string][]byte{"CreateTable": []byte(createTable), "BatchWriteItem": appendBatch(nil, 25, 50)} {
		if !json.Valid(body) {
			t.Errorf("%s: %s", name, body)
		}
	}
	if size := len(appendItem(nil, 0)); size < 1024 || size > 1200 {
		t.Errorf("an item has %d bytes", size)
	}
}

// A short run of everything, with a second peer in Brownout's place.
func TestMeasure(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Log("CPU time and memory are read from Linux's /proc")
		return
	}
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := plan{rounds: 2, window: 50 * time.Millisecond, warmup: 10 * time.Millisecond, connections: 2, starts: 1}
	f, err := p.measure(t.Context(), []contender{{"net/http", []string{self, "-peer"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range operations {
		if rounds := f.cpu[o.name]["net/http"]; len(rounds) != 2 {
			t.Errorf("%s: %v", o.name, rounds)
		}
	}
	if text := f.table(); strings.Count(text, "\n") != 2+len(operations)+2 || !strings.Contains(text, "GetItem, 1 KB") {
		t.Errorf("the table is\n%s", text)
	}
}

// A short run through a proxy, with Go's own in Brownout's place.
func TestMeasureProxies(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Log("CPU time is read from Linux's /proc")
		return
	}
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := plan{rounds: 2, window: 50 * time.Millisecond, warmup: 10 * time.Millisecond, connections: 2}
	f, err := p.measureProxies(t.Context(), contender{"net/http", []string{self, "-peer"}}, func(upstream string) []contender {
		return []contender{{"one", []string{self, "-reverse-proxy", upstream}}, {"other", []string{self, "-reverse-proxy", upstream}}}
	})
	if err != nil {
		t.Fatal(err)
	}
	if text := f.table(); strings.Count(text, "\n") != 5 || !strings.Contains(text, "| one | other | Brownout to other") {
		t.Errorf("the table is\n%s", text)
	}
}

func TestMedian(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		values []float64
		want   float64
	}{{[]float64{3, 1, 2}, 2}, {[]float64{4, 1, 2, 3}, 2.5}, {[]float64{7}, 7}} {
		if got := median(c.values); got != c.want {
			t.Errorf("median of %v is %v, want %v", c.values, got, c.want)
		}
	}
}

// The load stays on this machine.
func TestLoopbackOnly(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"192.0.2.1:80", "example.com:80", "0.0.0.0:80"} {
		if _, err := dial(t.Context(), address); err == nil || !strings.Contains(err.Error(), "not a loopback address") {
			t.Errorf("%s: %v", address, err)
		}
	}
}
