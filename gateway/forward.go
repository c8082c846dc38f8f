package gateway

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/protocol"
)

const (
	// readAhead is how large a body may be that is read before a call goes upstream, although nothing asks what is
	// in it: it goes out in one write with its head.
	readAhead = 64 << 10
	// mostErrorBody is how much of an upstream's error is looked at for its code.
	mostErrorBody = 64 << 10
)

// relayBuffers are what answers of upstreams are copied through.
var relayBuffers = sync.Pool{New: func() any { return new([32 << 10]byte) }}

// goesUp reports whether an upstream answers the call, as far as its service is known.
func (x *exchange) goesUp() bool {
	g := x.gateway
	return g.Upstream != nil && g.services[x.call.Service] == nil && g.Upstream.URL(x.call.Service) != ""
}

// mayGoUp is goesUp for calls whose service only the body can tell.
func (x *exchange) mayGoUp() bool {
	return x.goesUp() || x.found.NeedsBody() && x.gateway.Upstream != nil
}

// streams reports whether a call goes upstream without anybody looking into its body.
func (x *exchange) streams(rules *fault.Set) bool {
	if !x.goesUp() || x.found.NeedsBody() || x.r.ContentLength >= 0 && x.r.ContentLength <= readAhead && !expectsContinue(x.r) {
		return false
	}
	return !rules.AsksResources(&x.call) && !(rules.AsksAttempts() && x.call.Attempt == 0)
}

// passOn sends a request upstream that nobody recognises. It is no call: no rule is about it and the journal does
// not have it.
func (x *exchange) passOn() {
	x.nameless = true
	if err := x.forward(); err != nil {
		x.fail(err)
		return
	}
	x.relay()
}

// forward sends the request upstream and waits for the head of the answer.
func (x *exchange) forward() error {
	body := x.body
	if x.sent != nil {
		body = x.sent
	}
	var rest io.Reader
	if x.isUnread() {
		if n := x.r.ContentLength; n > 0 && n <= readAhead && !expectsContinue(x.r) && body == nil {
			read, err := readSized(x.r.Body, int(n))
			if err != nil {
				return err
			}
			x.body, body = read, read
		} else {
			x.upload = &upload{from: x.r.Body}
			rest = x.upload
		}
	}
	began := clock.Real{}.Now()
	response, err := x.gateway.Upstream.Forward(x.context(), &x.call, x.r, body, rest)
	if err == nil {
		err = x.hold(response)
	}
	x.upstream += clock.Real{}.Now().Sub(began)
	if err == nil {
		x.response = response
	}
	return err
}

// mostHeld is the length up to which an answer is read to its end before its head is passed on: one that
// the upstream cuts off can then be answered with an error that says so.
const mostHeld = 64 << 10

// hold reads a short answer.
func (x *exchange) hold(response *http.Response) error {
	n := response.ContentLength
	if n <= 0 || n > mostHeld || x.r.Method == http.MethodHead || response.StatusCode == http.StatusNotModified {
		return nil
	}
	body := make([]byte, n)
	_, err := io.ReadFull(response.Body, body)
	if err != nil {
		_ = response.Body.Close()
		if gone := x.context().Err(); gone != nil {
			return gone
		}
		return badGateway(fmt.Sprintf("The upstream %s closed the connection without a whole answer.", x.gateway.Upstream.URL(x.upstreamService())), err)
	}
	response.Body = heldBody{bytes.NewReader(body), response.Body}
	return nil
}

// heldBody is an answer's body that is there already.
type heldBody struct {
	io.Reader
	io.Closer
}

// upstreamService is the service whose upstream has the call: none where nobody recognised it.
func (x *exchange) upstreamService() string {
	if x.nameless {
		return ""
	}
	return x.call.Service
}

// discardAnswer waits until an upstream has done its work, and throws its answer away.
func (x *exchange) discardAnswer() {
	if x.response == nil {
		return
	}
	began := clock.Real{}.Now()
	_, _ = io.CopyN(io.Discard, x.response.Body, MaxBody) // however it ends, nobody gets to see it
	_ = x.response.Body.Close()
	x.upstream += clock.Real{}.Now().Sub(began)
	x.response = nil
}

// relay writes an upstream's answer while it comes in.
func (x *exchange) relay() {
	response := x.response
	defer response.Body.Close()
	x.clearWay()
	trailers := x.takeHeader(response)
	var w http.ResponseWriter = x.w
	if x.plan.TouchesBody() {
		w = &answerWriter{ResponseWriter: w, x: x}
	}
	w.WriteHeader(response.StatusCode)
	x.written = true
	y := relaying{x: x, w: w, response: response, trailers: trailers}
	if length := response.ContentLength; length < 0 || length > mostErrorBody {
		_ = y.flush() // the head is worth something by itself; if the caller has gone, the next write says so
	}
	if err := y.copy(); err != nil {
		y.abort(err)
	}
}

