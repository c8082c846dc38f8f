package gateway

import (
	"io"
	"net/http"
)

// answerHealth answers GET / where the service says that it is well there, as load balancers and
// monitors ask it of AWS's endpoints.
func (x *exchange) answerHealth() bool {
	if x.r.Method != http.MethodGet || x.r.URL.Path != "/" || x.r.URL.RawQuery != "" || x.found.Service == nil {
		return false
	}
	service := x.gateway.services[x.found.Service.Name]
	if service == nil || service.Health == nil {
		return false
	}
	text := service.Health(x.call.Region)
	x.w.Header().Set("Content-Type", "text/plain")
	x.written = true
	// A client that has gone needs no answer.
	_, _ = io.WriteString(x.w, text)
	return true
}
