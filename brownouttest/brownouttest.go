// Package brownouttest starts a whole Brownout server inside a Go test.
//
//	func TestOrdersSurviveThrottling(t *testing.T) {
//		srv := brownouttest.Start(t)
//		db := dynamodb.NewFromConfig(config, func(o *dynamodb.Options) { o.BaseEndpoint = &srv.URL })
//
//		srv.AddRule(fault.Rule{
//			Match:  fault.Match{Service: fault.Patterns{"dynamodb"}, Operation: fault.Patterns{"PutItem"}},
//			Effect: fault.ErrorWith("ThrottlingException", 400, "Rate exceeded"),
//		})
//		// ... what does your code do now? ...
//		srv.RemoveRules()
//	}
//
// Servers share nothing: each test, parallel or not, can have its own.
package brownouttest

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/journal"
	"github.com/brownoutdev/brownout/server"
	"github.com/brownoutdev/brownout/services/fis"
)

// Owner is the owner of rules that bring none.
const Owner = "test"

// Server is a running server. It ends with the test that started it.
type Server struct {
	// URL is where it answers: "http://127.0.0.1:PORT".
	URL string
	// Clock is the server's: Advance lets experiments, ends of rules and the like come sooner. It
	// moves neither injected delays nor how long calls take.
	Clock *clock.Movable

	t       testing.TB
	rules   *fault.Rules
	journal *journal.Journal

	mutex  sync.Mutex
	owners []string // of the rules that AddRule added
	added  int
}

// Option changes how a server is started.
type Option func(*options)

type options struct {
	config server.Config
}

// WithData keeps the server's data in a folder, so that a second server, started after the first has
// ended, finds it there.
func WithData(dir string) Option { return func(o *options) { o.config.Data = dir } }

// WithSeed decides the draws of all rules that bring no seed of their own. It is 1 unless said otherwise.
func WithSeed(seed uint64) Option { return func(o *options) { o.config.Seed = seed } }

// WithCredentials takes only calls that are signed with one of these credentials (access key to secret), of
// IAM's, or of STS's: see "brownout start --auth strict".
func WithCredentials(credentials map[string]string) Option {
	return func(o *options) { o.config.StrictAuth, o.config.Credentials = true, credentials }
}

// WithLog sends the server's log elsewhere. Unless it is used, the log is shown when the test fails.
func WithLog(log *slog.Logger) Option { return func(o *options) { o.config.Log = log } }

// WithUpstream sends the calls of all services but FIS to an AWS-compatible endpoint, save those of WithServe. Given
// services, only their calls go there.
func WithUpstream(url string, services ...string) Option {
	return func(o *options) {
		if o.config.Upstreams == nil {
			o.config.Upstreams = map[string]string{}
		}
		if len(services) == 0 {
			services = []string{""}
		}
		for _, service := range services {
			o.config.Upstreams[service] = url
		}
	}
}

// WithServe has the server answer services itself although there is an upstream.
func WithServe(services ...string) Option {
	return func(o *options) { o.config.Serve = append(o.config.Serve, services...) }
}

// WithFISStrict lets FIS take only those experiment templates that AWS takes: see "brownout start --fis-strict".
func WithFISStrict() Option { return func(o *options) { o.config.FISStrict = true } }

// WithFISQuota changes a quota of FIS, such as "active-experiments".
func WithFISQuota(name string, n int) Option {
	return func(o *options) {
		if o.config.FISQuotas == nil {
			o.config.FISQuotas = fis.Quotas{}
		}
		o.config.FISQuotas[name] = n
	}
}

// Start starts a server on a free port of 127.0.0.1, with its data in memory, and fails the test when
// it cannot. The server is stopped when the test and its subtests are over.
func Start(t testing.TB, opts ...Option) *Server {
	t.Helper()
	o := options{config: server.Config{Listen: "127.0.0.1:0", Seed: 1, Version: "brownouttest"}}
	for _, option := range opts {
		option(&o)
	}
	if o.config.Log == nil {
		lines := &lastLines{}
		o.config.Log = slog.New(slog.NewTextHandler(lines, nil))
		t.Cleanup(func() { // runs after the one below: when the server logs no more
			if t.Failed() {
				t.Logf("brownouttest: the server's log:\n%s", lines)
			}
		})
	}
	s, err := server.New(context.Background(), o.config)
	if err != nil {
		t.Fatalf("brownouttest: start: %v", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("brownouttest: the server ended with: %v", err)
		}
	})
	return &Server{URL: s.URL(), Clock: s.Clock(), t: t, rules: s.Rules(), journal: s.Journal()}
}

// AddRule puts a rule into force: every call that begins after AddRule has returned meets it. A rule
// without an ID gets one, a rule without an owner gets Owner. A rule that the server refuses fails the test.
func (s *Server) AddRule(rule fault.Rule) (id string) {
	s.t.Helper()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.added++
	if rule.ID == "" {
		rule.ID = fmt.Sprintf("test-%d", s.added)
	}
	if rule.Owner == "" {
		rule.Owner = Owner
	}
	if err := s.rules.Put(rule); err != nil {
		s.t.Fatalf("brownouttest: add rule %s: %v", rule.ID, err)
	}
	if !slices.Contains(s.owners, rule.Owner) {
		s.owners = append(s.owners, rule.Owner)
	}
	return rule.ID
}

// RemoveRules removes all rules of the owners that AddRule has seen. Calls that have begun before
// keep their faults; rules of experiments stay.
func (s *Server) RemoveRules() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, owner := range s.owners {
		s.rules.Remove(owner)
	}
	s.owners = nil
}

// Rules are all rules in force with how often they matched and hit.
func (s *Server) Rules() []fault.Status { return s.rules.List() }
