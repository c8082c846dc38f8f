package control

import (
	"net/http"
	"runtime"
)

// edition is what LocalStack calls its free edition; tools take others for licensed ones.
const edition = "community"

// localStackInfo answers GET /_localstack/info.
func (c Config) localStackInfo(w http.ResponseWriter, _ *http.Request) {
	health := c.Health()
	answer(w, http.StatusOK, map[string]any{
		"version":              health.Version,
		"edition":              edition,
		"is_license_activated": false,
		"session_id":           c.SessionID,
		"machine_id":           "brownout",
		"system":               runtime.GOOS + " " + runtime.GOARCH,
		"is_docker":            false,
		"server_time_utc":      health.Clock.UTC().Format("2006-01-02T15:04:05"),
		"uptime":               int(health.UptimeSeconds),
	})
}
