package gateway

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/brownoutdev/brownout/aws"
)

// Upstream carries calls on to the endpoints that answer what Brownout does not.
type Upstream interface {
	// URL is that of the endpoint that gets a service's calls; empty when there is none. The service "" stands
	// for requests that nobody recognises.
	URL(service string) string
	// Forward sends a request on and answers when the head of the answer is there. body is what has been read of
	// the request's body; rest is what follows it, nil when nothing does. rest may be read until the answer's body
	// is closed. The error is an *aws.Error, or the context's. Whoever calls closes the answer's body; reading it fails
	// when the upstream cuts the answer off.
	Forward(ctx context.Context, call *aws.Call, r *http.Request, body []byte, rest io.Reader) (*http.Response, error)
}

// unserved says that nobody answers a call's service.
func unserved(call *aws.Call) error {
	return aws.NotImplemented(fmt.Sprintf("Brownout does not serve %s itself, and no upstream is set for it (call: %s); "+
		"start it with --upstream URL or --upstream %s=URL to pass such calls on.", call.Service, call.Name(), call.Service))
}

func notCarriedOut(call *aws.Call) error {
	return aws.NotImplemented(fmt.Sprintf("Brownout does not carry out %s yet.", call.Name()))
}
