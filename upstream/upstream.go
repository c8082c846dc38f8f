// Package upstream carries calls on to AWS-compatible endpoints: LocalStack, moto, MinIO, another Brownout.
// Requests go out as they came in, byte for byte but for what belongs to a single connection; bodies are streamed in both
// directions; answers are looked into only where they hold the upstream's own address, or what identity
// learns from.
package upstream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
)

// Via is the header that each forwarded request carries besides its own: the ids of the Brownouts on its way, so
// that one whose upstream leads back to itself notices.
const Via = "X-Brownout-Via"

// DialTimeout is how long it may take to connect to an upstream.
const DialTimeout = 10 * time.Second

// Config is where calls go.
type Config struct {
	// URLs are the endpoints by the service whose calls they get; "" gets those of all other services, and
	// requests that nobody recognises. A URL is http://HOST[:PORT], https:// likewise, or h2c:// for HTTP/2 without
	// TLS.
	URLs map[string]string
	// Hosts are further addresses ("HOST:PORT", "*.DOMAIN:PORT") under which upstreams name themselves in answers;
	// fields that hold them are rewritten like those with the URL's own.
	Hosts []string
	// HeaderTimeout is how long an upstream may take to begin its answer, once it has the request; 0: as long
	// as the client waits.
	HeaderTimeout time.Duration
	// CA is a file of PEM certificates that https upstreams may be signed by, besides those that the system trusts;
	// it is read anew for each connection, since some upstreams make a certificate whenever they start. Empty: none.
	CA string
	// Learn gets the answers of STS calls that give out credentials (see Learns), before the client does: bodies of at
	// most 64 KiB, decompressed. It must not keep header or body. nil: nobody learns.
	Learn func(call *aws.Call, status int, header http.Header, body []byte)
	// ID tells this process from others in Via.
	ID string
}

// Upstreams are the endpoints of one server. They are safe for concurrent use.
type Upstreams struct {
	config    Config
	endpoints []*endpoint // in order of their URLs
	byService map[string]*endpoint
	fallback  *endpoint
}

// Error says what is wrong with an upstream that the user named.
type Error struct {
	// Service is the one that the upstream is meant for; empty for the default one.
	Service, Message string
}

// Error implements error.
func (e *Error) Error() string {
	if e.Service == "" {
		return "the upstream " + e.Message
	}
	return "the upstream of " + e.Service + " " + e.Message
}

// New reads the URLs; nothing is connected to before the first call. Errors are *Error.
func New(c Config) (*Upstreams, error) {
	u := &Upstreams{config: c, byService: map[string]*endpoint{}}
	byURL := map[string]*endpoint{}
	for _, service := range slices.Sorted(maps.Keys(c.URLs)) {
		name := service
		if service != "" {
			known := catalog.Lookup(service)
			switch {
			case known == nil:
				return nil, &Error{service, "is for a service that AWS does not have"}
			case known.Name == fault.ControlService:
				return nil, &Error{service, "cannot be: FIS is always answered by Brownout itself"}
			}
			name = known.Name
		}
		e, err := newEndpoint(c.URLs[service], c)
		if err != nil {
			return nil, &Error{service, err.Error()}
		}
		if same := byURL[e.url]; same != nil {
			e = same
		} else {
			byURL[e.url] = e
			u.endpoints = append(u.endpoints, e)
		}
		e.services = append(e.services, name)
		if name == "" {
			u.fallback = e
		} else {
			u.byService[name] = e
		}
	}
	// Both are one service to their users: a stream is of a table.
	if e := u.byService["dynamodb"]; e != nil && u.byService["dynamodbstreams"] == nil {
		u.byService["dynamodbstreams"] = e
		e.services = append(e.services, "dynamodbstreams")
	}
	slices.SortFunc(u.endpoints, func(a, b *endpoint) int { return strings.Compare(a.url, b.url) })
	return u, nil
}

// Close ends the connections that no call uses.
func (u *Upstreams) Close() {
	for _, e := range u.endpoints {
		e.close()
	}
}

// URLs are those of the endpoints, in order.
func (u *Upstreams) URLs() []string {
	urls := make([]string, len(u.endpoints))
	for i, e := range u.endpoints {
		urls[i] = e.url
	}
	return urls
}

