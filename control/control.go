// Package control answers Brownout's own paths, /_brownout/*, and those of LocalStack's that its
// users' tools rely on, /_localstack/*. They are never faulted. A file per path.
package control

import (
	"encoding/json"
	"net/http"
	"time"
)

// Config is what the paths show and steer.
type Config struct {
	Health func() Health
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
}

// New is the handler of all control paths.
func New(c Config) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_brownout/health", c.health)
	mux.HandleFunc("GET /_localstack/health", c.localStackHealth)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		answer(w, http.StatusNotFound, map[string]string{"message": r.Method + " " + r.URL.Path + " is not a control path of this version of Brownout."})
	})
	return mux
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
