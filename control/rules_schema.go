package control

import (
	"net/http"

	"github.com/brownoutdev/brownout/fault"
)

// schema answers GET /_brownout/rules/schema: the JSON Schema of one rule.
func (rs *rules) schema(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/schema+json")
	_, _ = w.Write(append(fault.Schema(rs.Kinds()), '\n')) // the caller has gone if this fails
}
