// Package gateway is the port: it recognises a request, lets the faults have their say, routes the
// call to a service, and writes the answer in the caller's own protocol.
package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/identity"
	"github.com/brownoutdev/brownout/internal/random"
	"github.com/brownoutdev/brownout/protocol"
	"github.com/brownoutdev/brownout/recognition"
	"github.com/brownoutdev/brownout/services"
)

// Config is what a gateway needs.
type Config struct {
	// Services are those that Brownout answers itself.
	Services []*services.Service
	// Rules decide which calls get which faults.
	Rules *fault.Rules
	// Clock is the movable one: it dates calls. Injected delays are real time, whatever it says.
	Clock clock.Clock
	IDs   *random.Source
	Log   *slog.Logger
	// Control answers /_brownout/* and /_localstack/*, which are never faulted.
	Control http.Handler
	// Admit says whose requests are let in at all.
	Admit Admission
}

// Gateway is an http.Handler.
type Gateway struct {
	Config
	services   map[string]*services.Service
	recognizer *recognition.Recognizer
	buffers    sync.Pool // *[]byte: bodies of answers
	calls      atomic.Uint64
}

// New is a gateway.
func New(c Config) *Gateway {
	g := &Gateway{Config: c, services: map[string]*services.Service{}, recognizer: recognition.New()}
	for _, s := range c.Services {
		g.services[s.Name] = s
	}
	g.buffers.New = func() any { return new([]byte) }
	return g
}

// Calls is how many AWS calls have come in.
func (g *Gateway) Calls() uint64 { return g.calls.Load() }

// ServeHTTP implements http.Handler.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if refusal := g.Admit.refusal(r); refusal != "" {
		refuse(w, refusal)
		return
	}
	if g.Admit.answerPreflight(w, r) {
		return
	}
	if isControl(r.URL.Path) {
		g.Control.ServeHTTP(w, r)
		return
	}
	g.calls.Add(1)
	x := exchange{gateway: g, w: w, r: r, began: clock.Real{}.Now()}
	defer x.recover()
	x.serve()
}

func isControl(path string) bool {
	return strings.HasPrefix(path, "/_brownout/") || strings.HasPrefix(path, "/_localstack/")
}

// exchange is one call's walk through the gateway.
type exchange struct {
	gateway *Gateway
	w       http.ResponseWriter
	r       *http.Request
	call    aws.Call
	found   recognition.Finding
	plan    fault.Plan
	body    []byte
	began   time.Time // real time
	written bool
}

func (x *exchange) serve() {
	g := x.gateway
	x.call.At = g.Clock.Now()
	x.found = g.recognizer.Recognize(x.r, &x.call)
	x.call.ID = g.requestID(x.found.Service)
	if x.found.Service == nil && !x.found.NeedsBody() {
		x.fail(unrecognized(x.r))
		return
	}
	var err error
	if x.found.Operation == nil || !x.found.Operation.StreamingInput {
		if x.body, err = readBody(x.r); err != nil {
			x.fail(err)
			return
		}
	}
	if x.found.NeedsBody() {
		g.recognizer.RecognizeBody(x.r, x.body, &x.call, &x.found)
		x.call.ID = g.requestID(x.found.Service)
		if x.found.Service == nil {
			x.fail(unrecognized(x.r))
			return
		}
	}
	g.Rules.Set().Match(&x.call, &x.plan)
	if x.plan.Hit() {
		if err := x.strike(); err != nil {
			x.fail(err)
			return
		}
	}
	x.answer()
}

// strike carries out the plan's faults before the work is done.
func (x *exchange) strike() error {
	x.w.Header()["X-Brownout-Fault"] = []string{strings.Join(x.plan.Owners(), ",")}
	if err := (clock.Real{}).Sleep(x.r.Context(), x.plan.Delay); err != nil {
		return err
	}
	return x.plan.Before(x.r.Context(), &x.call)
}

