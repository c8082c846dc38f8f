package server

import (
	"errors"
	"log/slog"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/identity"
	"github.com/brownoutdev/brownout/internal/random"
	"github.com/brownoutdev/brownout/store/memory"
)

// Served is what Brownout answers itself: the names of the operations, in order, by service. It puts
// the parts together in memory, as a server does, and takes them apart again.
func Served() (served map[string][]string, err error) {
	s := &Server{config: Config{Log: slog.New(slog.DiscardHandler)}, clock: clock.NewMovable(), store: memory.New()}
	s.rules = fault.NewRules(s.clock, 0)
	s.identities = identity.NewDirectory(s.clock)
	parts, err := s.build(random.New())
	if err != nil {
		return nil, errors.Join(err, s.store.Close())
	}
	served = make(map[string][]string, len(parts.services))
	for _, service := range parts.services {
		served[service.Name] = service.Operations()
	}
	return served, errors.Join(parts.close(), s.store.Close())
}