func (u *Upstreams) endpoint(service string) *endpoint {
	if e := u.byService[service]; e != nil {
		return e
	}
	if service == fault.ControlService {
		return nil
	}
	return u.fallback
}

// URL is that of the endpoint that gets a service's calls ("" stands for requests that nobody recognises);
// empty when there is none.
func (u *Upstreams) URL(service string) string {
	if e := u.endpoint(service); e != nil {
		return e.origin
	}
	return ""
}

// Named reports whether a service has an endpoint of its own.
func (u *Upstreams) Named(service string) bool { return u.byService[service] != nil }

// Forward sends a request on and answers when the head of the answer is there. body is what has been read of
// the request's body; rest is what follows it, nil when nothing does: it may be read until the answer's body is
// closed. The error is an *aws.Error, the context's, or what reading rest answered. Whoever calls closes the
// answer's body; reading it fails when the upstream cuts the answer off. The answer's Trailer is there after its body.
func (u *Upstreams) Forward(ctx context.Context, call *aws.Call, r *http.Request, body []byte, rest io.Reader) (*http.Response, error) {
	e := u.endpoint(call.Service)
	if e == nil {
		return nil, aws.NotImplemented(fmt.Sprintf("No upstream is set for %s.", call.Service))
	}
	if err := u.refusal(e, r); err != nil {
		return nil, err
	}
	began := clock.Real{}.Now()
	e.stats.begin()
	response, err := e.client.do(&exchange{ctx: ctx, r: r, via: u.config.ID, body: body, rest: rest, headerTimeout: u.config.HeaderTimeout})
	if err == nil && response.StatusCode == http.StatusSwitchingProtocols {
		_ = response.Body.Close()
		err = &garbageError{"it switches protocols, which nobody asked for"}
	}
	if err != nil {
		err = e.explain(ctx, err, u.config.HeaderTimeout)
		e.stats.failed(err, clock.Real{}.Now())
		return nil, err
	}
	now := clock.Real{}.Now()
	e.stats.answered(now.Sub(began), now)
	tidy(response.Header)
	if err := u.look(call, r, response, e); err != nil {
		_ = response.Body.Close()
		err = e.explain(ctx, err, u.config.HeaderTimeout)
		e.stats.cutOff(err, clock.Real{}.Now())
		return nil, err
	}
	response.Body = &answerBody{ReadCloser: response.Body, ctx: ctx, endpoint: e}
	return response, nil
}

// refusal is about requests that no upstream is to see.
func (u *Upstreams) refusal(e *endpoint, r *http.Request) error {
	if slices.Contains(r.Header[Via], u.config.ID) {
		return &aws.Error{Code: "LoopDetected", Status: http.StatusLoopDetected,
			Message: fmt.Sprintf("The upstream %s leads back to this Brownout, which has seen the request before (%s).", e.url, Via)}
	}
	for _, protocol := range r.Header["Upgrade"] {
		if strings.EqualFold(strings.TrimSpace(protocol), "websocket") {
			return aws.NotImplemented("Brownout does not pass WebSocket connections on to upstreams.")
		}
	}
	if !strings.HasPrefix(target(r), "/") {
		return &aws.Error{Code: "InvalidRequestException", Status: http.StatusBadRequest, Sender: true,
			Message: fmt.Sprintf("%s requests are not passed on to upstreams.", r.Method)}
	}
	return nil
}

// answerBody notes that an upstream has cut an answer off.
type answerBody struct {
	io.ReadCloser
	ctx      context.Context
	endpoint *endpoint
}

// Read implements io.Reader.
func (b *answerBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == nil || errors.Is(err, io.EOF) {
		return n, err
	}
	if gone := b.ctx.Err(); gone != nil {
		return n, gone
	}
	err = &cutOffError{b.endpoint.url, err}
	b.endpoint.stats.cutOff(err, clock.Real{}.Now())
	return n, err
}

// cutOffError says that an answer ended before its end.
type cutOffError struct {
	url   string
	cause error
}

// Error implements error.
func (e *cutOffError) Error() string {
	return fmt.Sprintf("the upstream %s cut its answer off: %v", e.url, e.cause)
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *cutOffError) Unwrap() error { return e.cause }
