package protocol

import (
	"net/http"
	"strings"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
)

// ec2Query is EC2's own query protocol: all lists are flat in the request, members have names of
// their own there, and errors have a form of their own.
type ec2Query struct{}

// Name implements Codec.
func (ec2Query) Name() string { return catalog.EC2 }

// ec2Wire is a member's name in a request.
func ec2Wire(f *field) string {
	switch {
	case f.member.QueryName != "":
		return f.member.QueryName
	case f.wire == "":
		return ""
	}
	return strings.ToUpper(f.wire[:1]) + f.wire[1:]
}

// Decode implements Codec.
func (ec2Query) Decode(r *http.Request, body []byte, op *catalog.Operation, in any) error {
	if err := needShapes(op); err != nil {
		return err
	}
	f, err := newForm(r, body)
	if err != nil {
		return err
	}
	f.wire, f.flat = ec2Wire, true
	return readInto(op.Input, in, func(p *plan) (any, error) { return f.structure(p, f.all()) })
}

// Encode implements Codec.
func (ec2Query) Encode(reply *Reply, op *catalog.Operation, call *aws.Call, out any) error {
	if err := needShapes(op); err != nil {
		return err
	}
	p, document, err := documentRootOf(op.Output, out)
	if err != nil {
		return err
	}
	w := &xmlWriter{b: append(reply.Body, xmlHead...), timestamps: iso8601}
	w.open(op.Name+"Response", ec2Namespace(op.Service))
	w.text("requestId", callID(call))
	if err := w.members(p, document, false); err != nil {
		return err
	}
	w.close(op.Name + "Response")
	reply.begin(call, 200, typeEC2XML)
	reply.Body = w.b
	return nil
}

func ec2Namespace(service *catalog.Service) string {
	if service.XMLNamespace != "" {
		return service.XMLNamespace
	}
	return "http://ec2.amazonaws.com/doc/" + service.APIVersion + "/"
}

// EncodeError implements Codec.
func (ec2Query) EncodeError(reply *Reply, service *catalog.Service, call *aws.Call, e *aws.Error) {
	wire := wireErrorOf(service, e)
	reply.begin(call, wire.status, typeEC2XML)
	w := &xmlWriter{b: append(reply.Body, xmlHead...), timestamps: iso8601}
	w.open("Response", "")
	w.open("Errors", "")
	w.open("Error", "")
	xmlErrorBody(w, &wire, errorShape(service, e), e.Detail)
	w.close("Error")
	w.close("Errors")
	w.text("RequestID", callID(call))
	w.close("Response")
	reply.Body = w.b
}

// EncodeRequest implements Codec.
func (ec2Query) EncodeRequest(endpoint string, op *catalog.Operation, in any) (*http.Request, error) {
	if err := needShapes(op); err != nil {
		return nil, err
	}
	w := &formWriter{wire: ec2Wire, flat: true}
	return w.request(endpoint, op, in)
}

// DecodeResponse implements Codec.
func (ec2Query) DecodeResponse(response *http.Response, body []byte, op *catalog.Operation, out any) error {
	if response.StatusCode >= 300 {
		return decodeXMLError(response.StatusCode, body)
	}
	if out == nil || len(body) == 0 {
		return nil
	}
	if err := needShapes(op); err != nil {
		return err
	}
	return readInto(op.Output, out, func(p *plan) (any, error) {
		x := newXMLReader(body)
		start, err := x.root()
		if err != nil {
			return nil, malformedXML(err)
		}
		value, err := x.value(p, start)
		if err != nil {
			return nil, malformedXML(err)
		}
		return value, nil
	})
}
