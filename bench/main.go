// Command bench measures Brownout beside a bare net/http server in the same run, on the loopback
// interface: server CPU per request, time from start to the first answer, memory when idle.
//
//	make bench
//	make bench-proxies
//
// The second measures Brownout in front of an upstream beside other proxies.
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
	proxies     bool
}

// roles are what this command starts itself as; none: it measures.
type roles struct {
	peer                bool
	reverseProxy, nginx string
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
	flag.BoolVar(&p.proxies, "proxies", false, "measure what stands in front of an upstream: Brownout, Go's ReverseProxy, and nginx where it is installed")
	var be roles
	flag.BoolVar(&be.peer, "peer", false, "be the bare net/http server (this command starts itself so)")
	flag.StringVar(&be.reverseProxy, "reverse-proxy", "", "be Go's ReverseProxy in front of this URL (as well)")
	flag.StringVar(&be.nginx, "nginx", "", "become nginx in front of this URL (as well)")
	flag.Parse()
	if err := run(p, be); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(p plan, be roles) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	switch {
	case be.peer:
		return servePeer(ctx, os.Stdout)
	case be.reverseProxy != "":
		return serveReverseProxy(ctx, be.reverseProxy, os.Stdout)
	case be.nginx != "":
		return becomeNginx(be.nginx, os.Stdout)
	case p.brownout == "":
		return fmt.Errorf("name the binary with -brownout, or run 'make bench'")
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	bare := contender{"net/http", []string{self, "-peer"}}
	if p.proxies {
		figures, err := p.measureProxies(ctx, bare, func(upstream string) []contender { return proxies(self, p.brownout, upstream) })
		if err == nil {
			fmt.Print(figures.table())
		}
		return err
	}
	figures, err := p.measure(ctx, []contender{
		bare, {"Brownout", []string{p.brownout, "start", "--listen", "127.0.0.1:0", "--log-level", "error"}},
	})
	if err != nil {
		return err
	}
	fmt.Print(figures.table())
	return nil
}
