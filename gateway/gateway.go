// Package gateway is the port: it recognises a request, lets the faults have their say, routes the
// call to a service, and writes the answer in the caller's own protocol.
package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
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
	"github.com/brownoutdev/brownout/journal"
	"github.com/brownoutdev/brownout/protocol"
	"github.com/brownoutdev/brownout/recognition"
	"github.com/brownoutdev/brownout/services"
)

// Config is what a gateway needs.
type Config struct {
	// Services are those that Brownout answers itself.
	Services []*services.Service
	// Upstream gets the calls of all other services that it has an endpoint for; nil: there is none.
	Upstream Upstream
	// Rules decide which calls get which faults.
	Rules *fault.Rules
	// Clock is the movable one: it dates calls. Injected delays are real time, whatever it says.
	Clock clock.Clock
	IDs   *random.Source
	// Identities knows whose access keys are; nil: nobody is known.
	Identities *identity.Directory
	// Credentials judge the signatures of calls that are answered here; nil: every caller is believed.
	Credentials Credentials
	Log         *slog.Logger
	// Journal remembers the calls; nil: nobody does.
	Journal *journal.Journal
	// Control answers /_brownout/* and /_localstack/*, which are never faulted.
	Control http.Handler
	// Admit says whose requests are let in at all.
	Admit Admission
	// Guard says why a request, with this body, may not steer experiments; empty when it may. nil: all may.
	Guard func(r *http.Request, body []byte) string
}

// Gateway is an http.Handler.
type Gateway struct {
	Config
	services    map[string]*services.Service
	recognizer  *recognition.Recognizer
	buffers     sync.Pool // *[]byte: bodies of answers
	compressors compressors
	calls       atomic.Uint64
	attempts    *attempts
	estimates   atomic.Bool // attempts may hold something
	seized      sync.Map    // net.Conn: taken over from the http.Server
}

// New is a gateway.
func New(c Config) *Gateway {
	if c.Identities == nil {
		c.Identities = identity.NewDirectory(c.Clock)
	}
	g := &Gateway{Config: c, services: map[string]*services.Service{}, recognizer: recognition.New(), attempts: newAttempts()}
	for _, s := range c.Services {
		g.services[s.Name] = s
	}
	g.buffers.New = func() any { return new([]byte) }
	return g
}

// Calls is how many AWS calls have come in.
func (g *Gateway) Calls() uint64 { return g.calls.Load() }

// ForgetAttempts begins anew to number the attempts of clients that do not send the number.
func (g *Gateway) ForgetAttempts() { g.attempts.clear() }

// ServeHTTP implements http.Handler.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	misframed := checkFraming(w, r)
	if refusal := g.Admit.refusal(r); refusal != "" {
		refuse(w, refusal)
		return
	}
	if g.Admit.answerPreflight(w, r) {
		return
	}
	if isControl(r.URL.Path) && misframed == nil {
		g.Control.ServeHTTP(w, r)
		return
	}
	g.calls.Add(1)
	x := exchange{gateway: g, w: w, r: r, began: clock.Real{}.Now()}
	defer x.release()
	defer x.recover()
	x.serve(misframed)
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
	caller  identity.Principal
	found   recognition.Finding
	plan    fault.Plan
	body    []byte
	// sent is the body as it came in, where body is what it was before it was compressed; partial says that more
	// of it follows, which an upstream gets.
	sent    []byte
	partial bool
	began   time.Time     // real time
	took    time.Duration // until the answer was known; set when the call is concluded
	written bool
	// injected is how long the call waited because rules said so, in real time; injectedError that the
	// answer is a rule's.
	injected      time.Duration
	injectedError bool
	// attemptKey numbers the attempts of clients that do not; 0 when nobody asks.
	attemptKey uint64
	// response is an upstream's answer; upload is the request's body while an upstream reads it; upstream is how
	// long the upstream was waited for. closes: the connection ends with the answer. nameless: nobody recognises
	// the request, it is only passed on.
	response         *http.Response
	upload           *upload
	upstream         time.Duration
	closes, nameless bool
	// dismissed says that the request's body is out of the way of an answer; conn, ctx and drained are
	// set when that took taking the connection over. ctx stands in for the request's, which then does
	// not learn that the client has gone.
	dismissed bool
	conn      net.Conn
	ctx       context.Context
	drained   chan struct{}
}

// context ends when the client has gone.
func (x *exchange) context() context.Context {
	if x.ctx != nil {
		return x.ctx
	}
	return x.r.Context()
}

