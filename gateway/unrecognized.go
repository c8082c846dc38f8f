package gateway

import (
	"fmt"
	"net/http"

	"github.com/brownoutdev/brownout/aws"
)

// serveUnrecognized serves a request of which nobody can tell what call it is.
func (x *exchange) serveUnrecognized() {
	if x.goesUp() {
		x.passOn()
		return
	}
	x.fail(unrecognized(x.r))
}

func unrecognized(r *http.Request) error {
	why := "the request has no X-Amz-Target, no Action, no signature and no host name that says so"
	if r.Header["X-Amz-Target"] != nil || r.Header["Authorization"] != nil || r.Header["Smithy-Protocol"] != nil {
		why = "its X-Amz-Target, path, signature and host name are those of no service that Brownout knows"
	}
	return &aws.Error{
		Code: "UnknownOperationException", Status: http.StatusNotFound, Sender: true,
		Message: fmt.Sprintf("Brownout cannot tell which AWS service %s %s is for: %s. Brownout's own paths begin with /_brownout/.",
			r.Method, r.URL.Path, why),
	}
}
