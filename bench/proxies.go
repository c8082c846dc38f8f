package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
)

// proxyFigures are what was measured of servers in front of one upstream, by contender's name, round by
// round. The first contender is the upstream itself, called directly.
type proxyFigures struct {
	names []string
	// cpu and rate are with plan.connections, latency with one.
	cpu, rate, latency map[string][]float64
}

// proxies are those that stand in front of the upstream at this URL. nginx is measured where it is installed.
func proxies(self, brownout, upstream string) []contender {
	all := []contender{
		{"Brownout", []string{brownout, "start", "--listen", "127.0.0.1:0", "--log-level", "error", "--upstream", upstream}},
		{"httputil.ReverseProxy", []string{self, "-reverse-proxy", upstream}},
	}
	if _, err := exec.LookPath("nginx"); err == nil {
		all = append(all, contender{"nginx", []string{self, "-nginx", upstream}})
	}
	return all
}

// measureProxies measures the upstream and all that stand in front of it in turns.
func (p plan) measureProxies(ctx context.Context, upstream contender, before func(url string) []contender) (f proxyFigures, err error) {
	f = proxyFigures{cpu: map[string][]float64{}, rate: map[string][]float64{}, latency: map[string][]float64{}}
	var running []*process
	defer func() {
		for _, server := range running {
			err = errors.Join(err, server.stop())
		}
	}()
	direct, err := upstream.start(ctx)
	if err != nil {
		return f, err
	}
	running, f.names = append(running, direct), append(f.names, upstream.name)
	for _, c := range before("http://" + direct.address) {
		server, err := c.start(ctx)
		if err != nil {
			return f, err
		}
		running, f.names = append(running, server), append(f.names, c.name)
	}
	alone := p
	alone.connections = 1
	for range p.rounds {
		for i, server := range running {
			many, err := p.sample(ctx, server, operations[0])
			if err != nil {
				return f, fmt.Errorf("%s: %w", f.names[i], err)
			}
			one, err := alone.sample(ctx, server, operations[0])
			if err != nil {
				return f, fmt.Errorf("%s: %w", f.names[i], err)
			}
			f.cpu[f.names[i]] = append(f.cpu[f.names[i]], many.cpu)
			f.rate[f.names[i]] = append(f.rate[f.names[i]], many.rate)
			f.latency[f.names[i]] = append(f.latency[f.names[i]], one.median)
		}
	}
	return f, nil
}

// table is the figures as Markdown. Ratios are to the proxy that is the last, round by round.
func (f proxyFigures) table() string {
	direct, peer := f.names[0], f.names[len(f.names)-1]
	proxies := f.names[1:]
	var text strings.Builder
	fmt.Fprintf(&text, "| GetItem, 1 KB, through | %s | Brownout to %s [least, greatest] |\n|---|%s---|\n",
		strings.Join(proxies, " | "), peer, strings.Repeat("---|", len(proxies)))
	row := func(name, form string, values map[string][]float64) {
		fmt.Fprintf(&text, "| %s |", name)
		for _, proxy := range proxies {
			fmt.Fprintf(&text, " "+form+" |", median(values[proxy]))
		}
		all := ratios(values[proxies[0]], values[peer])
		fmt.Fprintf(&text, " **%.2f** [%.2f, %.2f] |\n", median(all), slices.Min(all), slices.Max(all))
	}
	added, share := map[string][]float64{}, map[string][]float64{}
	for _, proxy := range proxies {
		share[proxy] = ratios(f.rate[proxy], f.rate[direct])
		for i, took := range f.latency[proxy] {
			added[proxy] = append(added[proxy], took-f.latency[direct][i])
		}
	}
	row("added to the median at 1 connection, µs", "%.0f", added)
	row("CPU of the proxy per call at 16 connections, µs", "%.1f", f.cpu)
	row("calls per second at 16 connections, as a share of those without it", "%.2f", share)
	return text.String()
}
