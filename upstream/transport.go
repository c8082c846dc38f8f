package upstream

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// transportClient speaks HTTP over TLS, or HTTP/2: what net/http's Transport does best.
type transportClient struct {
	transport    *http.Transport
	scheme, host string
}

func newTransportClient(origin string, h2c bool, c Config) *transportClient {
	scheme, host, _ := strings.Cut(origin, "://")
	t := &http.Transport{
		DialContext:           (&net.Dialer{Timeout: DialTimeout}).DialContext,
		TLSHandshakeTimeout:   DialTimeout,
		DisableCompression:    true, // the client says what it takes
		MaxIdleConnsPerHost:   mostIdle,
		IdleConnTimeout:       longestIdle,
		ResponseHeaderTimeout: c.HeaderTimeout,
		ExpectContinueTimeout: continueTimeout,
		ReadBufferSize:        pumpBuffer,
		WriteBufferSize:       pumpBuffer,
		Protocols:             new(http.Protocols),
	}
	t.Protocols.SetHTTP1(!h2c)
	t.Protocols.SetHTTP2(!h2c)
	t.Protocols.SetUnencryptedHTTP2(h2c)
	if c.CA != "" {
		t.TLSClientConfig = trusting(c.CA)
	}
	return &transportClient{transport: t, scheme: scheme, host: host}
}

func (c *transportClient) close() { c.transport.CloseIdleConnections() }

// do sends the request once. The Transport sends it again only where nothing of it was written, or where HTTP/2 says
// that it was not looked at.
func (c *transportClient) do(x *exchange) (*http.Response, error) {
	dropTrailers(x.r.Trailer)
	r := &http.Request{
		Method: x.r.Method, URL: c.url(x), Host: x.r.Host,
		Header: onwardHeader(x), ContentLength: x.r.ContentLength, Trailer: x.r.Trailer,
	}
	source := &source{trailers: x.r.Trailer}
	switch {
	case x.rest != nil:
		source.from = io.MultiReader(bytes.NewReader(x.body), x.rest)
		r.Body = source
	case len(x.body) > 0 || lacksBody(x.r.Method): // a request without a body would be sent again
		source.from = bytes.NewReader(x.body)
		r.Body = source
	}
	response, err := c.transport.RoundTrip(r.WithContext(x.ctx))
	if err == nil {
		for name, values := range response.Header { // net/http has changed the letters
			if written := onWire(name); written != name {
				delete(response.Header, name)
				response.Header[written] = values
			}
		}
		return response, nil
	}
	if cause := source.failure(); cause != nil {
		return nil, sourceError{cause}
	}
	var dial *net.OpError
	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) && timeout.Timeout() && !(errors.As(err, &dial) && dial.Op == "dial") {
		return nil, errHeaderTimeout
	}
	if strings.Contains(err.Error(), "malformed") {
		return nil, &garbageError{err.Error()}
	}
	return nil, err
}

// url makes net/http write a request's target as the client wrote it.
func (c *transportClient) url(x *exchange) *url.URL {
	to := target(x.r)
	u := &url.URL{Scheme: c.scheme, Host: c.host, Opaque: to}
	if !strings.HasPrefix(to, "//") {
		return u
	}
	// As Opaque it would be taken for a host and a path.
	path, query, asks := strings.Cut(to, "?")
	if plain, err := url.PathUnescape(path); err == nil {
		straight := &url.URL{Scheme: c.scheme, Host: c.host, Path: plain, RawPath: path, RawQuery: query, ForceQuery: asks}
		if straight.RequestURI() == to {
			return straight
		}
	}
	host := x.r.Host
	if host == "" {
		host = c.host
	}
	u.Opaque = "//" + host + to // the absolute form, which servers have to understand
	return u
}

func lacksBody(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions || method == http.MethodTrace
}

// onwardHeader is a request's header as it goes on.
func onwardHeader(x *exchange) http.Header {
	header := make(http.Header, len(x.r.Header)+2)
	connection := named(x.r.Header)
	for name, values := range x.r.Header {
		switch {
		case !onward(name, connection):
		case name == "Idempotency-Key", name == "X-Idempotency-Key": // net/http would take them for leave to send twice
			header[strings.ToLower(name)] = values
		default:
			header[onWire(name)] = values
		}
	}
	if takesTrailers(x.r.Header) {
		header["Te"] = []string{"trailers"}
	}
	if header["User-Agent"] == nil {
		header["User-Agent"] = nil // else net/http brings its own
	}
	header[Via] = append(append([]string(nil), x.r.Header[Via]...), x.via)
	return header
}

// source is a request's body that remembers why it broke off.
type source struct {
	from     io.Reader
	trailers http.Header // there after the body
	mutex    sync.Mutex
	err      error
}

// Read implements io.Reader.
func (s *source) Read(p []byte) (int, error) {
	n, err := s.from.Read(p)
	if errors.Is(err, io.EOF) {
		dropTrailers(s.trailers)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		s.mutex.Lock()
		s.err = err
		s.mutex.Unlock()
	}
	return n, err
}

func (s *source) failure() error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.err
}

// Close implements io.Closer: the body is the caller's to close.
func (s *source) Close() error { return nil }
