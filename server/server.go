// Package server is the one room where all parts meet: New opens the data and the port, Run serves
// until it is told to stop, Close gives everything back.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/control"
	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/gateway"
	"github.com/brownoutdev/brownout/identity"
	"github.com/brownoutdev/brownout/internal/random"
	"github.com/brownoutdev/brownout/journal"
	"github.com/brownoutdev/brownout/services/fis"
	"github.com/brownoutdev/brownout/store"
	"github.com/brownoutdev/brownout/store/disk"
	"github.com/brownoutdev/brownout/store/memory"
	"github.com/brownoutdev/brownout/upstream"
)

// DefaultListen is where Brownout listens, and its clients look for it, unless told otherwise: LocalStack's port.
const DefaultListen = "127.0.0.1:4566"

// DrainTime is how long calls in flight may go on after the server was told to stop.
const DrainTime = 5 * time.Second

// Config is what a server needs to know. The zero value listens on DefaultListen and keeps its data in memory.
type Config struct {
	// Listen is "HOST:PORT"; port 0 picks a free one.
	Listen string
	// Data is the folder that keeps everything; empty: memory.
	Data string
	// Seed decides all draws of the fault rules that bring no seed of their own.
	Seed uint64
	// Log gets a line per call and what else is worth knowing; nil: nothing is logged.
	Log *slog.Logger
	// CORSOrigins and AllowedHosts are let in besides the usual ones: see gateway.Admission.
	CORSOrigins, AllowedHosts []string
	// Version is what health and status show.
	Version string
	// Token is what whoever steers the server has to show: see control.Guard. Empty: nobody has to.
	Token string
	// InsecureListen lets a server without a token listen where other machines can reach it.
	InsecureListen bool
	// Rules are in force from the start, and after each reset.
	Rules []fault.Rule
	// RulesFile holds rules that are in force from the start and read again by ReloadRules; empty: none.
	RulesFile string
	// ClassicDynamoDB gives DynamoDB's validation texts in the words from before June 2026.
	ClassicDynamoDB bool
	// EnforceDynamoDB throttles DynamoDB tables that use more than their capacity.
	EnforceDynamoDB bool
	// Upstreams are where calls go that are not answered here: a service's name to the URL that gets its
	// calls, "" to the URL that gets all others. FIS is always answered here.
	Upstreams map[string]string
	// UpstreamHosts are further addresses under which upstreams name themselves in answers: see upstream.Config.
	UpstreamHosts []string
	// UpstreamTimeout is how long an upstream may take to begin its answer; 0: as long as the client waits.
	UpstreamTimeout time.Duration
	// UpstreamCA is a file of certificates that https upstreams may be signed by: see upstream.Config.
	UpstreamCA string
	// Serve names the services that are answered here although there is an upstream for all.
	Serve []string
	// StrictAuth takes only calls that are signed as AWS demands it, with a credential of Credentials (access key
	// to secret), of IAM's or of STS's. It is about calls that are answered here, not about upstreams'.
	StrictAuth  bool
	Credentials map[string]string
	// Identities say who is behind access keys, whatever is learnt of them.
	Identities []identity.Principal
	// FISStrict lets FIS take only what AWS takes.
	FISStrict bool
	// FISQuotas are FIS's quotas that are not AWS's.
	FISQuotas fis.Quotas
}

// PortInUseError says that another process listens on the address already.
type PortInUseError struct{ Address string }

// Error implements error.
func (e *PortInUseError) Error() string { return "address " + e.Address + " is in use" }

// Server is a running Brownout. Several may run in one process.
type Server struct {
	config   Config
	listener net.Listener
	http     *http.Server
	gateway  *gateway.Gateway
	store    store.Store
	clock    *clock.Movable
	rules    *fault.Rules
	// identities knows who is behind access keys.
	identities *identity.Directory
	upstreams  *upstream.Upstreams // nil: there are none
	journal    *journal.Journal
	parts      parts
	started    time.Time // real time
	silent     silent
	close      func() error
	stopped    chan struct{} // closed when Stop is called
	stop       func()
	// ruling is held while the rules of Config and RulesFile are put.
	ruling sync.Mutex
	file   []fault.Rule // as last read from RulesFile
}

