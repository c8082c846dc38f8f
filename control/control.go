// Package control answers Brownout's own paths, /_brownout/*, and those of LocalStack's that its
// users' tools rely on, /_localstack/*. They are never faulted. A file per path.
package control

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/journal"
	"github.com/brownoutdev/brownout/upstream"
)

// Config is what the paths show and steer.
type Config struct {
	Health func() Health
	// Journal is what calls and metrics show; nil: there are no such paths.
	Journal *journal.Journal
	// Clock is the server's movable one.
	Clock *clock.Movable
	// Stopping is closed when the server begins to stop: what streams without an end of its own ends then.
	Stopping <-chan struct{}
	// Rules are what the rules' paths and LocalStack's Chaos API show and change.
	Rules *fault.Rules
	// Resets are what can be given a clean start, in the order in which it is done.
	Resets []Reset
	// ResetService drops what one service keeps.
	ResetService func(ctx context.Context, name string) error
	// ResetUpstream passes LocalStack's state reset on to the upstream of a service, or ("") of all others: which that
	// is (empty: none), and whether it is LocalStack and has done it; nil: there are no upstreams.
	ResetUpstream func(r *http.Request, service string) (url string, passed bool, err error)
	// Stop ends the server; nil: it cannot be ended from here.
	Stop func()
	// SessionID tells the runs of a server apart.
	SessionID string
	// Upstreams is how the upstreams do, for the metrics; nil: there are none.
	Upstreams func() []upstream.Health
	// ExperimentLog reads what is kept of FIS experiments; nil: there is no such path.
	ExperimentLog ExperimentLog
	// Guard says who may use the paths.
	Guard Guard
}

// Health is the state of a server.
type Health struct {
	Status        string            `json:"status"` // "ok"
	Version       string            `json:"version"`
	URL           string            `json:"url"`
	UptimeSeconds float64           `json:"uptime_seconds"` // real time
	Clock         time.Time         `json:"clock"`          // the movable clock's time
	Seed          string            `json:"seed"`           // a string, since JSON numbers lose digits above 2^53
	Services      map[string]string `json:"services"`
	Rules         int               `json:"rules"`
	Calls         uint64            `json:"calls"`
	Data          string            `json:"data"` // "memory" or the folder
	// Upstreams are in order of their URLs.
	Upstreams []Upstream `json:"upstreams,omitempty"`
}

// New is the handler of all control paths.
func New(c Config) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_brownout/health", c.health)
	if c.Clock != nil {
		mux.HandleFunc("GET /_brownout/clock", c.clock)
		mux.HandleFunc("POST /_brownout/clock", c.advanceClock)
	}
	if c.Journal != nil {
		mux.HandleFunc("GET /_brownout/calls", c.calls)
		mux.Handle("GET /_brownout/metrics", c.metrics())
	}
	if c.ExperimentLog != nil {
		mux.HandleFunc("GET /_brownout/experiments/{id}/log", c.experimentLog)
	}
	mux.HandleFunc("POST /_brownout/reset", c.reset)
	changing := &sync.Mutex{}
	if c.Rules != nil {
		c.addRules(mux, changing)
	}
	c.addLocalStack(mux)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		answer(w, http.StatusNotFound, map[string]string{"message": r.Method + " " + r.URL.Path + " is not a control path of this version of Brownout."})
	})
	return c.Guard.before(mux)
}

func (c Config) addRules(mux *http.ServeMux, changing *sync.Mutex) {
	rs := &rules{Rules: c.Rules, changing: changing, run: c.SessionID}
	mux.HandleFunc("GET /_brownout/rules", rs.list)
	mux.HandleFunc("POST /_brownout/rules", rs.add)
	mux.HandleFunc("PUT /_brownout/rules", rs.replaceAll)
	mux.HandleFunc("DELETE /_brownout/rules", rs.clear)
	mux.HandleFunc("GET /_brownout/rules/"+schemaID, rs.schema)
	mux.HandleFunc("GET /_brownout/rules/{id...}", rs.get)
	mux.HandleFunc("PUT /_brownout/rules/{id...}", rs.replaceOne)
	mux.HandleFunc("DELETE /_brownout/rules/{id...}", rs.remove)

	ch := &chaos{rules: c.Rules, changing: changing}
	for _, method := range []string{"GET", "POST", "PATCH", "DELETE"} {
		mux.HandleFunc(method+" /_localstack/chaos/faults", ch.faultRules)
	}
	for _, method := range []string{"GET", "POST"} {
		mux.HandleFunc(method+" /_localstack/chaos/effects", ch.networkEffects)
	}
}

func (c Config) addLocalStack(mux *http.ServeMux) {
	health := &localStackHealth{health: c.Health, stop: c.Stop}
	mux.HandleFunc("GET /_localstack/health", health.get)
	mux.HandleFunc("POST /_localstack/health", health.act)
	mux.HandleFunc("PUT /_localstack/health", health.merge)
	mux.HandleFunc("GET /_localstack/info", c.localStackInfo)
	mux.HandleFunc("GET /_localstack/init", localStackInit)
	mux.HandleFunc("GET /_localstack/init/{stage}", localStackInitStage)
	mux.HandleFunc("POST /_localstack/state/reset", c.resetState)
	mux.HandleFunc("POST /_localstack/state/{service}/reset", c.resetServiceState)
	for path, what := range localStackAbsent {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { notCarriedOut(w, what) })
	}
}

func (c Config) health(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, c.Health())
}

func answer(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n')) // the caller has gone if this fails
}