// answer lets the service do the work and writes what came of it.
func (x *exchange) answer() {
	handler, err := x.route()
	if err != nil {
		x.fail(err)
		return
	}
	codec := x.codec()
	in := handler.NewInput()
	if err := codec.Decode(x.r, x.body, handler.Operation, in); err != nil {
		x.fail(err)
		return
	}
	out, err := handler.Run(&services.Request{
		Context: x.r.Context(), Call: &x.call, Caller: identity.Of(x.call.AccessKey), Faults: fault.NoFaults{},
	}, in)
	if err != nil {
		x.fail(err)
		return
	}
	buffer := x.gateway.buffers.Get().(*[]byte)
	reply := protocol.Reply{Header: x.w.Header(), Body: (*buffer)[:0], Resource: x.r.URL.Path}
	if err := codec.Encode(&reply, handler.Operation, &x.call, out); err != nil {
		x.fail(fmt.Errorf("encode the answer: %w", err))
		return
	}
	x.write(&reply, nil)
	x.gateway.keep(buffer, reply.Body)
}

// route finds who does the work.
func (x *exchange) route() (*services.Handler, error) {
	service := x.gateway.services[x.call.Service]
	switch {
	case service == nil:
		return nil, aws.NotImplemented(fmt.Sprintf("Brownout does not serve %s itself, and no upstream is set for it (call: %s).", x.call.Service, x.call.Name()))
	case x.found.Operation == nil:
		return nil, &aws.Error{Code: "UnknownOperationException", Namespace: coralService, Status: http.StatusBadRequest, Sender: true}
	}
	handler := service.Handler(x.call.Operation)
	if handler == nil {
		return nil, aws.NotImplemented(fmt.Sprintf("Brownout does not carry out %s yet.", x.call.Name()))
	}
	return handler, nil
}

// coralService is the namespace of the errors that AWS's framework gives before a service sees a call.
const coralService = "com.amazon.coral.service"

// fail writes an error, unless the caller has gone.
func (x *exchange) fail(err error) {
	if x.r.Context().Err() != nil && errors.Is(err, context.Canceled) {
		x.log(statusClientGone, "client closed the connection", nil)
		return
	}
	e := aws.AsError(err)
	buffer := x.gateway.buffers.Get().(*[]byte)
	reply := protocol.Reply{Header: x.w.Header(), Body: (*buffer)[:0], Resource: x.r.URL.Path}
	x.codec().EncodeError(&reply, x.found.Service, &x.call, e)
	x.write(&reply, e)
	x.gateway.keep(buffer, reply.Body)
}

func (x *exchange) codec() protocol.Codec {
	if codec := protocol.For(x.call.Protocol); codec != nil {
		return codec
	}
	return protocol.For(catalog.RESTJSON)
}

// write logs first, so that whoever has the answer finds its line in the log.
func (x *exchange) write(reply *protocol.Reply, e *aws.Error) {
	x.w.Header()["X-Brownout-Call"] = []string{x.names()}
	reply.NoBody = x.r.Method == http.MethodHead
	code := ""
	if e != nil {
		code = e.Code
	}
	x.log(reply.Status, code, e)
	x.written = true
	if err := reply.WriteTo(x.w); err != nil {
		x.gateway.Log.Debug("The answer did not reach the caller.", "call", x.call.Name(), "error", err)
	}
}

// names is the call's name with those that it may have as well.
func (x *exchange) names() string {
	if len(x.call.Others) == 0 {
		return x.call.Name()
	}
	return x.call.Name() + "; or=" + strings.Join(x.call.Others, ",")
}

// keep returns a buffer for the next answer, unless an unusually large answer has grown it.
func (g *Gateway) keep(buffer *[]byte, body []byte) {
	if cap(body) <= 1<<20 {
		*buffer = body[:0]
		g.buffers.Put(buffer)
	}
}

func (g *Gateway) requestID(service *catalog.Service) string {
	if service != nil && service.Traits.LongRequestID {
		return g.IDs.LongRequestID()
	}
	return g.IDs.UUID()
}

// recover turns a panic into InternalFailure: one broken call must not take the server down.
func (x *exchange) recover() {
	p := recover()
	if p == nil || p == http.ErrAbortHandler {
		return
	}
	x.gateway.Log.Error("A call panicked; please report this as a bug of Brownout.",
		"call", x.call.Name(), "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	if !x.written {
		x.fail(fmt.Errorf("panic: %v", p))
	}
}

func unrecognized(r *http.Request) error {
	return &aws.Error{
		Code: "UnknownOperationException", Status: http.StatusNotFound, Sender: true,
		Message: fmt.Sprintf("Brownout cannot tell which AWS service %s %s is for: the request has no X-Amz-Target, no Action, "+
			"no signature and no host name that says so. Brownout's own paths begin with /_brownout/.", r.Method, r.URL.Path),
	}
}