// New opens the data and the port. Calls are answered once Run has been called. The errors that a
// user can mend are *PortInUseError, *ReachError, *RulesFileError, *UpstreamError, *disk.InUseError and *disk.FormatError.
func New(ctx context.Context, c Config) (*Server, error) {
	if c.Listen == "" {
		c.Listen = DefaultListen
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{config: c, clock: clock.NewMovable(), started: clock.Real{}.Now()}
	s.rules = fault.NewRules(s.clock, c.Seed)
	s.identities = identity.NewDirectory(s.clock)
	for _, p := range c.Identities {
		s.identities.Say(p)
	}
	s.journal = journal.New(journal.DefaultSize, s.clock)
	s.close = sync.OnceValue(s.release)
	s.stopped = make(chan struct{})
	s.stop = sync.OnceFunc(func() { close(s.stopped) })
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Server) open(ctx context.Context) (err error) {
	if s.listener, err = listen(ctx, s.config.Listen); err != nil {
		return err
	}
	if err = s.config.checkReach(s.listener.Addr()); err != nil {
		return err
	}
	ids := random.New()
	if err = s.openUpstreams(ids); err != nil {
		return err
	}
	if s.store, err = openStore(s.config); err != nil {
		return err
	}
	if s.parts, err = s.build(ids); err != nil {
		return err
	}
	host, _, err := net.SplitHostPort(s.config.Listen)
	if err != nil {
		return err
	}
	if err = s.route(); err != nil {
		return err
	}
	if err = s.startRules(); err != nil {
		return err
	}
	stopping := make(chan struct{})
	guard := control.Guard{Token: s.config.Token}
	config := gateway.Config{
		Services: s.parts.services, Rules: s.rules, Identities: s.identities, Credentials: s.credentials(), Clock: s.clock, IDs: ids, Log: s.config.Log, Journal: s.journal,
		Control: control.New(control.Config{
			Health: s.health, Journal: s.journal, Clock: s.clock, Stopping: stopping,
			Rules: s.rules, ExperimentLog: s.parts.experimentLog, Resets: s.resets(), ResetService: s.resetService, ResetUpstream: s.resetUpstream, Stop: s.stop, SessionID: ids.UUID(), Guard: guard,
			Upstreams: s.Upstreams,
		}),
		Guard: guard.Func(),
		Admit: gateway.Admission{ListenHost: host, Origins: s.config.CORSOrigins, Hosts: s.config.AllowedHosts},
	}
	if s.upstreams != nil {
		config.Upstream = s.upstreams // never a nil *Upstreams inside the interface
	}
	s.gateway = gateway.New(config)
	s.http = &http.Server{
		Handler:           s.gateway,
		ReadHeaderTimeout: time.Minute,
		ErrorLog:          slog.NewLogLogger(s.config.Log.Handler(), slog.LevelDebug),
		Protocols:         new(http.Protocols),
		ConnState:         s.silent.follow,
	}
	s.http.RegisterOnShutdown(sync.OnceFunc(func() { close(stopping) }))
	s.http.Protocols.SetHTTP1(true)
	s.http.Protocols.SetUnencryptedHTTP2(true)
	return nil
}

func listen(ctx context.Context, address string) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	const windows = syscall.Errno(10048) // WSAEADDRINUSE, which syscall.EADDRINUSE is not
	if errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, windows) {
		return nil, &PortInUseError{address}
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	return listener, nil
}

func openStore(c Config) (store.Store, error) {
	if c.Data == "" {
		return memory.New(), nil
	}
	s, err := disk.Open(c.Data, c.Log)
	if err != nil {
		return nil, err // never a nil *disk.Store inside the interface
	}
	return s, nil
}

// URL is where the server answers, as clients on this machine reach it: "http://127.0.0.1:4566".
func (s *Server) URL() string {
	host, port, err := net.SplitHostPort(s.listener.Addr().String())
	if err != nil {
		return "http://" + s.listener.Addr().String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// Clock is the server's movable clock.
func (s *Server) Clock() *clock.Movable { return s.clock }

// Rules are the fault rules in force.
func (s *Server) Rules() *fault.Rules { return s.rules }

// Journal is what happened to recent calls.
func (s *Server) Journal() *journal.Journal { return s.journal }

// Close gives back the port and the data. Run does so itself; it is for servers that never ran.
func (s *Server) Close() error { return s.close() }

func (s *Server) release() error {
	var errs []error
	if s.upstreams != nil {
		s.upstreams.Close()
	}
	if s.listener != nil {
		if err := s.listener.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	if s.parts.close != nil {
		errs = append(errs, s.parts.close())
	}
	if s.store != nil {
		errs = append(errs, s.store.Close())
	}
	return errors.Join(errs...)
}

func (s *Server) health() control.Health {
	states := make(map[string]string, len(s.parts.services))
	for _, service := range s.parts.services {
		states[service.Name] = "running"
	}
	data := s.config.Data
	if data == "" {
		data = "memory"
	}
	return control.Health{
		Status: "ok", Version: s.config.Version, URL: s.URL(),
		UptimeSeconds: clock.Real{}.Now().Sub(s.started).Seconds(), Clock: s.clock.Now().UTC(),
		Seed: strconv.FormatUint(s.config.Seed, 10), Services: states,
		Rules: len(s.rules.List()), Calls: s.gateway.Calls(), Data: data,
		Upstreams: control.UpstreamsOf(s.Upstreams()),
	}
}
