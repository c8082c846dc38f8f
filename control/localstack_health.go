package control

import "net/http"

// localStackHealth has the shape that LocalStack's users' tools wait for: testcontainers asks for it
// before it hands out a container, and people grep it for `"dynamodb": "available"`.
func (c Config) localStackHealth(w http.ResponseWriter, _ *http.Request) {
	health := c.Health()
	states := make(map[string]string, len(health.Services))
	for name := range health.Services {
		states[name] = "available"
	}
	answer(w, http.StatusOK, map[string]any{"services": states, "edition": "community", "version": health.Version})
}
