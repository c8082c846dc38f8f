package protocol

import (
	"net/http"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
)

// query is AWS query: a form that names the operation in Action, an answer in XML.
type query struct{}

// Name implements Codec.
func (query) Name() string { return catalog.Query }

// Decode implements Codec.
func (query) Decode(r *http.Request, body []byte, op *catalog.Operation, in any) error {
	if err := needShapes(op); err != nil {
		return err
	}
	f, err := newForm(r, body)
	if err != nil {
		return err
	}
	f.wire = plainWire
	return readInto(op.Input, in, func(p *plan) (any, error) { return f.structure(p, f.all()) })
}

// Encode implements Codec.
func (query) Encode(reply *Reply, op *catalog.Operation, call *aws.Call, out any) error {
	if err := needShapes(op); err != nil {
		return err
	}
	p, document, err := documentRootOf(op.Output, out)
	if err != nil {
		return err
	}
	w := &xmlWriter{b: reply.Body, timestamps: iso8601}
	w.open(op.Name+"Response", op.Service.XMLNamespace)
	if op.ResultWrapper != "" {
		w.open(op.ResultWrapper, "")
	}
	if err := w.members(p, document, false); err != nil {
		return err
	}
	if op.ResultWrapper != "" {
		w.close(op.ResultWrapper)
	}
	w.open("ResponseMetadata", "")
	w.text("RequestId", callID(call))
	w.close("ResponseMetadata")
	w.close(op.Name + "Response")
	reply.begin(call, 200, typeTextXML)
	reply.Body = w.b
	return nil
}

// plainWire is a member's name in a form.
func plainWire(f *field) string { return f.wire }

func callID(call *aws.Call) string {
	if call == nil {
		return ""
	}
	return call.ID
}

// EncodeError implements Codec.
func (query) EncodeError(reply *Reply, service *catalog.Service, call *aws.Call, e *aws.Error) {
	wire := wireErrorOf(service, e)
	reply.begin(call, wire.status, typeTextXML)
	namespace := ""
	if service != nil {
		namespace = service.XMLNamespace
	}
	w := &xmlWriter{b: reply.Body, timestamps: iso8601}
	w.errorResponse(namespace, &wire, errorShape(service, e), e.Detail, callID(call))
	reply.Body = w.b
}

// EncodeRequest implements Codec.
func (query) EncodeRequest(endpoint string, op *catalog.Operation, in any) (*http.Request, error) {
	if err := needShapes(op); err != nil {
		return nil, err
	}
	w := &formWriter{wire: plainWire}
	return w.request(endpoint, op, in)
}

// DecodeResponse implements Codec.
func (query) DecodeResponse(response *http.Response, body []byte, op *catalog.Operation, out any) error {
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
		for op.ResultWrapper != "" && start.Name.Local != op.ResultWrapper {
			var more bool
			if start, more, err = x.next(nil); err != nil {
				return nil, malformedXML(err)
			}
			if !more {
				return map[string]any{}, nil
			}
			if start.Name.Local != op.ResultWrapper {
				if err := x.skip(); err != nil {
					return nil, malformedXML(err)
				}
			}
		}
		value, err := x.value(p, start)
		if err != nil {
			return nil, malformedXML(err)
		}
		return value, nil
	})
}
