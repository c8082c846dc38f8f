package gateway

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/identity"
	"github.com/brownoutdev/brownout/protocol"
	"github.com/brownoutdev/brownout/services"
)

// Ask implements services.Asker: a service of ours is asked in process, through its codec, so that
// documents look as they do to clients; others are asked over their upstream. Such calls are never faulted, and
// neither the journal nor the metrics know of them. The error is an *aws.Error, or the context's.
func (g *Gateway) Ask(ctx context.Context, as identity.Principal, region, service, operation string, in aws.Document) (aws.Document, error) {
	s := catalog.Lookup(service)
	if s == nil {
		return nil, aws.NotImplemented(fmt.Sprintf("AWS has no service %q.", service))
	}
	op := s.Operation(operation)
	if op == nil {
		return nil, aws.NotImplemented(fmt.Sprintf("%s has no operation %q.", s.Name, operation))
	}
	if !op.HasShapes {
		return nil, aws.NotImplemented(fmt.Sprintf("Brownout does not know the shapes of %s.%s.", s.Name, op.Name))
	}
	name := askedIn(s)
	call := aws.Call{
		ID: g.requestID(s), Service: s.Name, Operation: op.Name, Region: region, Account: as.Account,
		AccessKey: as.AccessKey, CallerARN: as.ARN, Protocol: name, At: g.Clock.Now(),
	}
	ours := g.services[s.Name]
	url := ""
	if ours == nil && g.Upstream != nil {
		url = g.Upstream.URL(s.Name)
	}
	if ours == nil && url == "" {
		return nil, unserved(&call)
	}
	if in == nil {
		in = aws.Document{}
	}
	codec := protocol.For(name)
	endpoint := url
	if ours != nil {
		endpoint = "http://localhost"
	}
	request, err := codec.EncodeRequest(endpoint, op, in)
	if err != nil {
		return nil, fmt.Errorf("encode the request of %s: %w", call.Name(), err)
	}
	var response *http.Response
	var body []byte
	if ours != nil {
		response, body, err = g.askOurs(ctx, as, &call, ours, op, codec, request)
	} else {
		response, body, err = g.askUpstream(ctx, &call, op, request)
	}
	if err != nil {
		return nil, err
	}
	out := aws.Document{}
	if err := codec.DecodeResponse(response, body, op, &out); err != nil {
		return nil, err
	}
	return out, nil
}

// askedIn is the protocol that we speak as a client: the model's own, save that CBOR is for those who choose it.
func askedIn(s *catalog.Service) string {
	for _, name := range s.Protocols {
		if name != catalog.CBOR {
			return name
		}
	}
	return s.Protocols[0]
}

// askOurs carries a call out in process.
func (g *Gateway) askOurs(ctx context.Context, as identity.Principal, call *aws.Call, service *services.Service, op *catalog.Operation,
	codec protocol.Codec, request *http.Request) (*http.Response, []byte, error) {
	handler := service.Handler(op.Name)
	if handler == nil {
		return nil, nil, notCarriedOut(call)
	}
	var sent []byte
	if request.Body != nil {
		var err error
		if sent, err = io.ReadAll(request.Body); err != nil {
			return nil, nil, err
		}
	}
	in := handler.NewInput()
	if err := codec.Decode(request, sent, op, in); err != nil {
		return nil, nil, aws.AsError(err)
	}
	out, err := handler.Run(&services.Request{Context: ctx, Call: call, Caller: as, Faults: fault.NoFaults{}}, in)
	if err != nil {
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		return nil, nil, aws.AsError(err)
	}
	reply := protocol.Reply{Header: http.Header{}}
	if err := codec.Encode(&reply, op, call, out); err != nil {
		return nil, nil, fmt.Errorf("encode the answer of %s: %w", call.Name(), err)
	}
	return &http.Response{StatusCode: reply.Status, Header: reply.Header}, reply.Body, nil
}

// askUpstream sends a call to its upstream, signed in form: the upstream learns caller, region and service from it.
func (g *Gateway) askUpstream(ctx context.Context, call *aws.Call, op *catalog.Operation, request *http.Request) (*http.Response, []byte, error) {
	key := call.AccessKey
	if key == "" {
		key = call.Account // as LocalStack and moto take it
	}
	date := call.At.UTC()
	request.Header.Set("X-Amz-Date", date.Format("20060102T150405Z"))
	request.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/%s/%s/%s/aws4_request, SignedHeaders=host;x-amz-date, Signature=%064d",
		key, date.Format("20060102"), call.Region, op.Service.SigningName, 0))
	request.Header.Set("User-Agent", "brownout")
	var sent []byte
	if request.Body != nil {
		var err error
		if sent, err = io.ReadAll(request.Body); err != nil {
			return nil, nil, err
		}
	}
	request.ContentLength = int64(len(sent))
	response, err := g.Upstream.Forward(ctx, call, request, sent, nil)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	var body bytes.Buffer
	n, err := body.ReadFrom(io.LimitReader(response.Body, MaxBody+1))
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, nil, ctx.Err()
	case err != nil:
		return nil, nil, badGateway(fmt.Sprintf("The upstream cut its answer to %s off.", call.Name()), err)
	case n > MaxBody:
		return nil, nil, badGateway(fmt.Sprintf("The upstream's answer to %s is larger than 16 MiB.", call.Name()), nil)
	}
	return response, body.Bytes(), nil
}

func badGateway(message string, cause error) error {
	return &aws.Error{Code: "BadGateway", Message: message, Status: http.StatusBadGateway, Cause: cause}
}
