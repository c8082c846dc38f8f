package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// figures are what was measured, by contender's name: of each round, or of each start.
type figures struct {
	names []string
	// cpu is microseconds of server CPU per request, by operation.
	cpu map[string]map[string][]float64
	// startup is milliseconds, memory megabytes (10^6 bytes) of an idle server.
	startup, memory map[string][]float64
}

// measure starts all contenders and measures them in turns.
func (p plan) measure(ctx context.Context, contenders []contender) (figures, error) {
	f := figures{cpu: map[string]map[string][]float64{}, startup: map[string][]float64{}, memory: map[string][]float64{}}
	for _, c := range contenders {
		f.names = append(f.names, c.name)
	}
	for range p.starts {
		for _, c := range contenders {
			if err := f.timeStart(ctx, c); err != nil {
				return f, err
			}
		}
	}
	running := map[string]*process{}
	defer func() {
		for _, server := range running {
			_ = server.stop() // the figures are had, or an error is
		}
	}()
	for i, c := range contenders {
		server, err := c.start(ctx)
		if err != nil {
			return f, err
		}
		running[c.name] = server
		if i > 0 { // the peer, which is the first, keeps no data
			if err := load(ctx, server.address); err != nil {
				return f, fmt.Errorf("%s: %w", c.name, err)
			}
		}
	}
	for _, o := range operations {
		f.cpu[o.name] = map[string][]float64{}
		for range p.rounds {
			for _, name := range f.names {
				s, err := p.sample(ctx, running[name], o)
				if err != nil {
					return f, fmt.Errorf("%s: %w", name, err)
				}
				f.cpu[o.name][name] = append(f.cpu[o.name][name], s.cpu)
			}
		}
	}
	return f, nil
}

// idleTime is how long a server is left alone before its memory is read.
const idleTime = 300 * time.Millisecond

func (f *figures) timeStart(ctx context.Context, c contender) error {
	server, err := c.start(ctx)
	if err != nil {
		return err
	}
	wait(ctx, idleTime)
	memory, err := server.memory()
	f.startup[c.name] = append(f.startup[c.name], float64(server.startup)/float64(time.Millisecond))
	f.memory[c.name] = append(f.memory[c.name], float64(memory)/1e6)
	return errors.Join(err, server.stop())
}

// load makes the table and its items.
func load(ctx context.Context, address string) error {
	c, err := dial(ctx, address)
	if err != nil {
		return err
	}
	err = c.call("CreateTable", []byte(createTable))
	for i := 0; err == nil && i < itemCount; i += 25 {
		err = c.call("BatchWriteItem", appendBatch(nil, i, i+25))
	}
	return errors.Join(err, c.close())
}

// sample is what a window of load tells of a server.
type sample struct {
	cpu    float64 // microseconds of the server's CPU per request
	rate   float64 // requests per second
	median float64 // microseconds from a request to its answer
}

// sample loads a server with one operation, as many requests at a time as there are connections.
func (p plan) sample(ctx context.Context, server *process, o operation) (sample, error) {
	var stopping, counting atomic.Bool
	var workers sync.WaitGroup
	failed := make([]error, p.connections)
	took := make([][]float64, p.connections)
	for i := range p.connections {
		workers.Go(func() {
			c, err := dial(ctx, server.address)
			if err != nil {
				failed[i] = err
				return
			}
			random := rand.New(rand.NewPCG(1, uint64(i)))
			var body []byte
			for !stopping.Load() && err == nil {
				body = o.body(body[:0], random)
				began := time.Now()
				if err = c.call(o.name, body); err == nil && counting.Load() {
					took[i] = append(took[i], float64(time.Since(began))/float64(time.Microsecond))
				}
			}
			failed[i] = errors.Join(err, c.close())
		})
	}
	wait(ctx, p.warmup)
	before, errBefore := server.cpu()
	began := time.Now()
	counting.Store(true)
	wait(ctx, p.window)
	counting.Store(false)
	window := time.Since(began)
	after, errAfter := server.cpu()
	stopping.Store(true)
	workers.Wait()
	if err := errors.Join(append(failed, errBefore, errAfter, ctx.Err())...); err != nil {
		return sample{}, err
	}
	all := slices.Concat(took...)
	if len(all) == 0 {
		return sample{}, fmt.Errorf("no %s was answered within %v", o.name, p.window)
	}
	return sample{
		cpu:  float64(after-before) / float64(time.Microsecond) / float64(len(all)),
		rate: float64(len(all)) / window.Seconds(), median: median(all),
	}, nil
}

// wait lets time pass, or less of it when ctx is done.
func wait(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
