package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/brownoutdev/brownout/control"
	"github.com/brownoutdev/brownout/server"
)

// defaultServer is where commands look for a server unless told otherwise.
const defaultServer = "http://" + server.DefaultListen

// serverFlag adds --url: where to find the server. It, else BROWNOUT_URL, else defaultServer counts.
func (p *process) serverFlag(command *cobra.Command, at *endpoint) {
	setting(command, at, "url", "where the server answers; default "+defaultServer)
}

func (e *endpoint) orDefault() string {
	if e.url == "" {
		return defaultServer
	}
	return e.url
}

// steeringFlags are those of commands that steer a server or look into it: where it is, and its token.
func (p *process) steeringFlags(command *cobra.Command, at *endpoint) {
	p.serverFlag(command, at)
	setting(command, &at.token, "token", "the server's token, where it was started with one")
}

// authorize adds the token to a request.
func (e *endpoint) authorize(header http.Header) {
	if e.token != "" {
		header.Set(control.TokenHeader, string(e.token))
	}
}

// health is what GET /_brownout/health answers.
type health struct {
	Status        string             `json:"status"`
	Version       string             `json:"version"`
	URL           string             `json:"url"`
	UptimeSeconds float64            `json:"uptime_seconds"`
	Seed          string             `json:"seed"`
	Services      map[string]string  `json:"services"`
	Rules         int                `json:"rules"`
	Calls         uint64             `json:"calls"`
	Data          string             `json:"data"`
	Upstreams     []control.Upstream `json:"upstreams"`
}

const (
	healthPath = "/_brownout/health"
	// healthLimit is how much of an answer is read: who knows what listens there.
	healthLimit   = 1 << 20
	healthTimeout = 5 * time.Second
)

// unreachableError says that no server answers at a URL.
type unreachableError struct {
	URL   string
	Cause error
}

// Error implements error.
func (e *unreachableError) Error() string {
	return fmt.Sprintf("no server answers at %s (%s); start one with 'brownout start', or say where it is with --url or BROWNOUT_URL", e.URL, reason(e.Cause))
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *unreachableError) Unwrap() error { return e.Cause }

// reason is a network error without what the sentence around it says already.
func reason(err error) string {
	var call *os.SyscallError
	var dns *net.DNSError
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("no answer within %v", healthTimeout)
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.As(err, &dns):
		return "no such host"
	case errors.As(err, &call):
		return call.Err.Error()
	}
	return err.Error()
}

// askHealth asks a server how it is. raw is its whole answer.
func askHealth(ctx context.Context, at string) (h health, raw []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at+healthPath, nil)
	if err != nil {
		return h, nil, err
	}
	// No proxy: the server is on this machine or near, and a proxy's answers would be taken for its own.
	transport := &http.Transport{DisableKeepAlives: true}
	defer transport.CloseIdleConnections()
	response, err := transport.RoundTrip(request)
	if err != nil {
		return h, nil, &unreachableError{URL: at, Cause: err}
	}
	defer response.Body.Close()
	raw, err = io.ReadAll(io.LimitReader(response.Body, healthLimit))
	if err != nil {
		return h, nil, &unreachableError{URL: at, Cause: err}
	}
	if response.StatusCode != http.StatusOK || json.Unmarshal(raw, &h) != nil || h.Status == "" {
		return h, nil, fmt.Errorf("what answers at %s is not Brownout (HTTP status %d to GET %s); say where it is with --url or BROWNOUT_URL%s",
			at, response.StatusCode, healthPath, firstLine(raw))
	}
	return h, raw, nil
}

func firstLine(text []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	if line == "" {
		return ""
	}
	return fmt.Sprintf("; it said %.200q", line)
}
