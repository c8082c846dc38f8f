// Package recognition tells from a request which AWS call it is: service, operation, region, account
// and caller, and what resources it is about. It works on the catalogue of all services, whoever
// answers them.
package recognition

import (
	"net/http"
	"strings"
	"sync"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/identity"
)

// Recognizer recognises requests. It remembers the routes of the services that it has met. It is safe
// for concurrent use.
type Recognizer struct {
	groups remembered[**catalog.Service] // by the first of a list that the catalogue keeps
	alone  remembered[*catalog.Service]
	open   sync.Once
	// without are the services that are called without a signature, by routes of their own.
	without *group
}

// New is a recogniser.
func New() *Recognizer { return &Recognizer{} }

// Finding is what a request was recognised as. Service is nil when nothing tells; Operation is nil
// when the service has none like it, or only the body can tell.
type Finding struct {
	Service   *catalog.Service
	Operation *catalog.Operation

	group *group // whose operations are meant; nil: any service's
	fork  *fork  // what Operation was chosen from; nil: nothing else came into question
	alive set    // what of the fork is still in question
	form  bool   // the body is a form that may hold an Action
}

// NeedsBody reports whether the body can tell more than the head did: then RecognizeBody is to be
// called before anything relies on the call's name. It is never true for operations that stream.
func (f *Finding) NeedsBody() bool { return f.form || f.fork != nil && f.fork.bodyTells(f.alive) }

// Recognize reads the head of a request (method, URL, headers) and fills the call with all that it
// says; of the body it reads nothing.
func (z *Recognizer) Recognize(r *http.Request, call *aws.Call) Finding {
	x := question{recognizer: z, r: r, method: r.Method, call: call}
	x.identify()
	call.Account = identity.Of(call.AccessKey).Account
	call.Attempt, call.MaxAttempts = attempts(header(r, "Amz-Sdk-Request"))
	call.InvocationID = header(r, "Amz-Sdk-Invocation-Id")
	found := x.find()
	x.settle(&found, !found.NeedsBody())
	if found.Service == nil && call.Protocol == "" {
		call.Protocol = x.spoken() // an error has to be told all the same
	}
	return found
}

// RecognizeBody goes on where Recognize left off, once the whole body is there: for forms, and for calls
// whose heads are alike. body must not change while the call lives.
func (z *Recognizer) RecognizeBody(r *http.Request, body []byte, call *aws.Call, found *Finding) {
	x := question{recognizer: z, r: r, method: r.Method, call: call}
	if found.form {
		*found = x.findInForm(found.group, body)
	}
	if found.fork != nil && found.fork.bodyTells(found.alive) {
		found.alive = found.fork.decideByBody(found.alive, r, call.Protocol, body)
	}
	x.settle(found, true)
	found.fork = nil
}

// settle writes what was found into the call: the likeliest candidate, and the others beside it once
// nothing more can tell them apart.
func (x *question) settle(found *Finding, finally bool) {
	call := x.call
	call.Others = nil
	if f := found.fork; f != nil && found.alive != 0 {
		found.Operation = f.operations[found.alive.first()]
		found.Service = found.Operation.Service
		if finally && found.alive.many() {
			call.Others = f.others(found.alive)
		}
	}
	if found.Service == nil {
		return
	}
	call.Service = found.Service.Name
	if call.Protocol == "" || !speaks(found.Service, call.Protocol) {
		call.Protocol = x.protocol(found.Service)
	}
	if found.Operation != nil {
		call.Operation = found.Operation.Name
	}
}

// find weighs the evidence, the surest first.
func (x *question) find() Finding {
	if x.method == http.MethodPost {
		if found, ok := x.byRPC(); ok {
			return found
		}
	}
	if services := catalog.BySigningName(x.credential.Service); len(services) > 0 {
		return x.within(x.recognizer.group(services))
	}
	if found, ok := x.byHost(); ok {
		return found
	}
	if service := agentService(x.r); service != nil {
		return x.within(x.recognizer.groupOf(service))
	}
	return x.byNothing()
}

// byHost finds the operation among those of the services whose endpoint the host is.
func (x *question) byHost() (found Finding, ok bool) {
	services := x.hostServices()
	if len(services) == 0 {
		return Finding{}, false
	}
	if isS3(services[0]) && strings.HasPrefix(x.r.URL.Path, "/"+s3ControlVersion) {
		return x.within(x.recognizer.group(catalog.ByEndpointPrefix("s3-control"))), true
	}
	found = x.within(x.recognizer.group(services))
	if others := x.host.others; found.fork == nil && !found.form && len(others) > 0 {
		if other := x.within(x.recognizer.group(others)); other.fork != nil {
			return other, true
		}
	}
	return found, true
}

// within finds the operation among services of which one is certainly meant.
func (x *question) within(g *group) Finding {
	if g.speaksQuery {
		if action, ok := pairValue(x.r.URL.RawQuery, "Action"); ok {
			x.call.Protocol = g.queryProtocol
			version, _ := pairValue(x.r.URL.RawQuery, "Version")
			return x.byAction(g, action, version)
		}
		if isForm(x.r) {
			if f, alive := x.routeOfForm(g); alive != 0 {
				return Finding{fork: f, alive: alive, group: g}
			}
			x.call.Protocol = g.queryProtocol
			return Finding{Service: g.services[0], group: g, form: true}
		}
	}
	return x.byRoute(g)
}

// byRoute finds the operation by method and path.
func (x *question) byRoute(g *group) Finding {
	if f, alive := x.route(g); alive != 0 {
		return Finding{fork: f, alive: alive, group: g}
	}
	return Finding{Service: x.likeliest(g), group: g}
}

// likeliest is whose call it is when no operation fits: the one that speaks as the request does.
func (x *question) likeliest(g *group) *catalog.Service {
	for _, service := range x.pinned(g.services) {
		if g.has(service) {
			return service
		}
	}
	return g.services[0]
}

// protocol is the one that the request speaks, as far as its headers say, else the service's own.
func (x *question) protocol(service *catalog.Service) string {
	if len(service.Protocols) == 1 && (service.TargetPrefix == "" || x.r.Header["Smithy-Protocol"] == nil) {
		return service.Protocols[0]
	}
	if said := x.spoken(); said != "" && speaks(service, said) {
		return said
	}
	for _, protocol := range service.Protocols {
		if protocol != catalog.CBOR { // who speaks it says so
			return protocol
		}
	}
	return service.Protocols[0]
}

// speaks reports whether a service can be spoken to so. AWS gives its JSON services CBOR as well, one after
// the other, and newer SDKs prefer it: the catalogue's models need not know it yet.
func speaks(service *catalog.Service, protocol string) bool {
	return service.Speaks(protocol) || protocol == catalog.CBOR && service.TargetPrefix != ""
}

// spoken is the protocol that headers and query string show; empty when they do not say.
func (x *question) spoken() string {
	switch content := contentType(x.r); {
	case header(x.r, "Smithy-Protocol") == "rpc-v2-cbor":
		return catalog.CBOR
	case content == "application/x-amz-json-1.0", content == "application/x-amz-json-1.1", header(x.r, "X-Amz-Target") != "":
		return catalog.JSON
	case isForm(x.r):
		return catalog.Query
	}
	if _, ok := pairValue(x.r.URL.RawQuery, "Action"); ok {
		return catalog.Query
	}
	return ""
}
