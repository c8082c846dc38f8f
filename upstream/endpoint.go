package upstream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/aws"
)

// endpoint is one upstream.
type endpoint struct {
	// url is as users see it; origin is "http://HOST:PORT" as requests are made for it.
	url, origin string
	address     string   // "HOST:PORT"
	services    []string // "" stands for all others
	client      client
	stats       stats
	own         ownHosts
}

// client speaks HTTP to one endpoint.
type client interface {
	do(x *exchange) (*http.Response, error)
	close()
}

// exchange is one request on its way.
type exchange struct {
	ctx context.Context
	r   *http.Request
	via string
	// body is what is known of the body already, rest what follows; nil: nothing.
	body          []byte
	rest          io.Reader
	headerTimeout time.Duration
}

// newEndpoint reads a URL.
func newEndpoint(text string, c Config) (*endpoint, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		return nil, errors.New("is no URL such as http://127.0.0.1:5000")
	case u.User != nil:
		return nil, errors.New("has a user name or password in its URL: calls bring their own signature")
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("has a path or query in its URL: calls bring their own")
	}
	scheme, port := u.Scheme, u.Port()
	e := &endpoint{url: u.Scheme + "://" + strings.ToLower(u.Host)}
	switch scheme {
	case "http", "h2c":
		if scheme, port = "http", u.Port(); port == "" {
			port = "80"
		}
	case "https":
		if port == "" {
			port = "443"
		}
	default:
		return nil, fmt.Errorf("has the scheme %q; it can be http, https or h2c", u.Scheme)
	}
	e.origin = scheme + "://" + strings.ToLower(u.Host)
	e.address = net.JoinHostPort(strings.ToLower(u.Hostname()), port)
	if u.Scheme == "http" {
		e.client = newWireClient(e.address)
	} else {
		e.client = newTransportClient(e.origin, u.Scheme == "h2c", c)
	}
	e.own = newOwnHosts(strings.ToLower(u.Hostname()), port, c.Hosts)
	return e, nil
}

func (e *endpoint) close() { e.client.close() }

// garbageError is an answer that nobody can rely on.
type garbageError struct{ what string }

// Error implements error.
func (e *garbageError) Error() string { return e.what }

// sourceError is what reading the client's body answered.
type sourceError struct{ error }

// Unwrap gives the cause to errors.Is and errors.As.
func (e sourceError) Unwrap() error { return e.error }

// errHeaderTimeout: the answer did not begin in time.
var errHeaderTimeout = errors.New("the answer did not begin in time")

// explain is an error as the caller sees it: a 502 or 504 that names the upstream, unless the caller itself is why.
func (e *endpoint) explain(ctx context.Context, err error, headerTimeout time.Duration) error {
	var source sourceError
	var garbage *garbageError
	var dial *net.OpError
	var lookup *net.DNSError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &source):
		return source.error
	case errors.Is(err, errHeaderTimeout):
		return gatewayTimeout(fmt.Sprintf("The upstream %s did not begin its answer within %v.", e.url, headerTimeout), err)
	case errors.As(err, &garbage):
		return badGateway(fmt.Sprintf("The upstream %s gave an answer that is not sound HTTP: %s.", e.url, garbage.what), err)
	case errors.As(err, &lookup):
		return badGateway(fmt.Sprintf("The upstream %s cannot be reached: the host name %q is not known.", e.url, lookup.Name), err)
	case errors.As(err, &dial) && dial.Op == "dial":
		if dial.Timeout() {
			return gatewayTimeout(fmt.Sprintf("The upstream %s cannot be reached: no connection within %v.", e.url, DialTimeout), err)
		}
		return badGateway(fmt.Sprintf("The upstream %s cannot be reached: %s.", e.url, reason(dial.Err)), err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return badGateway(fmt.Sprintf("The upstream %s closed the connection without a whole answer.", e.url), err)
	}
	return badGateway(fmt.Sprintf("The upstream %s failed: %s.", e.url, reason(err)), err)
}

// reason is what the operating system says, without addresses and system calls.
func reason(err error) string {
	var call *os.SyscallError
	if errors.As(err, &call) {
		return call.Err.Error()
	}
	return err.Error()
}

func badGateway(message string, cause error) error {
	return &aws.Error{Code: "BadGateway", Message: message, Status: http.StatusBadGateway, Cause: cause}
}

func gatewayTimeout(message string, cause error) error {
	return &aws.Error{Code: "GatewayTimeout", Message: message, Status: http.StatusGatewayTimeout, Cause: cause}
}
