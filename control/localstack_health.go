package control

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"strings"
	"sync"

	"github.com/brownoutdev/brownout/catalog"
)

// localStackHealth has the shape that LocalStack's users' tools wait for: testcontainers asks for it
// before it hands out a container, and people grep it for `"dynamodb": "available"`.
type localStackHealth struct {
	health func() Health
	stop   func() // ends the server; nil: it cannot be ended from here

	mutex sync.Mutex
	put   map[string]any // what PUT has brought
}

// mostHealth is how much PUT can make the answer hold, in bytes of JSON.
const mostHealth = 64 << 10

// get answers GET (and HEAD: without a body). ?reload says nothing to us: the state is always fresh.
func (l *localStackHealth) get(w http.ResponseWriter, _ *http.Request) {
	health := l.health()
	states := localStackStates(health)
	shown := map[string]any{"services": states, "edition": edition, "version": health.Version}
	l.mutex.Lock()
	merge(shown, l.put)
	l.mutex.Unlock()
	answer(w, http.StatusOK, shown)
}

// localStackStates are the states of services in LocalStack's words. Which services a default upstream has
// nobody knows, so all that are not answered here are said to be in its state: who waits for one must not wait forever.
func localStackStates(health Health) map[string]string {
	states := make(map[string]string, len(health.Services))
	put := func(name, state string) {
		if _, known := states[name]; !known {
			states[name] = state
		}
	}
	for name := range health.Services {
		put(name, "available")
	}
	var others []string
	for _, u := range health.Upstreams {
		state := "available"
		switch {
		case u.State != Reachable && u.Calls == u.Errors: // it has never answered
			state = "starting"
		case u.State != Reachable:
			state = "error"
		}
		for _, name := range u.Services {
			if name == AllOthers {
				others = append(others, state)
				continue
			}
			put(name, state)
		}
	}
	for _, state := range others { // one at most
		for _, name := range catalog.Names() {
			put(name, state)
		}
	}
	return states
}

// act answers POST {"action": "kill"}: the server ends as it does on SIGTERM, after it has answered.
func (l *localStackHealth) act(w http.ResponseWriter, r *http.Request) {
	body, ok := readBody(w, r)
	if !ok {
		return
	}
	var request struct {
		Action string `json:"action"`
	}
	err := json.Unmarshal(body, &request)
	switch {
	case err == nil && request.Action == "kill" && l.stop != nil:
		plain(w, http.StatusOK, "ok")
		_ = http.NewResponseController(w).Flush() // whoever asked has gone if this fails
		l.stop()
	case err == nil && request.Action == "restart":
		notCarriedOut(w, "restarting the server; POST /_localstack/state/reset or POST /_brownout/reset gives a clean start")
	default:
		plain(w, http.StatusBadRequest, "invalid request")
	}
}

// merge answers PUT: what it brings is shown from then on. "features:initScripts" is a member of "features".
func (l *localStackHealth) merge(w http.ResponseWriter, r *http.Request) {
	body, ok := readBody(w, r)
	if !ok {
		return
	}
	var brought map[string]any
	if err := json.Unmarshal(body, &brought); err != nil || brought == nil {
		badRequest(w, errors.New("the body is not an object"))
		return
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	next := map[string]any{}
	merge(next, l.put)
	for name, value := range brought {
		nested := any(value)
		parts := strings.Split(name, ":")
		for i := len(parts) - 1; i > 0; i-- {
			nested = map[string]any{parts[i]: nested}
		}
		merge(next, map[string]any{parts[0]: nested})
	}
	if text, err := json.Marshal(next); err != nil || len(text) > mostHealth {
		badRequest(w, errors.New("the health document would be longer than 64 KiB"))
		return
	}
	l.put = next
	answer(w, http.StatusOK, map[string]string{"status": "OK"})
}

// merge puts members into an object, and members of objects into those that are there.
func merge(into, from map[string]any) {
	for name, value := range from {
		inner, isObject := value.(map[string]any)
		var copied map[string]any
		switch old := into[name].(type) {
		case map[string]any:
			copied = maps.Clone(old)
		case map[string]string: // the states of services
			copied = make(map[string]any, len(old))
			for k, v := range old {
				copied[k] = v
			}
		}
		if !isObject {
			into[name] = value
			continue
		}
		if copied == nil {
			copied = map[string]any{}
		}
		merge(copied, inner)
		into[name] = copied
	}
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // the caller has gone if this fails
}
