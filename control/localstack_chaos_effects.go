package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/brownoutdev/brownout/fault"
)

// networkEffects answers /_localstack/chaos/effects: the latency that every call gets.
func (c *chaos) networkEffects(w http.ResponseWriter, r *http.Request) {
	latency := int64(-1)
	if r.Method == http.MethodPost {
		body, ok := readBody(w, r)
		if !ok {
			return
		}
		var err error
		if latency, err = parseLatency(body); err != nil {
			badRequest(w, err)
			return
		}
	}
	c.changing.Lock()
	defer c.changing.Unlock()
	if latency >= 0 {
		if err := c.setLatency(latency); err != nil {
			badRequest(w, err)
			return
		}
	}
	answer(w, http.StatusOK, map[string]int64{"latency": c.currentLatency()})
}

// parseLatency reads {"latency": MILLISECONDS} and nothing else.
func parseLatency(body []byte) (int64, error) {
	var object map[string]any
	if err := json.Unmarshal(body, &object); err != nil || object == nil {
		return 0, errors.New(`the body is not an object such as {"latency": 500}`)
	}
	for name := range object {
		if name != "latency" {
			return 0, fmt.Errorf(".%s: there is no such field; there is latency", name)
		}
	}
	latency, ok := object["latency"].(float64)
	if !ok || latency < 0 || latency > float64(fault.MaxDelay/time.Millisecond) || latency != float64(int64(latency)) {
		return 0, fmt.Errorf(".latency: %v is not a whole number of milliseconds from 0 to %d", quoted(object["latency"]), fault.MaxDelay/time.Millisecond)
	}
	return int64(latency), nil
}