// serve serves the call, unless its request is framed so that nobody can tell what belongs to it.
func (x *exchange) serve(misframed error) {
	g := x.gateway
	x.call.At = g.Clock.Now()
	x.found = g.recognizer.Recognize(x.r, &x.call)
	x.caller = g.Identities.Of(x.call.AccessKey)
	x.call.Account, x.call.CallerARN = x.caller.Account, x.caller.ARN
	x.call.ID = g.requestID(x.found.Service)
	if misframed != nil {
		x.fail(misframed)
		return
	}
	if err := checkSignatures(x.r, x.found.Service); err != nil {
		x.fail(err)
		return
	}
	if x.answerHealth() {
		return
	}
	if x.found.Service == nil && !x.found.NeedsBody() {
		x.serveUnrecognized()
		return
	}
	x.call.Resolver, x.call.UserAgent, x.call.Header = x, x.r.UserAgent(), x.r.Header
	rules := g.Rules.Set()
	streams := x.streams(rules)
	early := streams || x.matchesEarly(rules)
	if early {
		x.match(rules)
	}
	if !streams && (!early || !x.plan.Refuses()) {
		if err := x.read(); err != nil {
			x.fail(err)
			return
		}
		if x.found.Service == nil {
			x.serveUnrecognized()
			return
		}
		if err := x.authenticate(); err != nil {
			x.fail(err)
			return
		}
	}
	if !early {
		x.match(rules)
	}
	handler, out, err := x.work()
	if err != nil {
		x.fail(err)
		return
	}
	if x.response != nil {
		x.relay()
		return
	}
	x.answer(handler, out)
}

// matchesEarly reports whether rules can have their say before the body is there: for streams, whose
// body only an upstream reads, and for clients that wait to be asked for it.
func (x *exchange) matchesEarly(rules *fault.Set) bool {
	if x.found.Operation != nil && x.found.Operation.StreamingInput {
		return true
	}
	return expectsContinue(x.r) && !x.found.NeedsBody() && !rules.AsksResources(&x.call) && !(rules.AsksAttempts() && x.call.Attempt == 0)
}

// read reads the body of a call that is not a stream, and finds out from it what the head did not say.
func (x *exchange) read() (err error) {
	if x.found.Operation != nil && x.found.Operation.StreamingInput {
		return nil
	}
	up := x.mayGoUp()
	x.body, x.partial, err = readBody(x.r, up)
	if err != nil {
		return err
	}
	plain, err := inflate(x.r, x.body)
	switch {
	case err == nil && plain != nil:
		x.body, x.sent = plain, x.body
	case err != nil && !x.goesUp(): // else that is for the upstream to say
		return err
	}
	if !x.found.NeedsBody() {
		return nil
	}
	x.gateway.recognizer.RecognizeBody(x.r, x.body, &x.call, &x.found)
	x.call.ID = x.gateway.requestID(x.found.Service)
	return nil
}

// match asks the rules what is to happen to the call.
func (x *exchange) match(rules *fault.Set) {
	g := x.gateway
	if rules.AsksAttempts() {
		if x.call.Attempt == 0 {
			g.estimates.Store(true)
			x.attemptKey = g.attempts.key(x)
			x.call.Attempt, x.call.EstimatedAttempt = g.attempts.next(x.attemptKey), true
		}
	} else if g.estimates.Load() {
		g.estimates.Store(false)
		g.attempts.clear()
	}
	rules.Match(&x.call, &x.plan)
	if x.plan.Hit() {
		x.w.Header()["X-Brownout-Fault"] = []string{strings.Join(x.plan.Owners(), ",")}
	}
}

// work has the call carried out, by its service or by the faults that hit it, in the order of the plan.
func (x *exchange) work() (handler *services.Handler, out any, err error) {
	if err = x.strike(); err == nil {
		if handler, out, err = x.run(); err == nil && (x.response == nil || x.response.StatusCode < 400) {
			if err = x.inject(func() error { return x.plan.After(x.context(), &x.call) }); err != nil {
				x.discardAnswer()
			}
		}
	}
	if x.plan.DelayAfter > 0 && !isEnding(err) && x.context().Err() == nil {
		if gone := x.inject(func() error { return (clock.Real{}).Sleep(x.context(), x.plan.DelayAfter) }); gone != nil {
			err = gone
		}
	}
	return handler, out, err
}

// strike carries out the plan's faults before the work is done.
func (x *exchange) strike() error {
	if !x.plan.Hit() {
		return nil
	}
	if x.plan.Refuses() {
		x.dismiss()
	}
	return x.inject(func() error {
		if err := (clock.Real{}).Sleep(x.context(), x.plan.Delay); err != nil {
			return err
		}
		return x.plan.Before(x.context(), &x.call)
	})
}

// inject does what a fault wants, and notes how long that took and whether it became the answer.
func (x *exchange) inject(fault func() error) error {
	if !x.plan.Hit() {
		return nil
	}
	began := clock.Real{}.Now()
	err := fault()
	x.injected += clock.Real{}.Now().Sub(began)
	if err != nil {
		x.injectedError = x.context().Err() == nil
	}
	return err
}