// takeHeader makes the header of an upstream's answer ours. It answers which trailers are announced.
func (x *exchange) takeHeader(response *http.Response) (announced map[string]bool) {
	header := x.w.Header()
	fault := header["X-Brownout-Fault"]
	for name, values := range response.Header {
		header[name] = values
	}
	if fault != nil {
		header["X-Brownout-Fault"] = fault
	}
	for _, name := range []string{"Content-Type", "Date"} {
		if response.Header[name] == nil {
			header[name] = nil // else net/http brings its own
		}
	}
	for name := range response.Trailer {
		header["Trailer"] = append(header["Trailer"], name)
	}
	for _, list := range header["Trailer"] {
		for name := range strings.SplitSeq(list, ",") {
			if announced == nil {
				announced = map[string]bool{}
			}
			announced[http.CanonicalHeaderKey(strings.TrimSpace(name))] = true
		}
	}
	if x.conn != nil { // which has no trailers
		delete(header, "Trailer")
	}
	if x.closes {
		header["Connection"] = []string{"close"}
	}
	if !x.nameless {
		header["X-Brownout-Call"] = []string{x.names()}
	}
	return announced
}

// relaying is an upstream's answer on its way.
type relaying struct {
	x         *exchange
	w         http.ResponseWriter
	response  *http.Response
	trailers  map[string]bool
	sent      int64
	errorBody []byte // the beginning of an error
	concluded bool
}

// flush sends what is written so far on its way.
func (y *relaying) flush() error { return http.NewResponseController(y.w).Flush() }

// copy copies the body, and notes the call before its last byte is written.
func (y *relaying) copy() error {
	x, response := y.x, y.response
	buffer := relayBuffers.Get().(*[32 << 10]byte)
	defer relayBuffers.Put(buffer)
	bodiless := x.r.Method == http.MethodHead || response.StatusCode == http.StatusNoContent || response.StatusCode == http.StatusNotModified
	for {
		began := clock.Real{}.Now()
		n, err := response.Body.Read(buffer[:])
		x.upstream += clock.Real{}.Now().Sub(began)
		part := buffer[:n]
		if err != nil && !errors.Is(err, io.EOF) {
			if n > 0 {
				_, _ = y.w.Write(part)
			}
			return err
		}
		y.take(part)
		last := err != nil || bodiless || y.sent == response.ContentLength
		if last {
			y.conclude()
		}
		if n > 0 {
			if _, failed := y.w.Write(part); failed != nil {
				return failed
			}
		}
		if last {
			return y.end()
		}
		if response.ContentLength < 0 || n < len(buffer) {
			if failed := y.flush(); failed != nil {
				return failed
			}
		}
	}
}

// take notes what goes by.
func (y *relaying) take(part []byte) {
	y.sent += int64(len(part))
	if y.response.StatusCode >= 400 && len(y.errorBody) < mostErrorBody {
		y.errorBody = append(y.errorBody, part[:min(len(part), mostErrorBody-len(y.errorBody))]...)
	}
}

func (y *relaying) conclude() {
	y.concluded = true
	y.x.conclude(y.response.StatusCode, y.x.codeOf(y.response, y.errorBody), y.sent, nil)
}

// end writes the trailers. Whoever reads a body by its end has to see one.
func (y *relaying) end() error {
	header := y.w.Header()
	for name, values := range y.response.Trailer {
		if !y.trailers[name] {
			name = http.TrailerPrefix + name
		}
		header[name] = values
	}
	if y.x.conn != nil || y.x.closes {
		return y.flush()
	}
	return nil
}

// abort ends an answer that cannot be completed: never so that it looks complete.
func (y *relaying) abort(err error) {
	x := y.x
	gone := x.context().Err() != nil
	if !y.concluded {
		switch {
		case isEnding(err):
			y.conclude()
		case gone:
			x.conclude(statusClientGone, "client closed the connection", 0, nil)
		default:
			x.conclude(0, "the answer broke off", 0, nil)
		}
	}
	_ = y.response.Body.Close()
	if gone || x.uploading() {
		x.closes = false // nobody waits for the client either
		panic(http.ErrAbortHandler)
	}
	if !isEnding(err) {
		x.gateway.Log.Warn("An answer broke off.", "call", x.call.Name(), "error", err)
		err = fault.ErrReset
	}
	x.disconnect(err)
}

// codeOf is the error code of an upstream's answer; empty for success, and where it is not to be found.
func (x *exchange) codeOf(response *http.Response, body []byte) string {
	if response.StatusCode < 400 {
		return ""
	}
	if kind := response.Header.Get("X-Amzn-Errortype"); kind != "" {
		kind, _, _ = strings.Cut(kind, ":")
		return kind[strings.LastIndexByte(kind, '#')+1:]
	}
	codec := protocol.For(x.call.Protocol)
	if len(body) == 0 || codec == nil || x.found.Operation == nil {
		return ""
	}
	var e *aws.Error
	out := aws.Document{}
	if errors.As(codec.DecodeResponse(response, bytes.Clone(body), x.found.Operation, &out), &e) {
		return e.Code
	}
	return ""
}
