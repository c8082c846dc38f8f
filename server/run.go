package server

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/brownoutdev/brownout/gateway"
)

// Run serves until ctx is done; then it takes no new calls, lets those in flight end (DrainTime at
// most), and closes everything. It returns nil after a clean end.
func (s *Server) Run(ctx context.Context) error {
	working, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	var work sync.WaitGroup
	failed := make(chan error, len(s.parts.background)+1)
	for _, run := range s.parts.background {
		work.Go(func() {
			if err := run(working); err != nil && working.Err() == nil {
				failed <- err
			}
		})
	}
	err := s.awaitReady(ctx, failed)
	if err == nil && ctx.Err() == nil {
		err = s.serve(ctx, failed)
	}
	s.endExperiments(ctx)
	stopWork()
	work.Wait()
	return errors.Join(err, s.Close())
}

// EndTime is how long experiments may take to be undone when a server stops that keeps no data.
const EndTime = 30 * time.Second

// endExperiments stops what nobody would resume: what experiments did to others is undone.
func (s *Server) endExperiments(ctx context.Context) {
	if s.config.Data != "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), EndTime)
	defer cancel()
	if err := s.parts.end(ctx); err != nil {
		s.config.Log.Warn("Experiments could not be ended; what they did to other services may still be in effect.", "error", err)
	}
}

// awaitReady waits until what runs in the background has taken up what the last run left. Clients that
// come earlier wait in the listener's queue.
func (s *Server) awaitReady(ctx context.Context, failed <-chan error) error {
	for _, ready := range s.parts.ready {
		select {
		case <-ready:
		case err := <-failed:
			return err
		case <-ctx.Done():
			return nil
		}
	}
	return nil
}

func (s *Server) serve(ctx context.Context, failed chan error) (err error) {
	serving := make(chan struct{})
	go func() {
		defer close(serving)
		if err := s.http.Serve(gateway.FollowFraming(s.http, s.listener)); !errors.Is(err, http.ErrServerClosed) {
			failed <- err
		}
	}()
	select {
	case <-ctx.Done():
	case <-s.stopped:
	case err = <-failed:
	}
	s.drain(ctx)
	<-serving
	return err
}

// drain lets calls in flight end, and cuts off those that take longer than DrainTime.
func (s *Server) drain(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), DrainTime)
	defer cancel()
	s.silent.close()
	if err := s.http.Shutdown(ctx); err != nil {
		s.config.Log.Warn("Some calls were still in flight and were cut off.", "waited", DrainTime)
		_ = s.http.Close() // it only says again that connections were open
	}
	s.gateway.Close()
}

// silent is the connections on which nothing has come yet: HTTP clients open some in advance, and
// http.Server.Shutdown would wait five seconds for each to speak.
type silent struct {
	mutex       sync.Mutex
	connections map[net.Conn]struct{}
	count       atomic.Int64 // of connections: spares the calls on all others the mutex
	closed      bool
}

// follow is an http.Server's ConnState.
func (c *silent) follow(connection net.Conn, state http.ConnState) {
	if state != http.StateNew && c.count.Load() == 0 {
		return
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	switch {
	case state != http.StateNew:
		delete(c.connections, connection)
	case c.closed:
		_ = connection.Close() // it has carried nothing
	default:
		if c.connections == nil {
			c.connections = map[net.Conn]struct{}{}
		}
		c.connections[connection] = struct{}{}
	}
	c.count.Store(int64(len(c.connections)))
}

func (c *silent) close() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.closed = true
	for connection := range c.connections {
		_ = connection.Close() // it has carried nothing
	}
}
