// Package demo plays Brownout's first story by itself: against a server of its own, with a client of
// its own, checking that each step does what it says.
package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/internal/random"
	"github.com/brownoutdev/brownout/server"
)

// Limit is how long the whole story may take.
const Limit = 15 * time.Second

// Run plays the story and shows every event as it happens. ok is whether every step did what it says;
// err is why the story could not be played at all.
func Run(ctx context.Context, version string, show func(Event)) (ok bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, Limit)
	defer cancel()
	lines := &logLines{}
	s, err := server.New(ctx, server.Config{Listen: "127.0.0.1:0", Seed: 1, Log: slog.New(lines), Version: version})
	if err != nil {
		return false, err
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() { ended <- s.Run(serving) }()

	// No proxy: the calls are for this machine.
	transport := &http.Transport{}
	st := &story{
		lines:  lines,
		show:   show,
		client: &client{endpoint: s.URL(), clock: clock.Real{}, ids: random.New(), transport: transport},
	}
	st.client.show = st.event
	show(Event{Event: "server", URL: s.URL()})
	ok, err = st.play(ctx)
	transport.CloseIdleConnections()
	stop()
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("the story took longer than %v: %w", Limit, err)
	}
	return ok, errors.Join(err, <-ended)
}
