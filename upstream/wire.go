package upstream

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/clock"
)

// wireClient speaks HTTP/1.1 in plain text. It writes a request and reads its answer in the goroutine of the
// call, where net/http's Transport hands both to goroutines of the connection; and what it writes is what came in.
type wireClient struct {
	address string
	pool    pool
}

func newWireClient(address string) *wireClient { return &wireClient{address: address} }

func (c *wireClient) close() { c.pool.close() }

// oneWrite is how large a body may be to go out together with its head.
const oneWrite = 64 << 10

// continueTimeout is how long a client's body waits for an upstream that does not answer 100 Continue.
const continueTimeout = time.Second

// wire is a connection to an upstream.
type wire struct {
	net.Conn
	client *wireClient
	in     *bufio.Reader
	out    []byte // the buffer of heads
	idle   time.Time
}

// do sends a request on a connection that is there, or on a new one.
func (c *wireClient) do(x *exchange) (*http.Response, error) {
	for {
		w, reused := c.pool.take()
		if !reused {
			var err error
			if w, err = c.dial(x.ctx); err != nil {
				return nil, err
			}
		}
		response, stale, err := w.exchange(x)
		if err != nil && stale && reused {
			continue // nothing was written
		}
		return response, err
	}
}

func (c *wireClient) dial(ctx context.Context) (*wire, error) {
	dialer := net.Dialer{Timeout: DialTimeout}
	connection, err := dialer.DialContext(ctx, "tcp", c.address)
	if err != nil {
		return nil, err
	}
	return &wire{Conn: connection, client: c, in: bufio.NewReader(connection)}, nil
}

// exchange sends one request and reads the head of its answer. stale says that not a byte of it got out.
func (w *wire) exchange(x *exchange) (response *http.Response, stale bool, err error) {
	// Whatever blocks on the connection ends when the caller has gone.
	stop := context.AfterFunc(x.ctx, func() { _ = w.Close() })
	defer func() {
		if err != nil {
			stop()
			_ = w.Close()
		}
	}()
	w.out = appendHead(w.out[:0], x)
	whole := x.rest == nil && len(x.body) <= oneWrite && x.r.ContentLength >= 0
	if whole {
		w.out = append(w.out, x.body...)
	}
	n, err := w.Write(w.out)
	if cap(w.out) > 2*oneWrite {
		w.out = nil
	}
	if err != nil && n == 0 {
		return nil, x.ctx.Err() == nil, err
	}
	// An upstream that refuses a request may do so before it has read all of it: its answer counts.
	var up *pump
	if !whole && err == nil {
		if response, err = w.awaitContinue(x); err != nil {
			return nil, false, err
		}
		if response == nil {
			up = newPump(w, x)
		} else {
			up = &pump{} // the body stays where it is; the connection ends with the answer
		}
	} else if x.headerTimeout > 0 {
		err = w.SetReadDeadline(clock.Real{}.Now().Add(x.headerTimeout))
	}
	unsent := err
	if response == nil {
		if response, err = w.readFinalHead(x.r.Method); err != nil {
			return nil, false, up.cause(unsent, err)
		}
	}
	up.answer()
	if x.headerTimeout > 0 {
		if err = w.SetReadDeadline(time.Time{}); err != nil {
			return nil, false, err
		}
	}
	body, err := w.newBody(x, response, up, stop)
	if err != nil {
		return nil, false, err
	}
	body.reusable = body.reusable && unsent == nil
	response.Body = body
	if body.empty() {
		body.finish()
	}
	return response, false, nil
}

// awaitContinue waits until the upstream wants the body, where the client waits as well. What it answers is the
// final answer, if that came in its place.
func (w *wire) awaitContinue(x *exchange) (*http.Response, error) {
	expect := x.r.Header["Expect"]
	if len(x.body) > 0 || x.rest == nil || len(expect) == 0 || !strings.EqualFold(expect[0], "100-continue") {
		return nil, nil
	}
	if err := w.SetReadDeadline(clock.Real{}.Now().Add(continueTimeout)); err != nil {
		return nil, err
	}
	for {
		_, err := w.in.Peek(1)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return nil, w.SetReadDeadline(time.Time{}) // an upstream that does not know of it
		}
		if err != nil {
			return nil, err
		}
		if err := w.SetReadDeadline(time.Time{}); err != nil {
			return nil, err
		}
		response, err := w.readHead(x.r.Method)
		switch {
		case err != nil:
			return nil, err
		case response.StatusCode == http.StatusContinue:
			return nil, nil
		case response.StatusCode >= 200:
			return response, nil
		}
	}
}

// appendHead writes a request's head: as it came in, but for what is about the client's connection.
func appendHead(b []byte, x *exchange) []byte {
	r := x.r
	b = append(append(append(b, r.Method...), ' '), target(r)...)
	b = append(append(append(b, " HTTP/1.1\r\nHost: "...), r.Host...), "\r\n"...)
	connection := named(r.Header)
	via := x.via
	for name, values := range r.Header {
		if name == Via {
			via = strings.Join(values, ", ") + ", " + x.via
			continue
		}
		if !onward(name, connection) {
			continue
		}
		name = onWire(name)
		for _, value := range values {
			b = append(append(append(append(b, name...), ": "...), value...), "\r\n"...)
		}
	}
	if takesTrailers(r.Header) {
		b = append(b, "TE: trailers\r\nConnection: TE\r\n"...)
	}
	switch {
	case r.ContentLength < 0:
		b = append(b, "Transfer-Encoding: chunked\r\n"...)
		dropTrailers(r.Trailer)
		for name := range r.Trailer {
			b = append(append(append(b, "Trailer: "...), name...), "\r\n"...)
		}
	case r.ContentLength > 0 || r.Header["Content-Length"] != nil:
		b = strconv.AppendInt(append(b, "Content-Length: "...), r.ContentLength, 10)
		b = append(b, "\r\n"...)
	}
	b = append(append(append(b, Via+": "...), via...), "\r\n\r\n"...)
	return b
}