// run lets the service do the work.
func (x *exchange) run() (*services.Handler, any, error) {
	if x.goesUp() {
		return nil, nil, x.forward()
	}
	handler, err := x.route()
	if err != nil {
		return nil, nil, err
	}
	if x.partial {
		return nil, nil, tooLarge()
	}
	if x.sent != nil {
		describePlain(x.r, len(x.body))
	}
	in := handler.NewInput()
	if err := x.codec().Decode(x.r, x.body, handler.Operation, in); err != nil {
		return nil, nil, err
	}
	out, err := handler.Run(&services.Request{
		Context: x.context(), Call: &x.call, Caller: x.caller, Faults: x.plan.View(),
	}, in)
	return handler, out, err
}

// answer writes what came of the call.
func (x *exchange) answer(handler *services.Handler, out any) {
	buffer := x.gateway.buffers.Get().(*[]byte)
	reply := protocol.Reply{Header: x.w.Header(), Body: (*buffer)[:0], Resource: x.r.URL.Path}
	if err := x.codec().Encode(&reply, handler.Operation, &x.call, out); err != nil {
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
		return nil, unserved(&x.call)
	case x.found.Operation == nil:
		return nil, &aws.Error{Code: "UnknownOperationException", Namespace: coralService, Status: http.StatusBadRequest, Sender: true}
	}
	if x.call.Service == fault.ControlService && x.gateway.Guard != nil {
		if why := x.gateway.Guard(x.r, x.body); why != "" {
			return nil, &aws.Error{Code: "AccessDeniedException", Message: why, Status: http.StatusForbidden, Sender: true}
		}
	}
	handler := service.Handler(x.call.Operation)
	if handler == nil {
		return nil, notCarriedOut(&x.call)
	}
	return handler, nil
}

// coralService is the namespace of the errors that AWS's framework gives before a service sees a call.
const coralService = "com.amazon.coral.service"

// fail writes an error, unless the caller has gone, or a fault wants the connection to end without one.
func (x *exchange) fail(err error) {
	if isEnding(err) {
		x.end(err)
		return
	}
	if x.context().Err() != nil && errors.Is(err, context.Canceled) {
		x.conclude(statusClientGone, "client closed the connection", 0, nil)
		return
	}
	x.clearWay()
	x.dismiss()
	e := aws.AsError(err)
	buffer := x.gateway.buffers.Get().(*[]byte)
	reply := protocol.Reply{Header: x.w.Header(), Body: (*buffer)[:0], Resource: x.r.URL.Path}
	x.codec().EncodeError(&reply, x.found.Service, &x.call, e)
	if e.RetryAfter > 0 {
		reply.Header["Retry-After"] = []string{strconv.Itoa(e.RetryAfter)}
	}
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
	if !x.nameless {
		reply.Set("X-Brownout-Call", x.names())
	}
	reply.NoBody = x.r.Method == http.MethodHead
	x.gateway.compressors.compress(reply, x.r, x.found.Service)
	code := ""
	if e != nil {
		code = e.Code
	}
	bytesOut := int64(len(reply.Body))
	if reply.NoBody {
		bytesOut = 0
	}
	x.conclude(reply.Status, code, bytesOut, e)
	x.written = true
	w := x.w
	if x.plan.TouchesBody() {
		w = &answerWriter{ResponseWriter: w, x: x}
	}
	err := reply.WriteTo(w)
	if err == nil && x.conn != nil {
		err = http.NewResponseController(w).Flush()
	}
	if isEnding(err) {
		x.disconnect(err)
	} else if err != nil {
		x.gateway.Log.Debug("The answer did not reach the caller.", "call", x.call.Name(), "error", err)
	}
}

// conclude tells the journal and the log what became of the call, once. code is
// the error's, or says in words why there is no answer.
func (x *exchange) conclude(status int, code string, bytesOut int64, e *aws.Error) {
	x.took = clock.Real{}.Now().Sub(x.began)
	if x.nameless {
		x.gateway.Log.Info("Passed on a request that is no known AWS call.", "method", x.r.Method, "path", x.r.URL.Path, "status", status, "took", x.took)
		return
	}
	if x.attemptKey != 0 {
		x.gateway.attempts.ended(x.attemptKey, x.call.Attempt, status == 0 || status >= 400)
	}
	if status == 0 || status == statusClientGone {
		x.record(status, "", 0)
	} else {
		x.record(status, code, bytesOut)
	}
	x.log(status, code, e)
}

// names is the call's name with those that it may have as well.
func (x *exchange) names() string {
	if len(x.call.Others) == 0 {
		return x.call.Name()
	}
	return x.call.Name() + "; or=" + strings.Join(x.call.Others, ",")
}

// Resources implements aws.Resolver.
func (x *exchange) Resources(call *aws.Call, found []aws.Resource) []aws.Resource {
	return recognition.Resources(x.r, x.body, call, x.found.Operation, found)
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
