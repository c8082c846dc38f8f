// Command bench measures Brownout beside a bare net/http server in the same run, on the loopback
// interface: server CPU per request, time from start to the first answer, memory when idle.
//
//	make bench
//
// Absolute numbers depend on the machine and on who else uses it. The ratios depend on them much
// less: both servers are measured in turns, and a ratio is that of two measurements side by side. The
// median of several rounds counts. It needs Linux, whose /proc tells CPU time and memory.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

// plan is what to measure.
type plan struct {
	brownout    string // path of the binary
	rounds      int
	window      time.Duration // measured time of one operation, server and round
	warmup      time.Duration
	connections int
	starts      int // how often the start is timed
}

// limit ends a run that hangs.
const limit = 2 * time.Minute

func main() {
	var p plan
	flag.StringVar(&p.brownout, "brownout", "", "path of the binary to measure")
	flag.IntVar(&p.rounds, "rounds", 5, "how often to measure each server in turn")
	flag.DurationVar(&p.window, "window", 1500*time.Millisecond, "how long to measure each time")
	flag.DurationVar(&p.warmup, "warmup", 300*time.Millisecond, "how long to load a server before that")
	flag.IntVar(&p.connections, "connections", 16, "how many connections wait for answers at the same time")
	flag.IntVar(&p.starts, "starts", 9, "how often to start each server")
	asPeer := flag.Bool("peer", false, "be the bare net/http server (this command starts itself so)")
	flag.Parse()
	if err := run(p, *asPeer); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(p plan, asPeer bool) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if asPeer {
		return servePeer(ctx, os.Stdout)
	}
	if p.brownout == "" {
		return fmt.Errorf("name the binary with -brownout, or run 'make bench'")
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	figures, err := p.measure(ctx, []contender{
		{"net/http", []string{self, "-peer"}},
		{"Brownout", []string{p.brownout, "start", "--listen", "127.0.0.1:0", "--log-level", "error"}},
	})
	if err != nil {
		return err
	}
	fmt.Print(figures.table())
	return nil
}
