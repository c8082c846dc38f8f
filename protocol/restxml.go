package protocol

import (
	"bytes"
	"net/http"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
)

// restXML is REST-XML: as REST-JSON, with an XML body. S3 writes its errors in a form of its own.
type restXML struct{}

// Name implements Codec.
func (restXML) Name() string { return catalog.RESTXML }

// Decode implements Codec. A streaming payload stays with the request.
func (restXML) Decode(request *http.Request, body []byte, op *catalog.Operation, in any) error {
	r, err := restRequest(request, op, in)
	if err != nil || op.StreamingInput {
		return err
	}
	return r.decodeXMLBody(op.Input, body)
}

func (r *rest) decodeXMLBody(shape *catalog.Shape, body []byte) error {
	f, has := r.payloadOf(shape)
	if has && f == nil || len(bytes.TrimSpace(body)) == 0 || !has && !bodyFields(shape) {
		return nil
	}
	if has && rawPayload(f) {
		return r.setRaw(f, body)
	}
	var read func(x *xmlReader) error
	if has {
		p, err := planFor(f.member.Shape, anyType)
		if err != nil {
			return internalError(err)
		}
		read = func(x *xmlReader) error {
			start, err := x.root()
			if err != nil {
				return err
			}
			value, err := x.value(p, start)
			if err != nil {
				return err
			}
			return r.set(f, value)
		}
	} else {
		read = r.readXMLMembers
	}
	x := newXMLReader(body)
	err := read(x)
	if err == nil {
		err = x.end()
	}
	if err != nil {
		return malformedXML(err)
	}
	return nil
}

// readXMLMembers reads the members that are not bound elsewhere from the root's children.
func (r *rest) readXMLMembers(x *xmlReader) error {
	p, err := planFor(r.plan.shape, documentType)
	if err != nil {
		return internalError(err)
	}
	start, err := x.root()
	if err != nil {
		return err
	}
	document := map[string]any{}
	if err := x.structure(p, start, document); err != nil {
		return err
	}
	for i := range r.plan.fields {
		f := &r.plan.fields[i]
		if value := document[f.member.Name]; value != nil && !f.bound() {
			if err := r.set(f, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// Encode implements Codec.
func (restXML) Encode(reply *Reply, op *catalog.Operation, call *aws.Call, out any) error {
	if err := needShapes(op); err != nil {
		return err
	}
	r, err := restOf(op.Output, out)
	if err != nil {
		return err
	}
	status := op.Status
	if status == 0 {
		status = 200
	}
	reply.begin(call, status, typeXML)
	reply.setS3IDs(op.Service, call)
	if err := r.encodeHeaders(reply.Header, func(n int) { reply.Status = n }); err != nil {
		return err
	}
	start := len(reply.Body)
	if reply.Body, err = r.appendXMLBody(reply.Body, op, op.Output, op.Name+"Result"); err != nil {
		reply.Body = reply.Body[:start]
		return err
	}
	if len(reply.Body) == start {
		delete(reply.Header, contentType)
	}
	return nil
}

// setS3IDs replaces the request id's header by the two of S3 and S3 Control.
func (r *Reply) setS3IDs(service *catalog.Service, call *aws.Call) {
	if service == nil || !service.Traits.HostID || call == nil {
		return
	}
	delete(r.Header, requestID)
	r.Header[s3RequestID] = []string{call.ID}
	r.Header[s3HostID] = []string{hostID(call)}
}

// appendXMLBody writes the payload or the body's members; nothing where there are none.
func (r *rest) appendXMLBody(b []byte, op *catalog.Operation, shape *catalog.Shape, root string) ([]byte, error) {
	f, has := r.payloadOf(shape)
	if has && f == nil || !has && !bodyFields(shape) {
		return b, nil
	}
	if has && rawPayload(f) {
		raw, err := r.rawBytes(f)
		return append(b, raw...), err
	}
	w := &xmlWriter{b: append(b, xmlHead...), timestamps: iso8601}
	if has {
		value, err := r.get(f)
		if value == nil || err != nil {
			return b, err
		}
		p, err := planFor(f.member.Shape, anyType)
		if err != nil {
			return b, internalError(err)
		}
		name := f.wire
		if p.shape.XMLNamespace == "" && op.Service.XMLNamespace != "" {
			name += ` xmlns="` + string(appendXMLText(nil, op.Service.XMLNamespace)) + `"`
		}
		err = w.element(name, p, value)
		return w.b, err
	}
	p, document, err := r.asDocument()
	if err != nil {
		return b, err
	}
	namespace := op.Service.XMLNamespace
	if shape.XMLNamespace != "" {
		namespace = shape.XMLNamespace
	}
	w.open(root, namespace)
	if err := w.members(p, document, true); err != nil {
		return b, err
	}
	w.close(root)
	return w.b, nil
}

// asDocument is the structure as a document.
func (r *rest) asDocument() (*plan, map[string]any, error) {
	if r.plan.holder == asDocument {
		return r.plan, r.document, nil
	}
	return documentRootOf(r.plan.shape, r.value.Interface())
}

// EncodeError implements Codec.
func (restXML) EncodeError(reply *Reply, service *catalog.Service, call *aws.Call, e *aws.Error) {
	wire := wireErrorOf(service, e)
	reply.begin(call, wire.status, typeXML)
	reply.setS3IDs(service, call)
	id := ""
	if call != nil {
		id = call.ID
	}
	w := &xmlWriter{b: append(reply.Body, xmlHead...), timestamps: iso8601}
	shape := errorShape(service, e)
	if service != nil && service.Traits.UnwrappedErrors {
		w.open("Error", "")
		xmlErrorBody(w, &wire, shape, e.Detail)
		if document, ok := e.Detail.(aws.Document); reply.Resource != "" && (!ok || document["Resource"] == nil) {
			w.text("Resource", reply.Resource)
		}
		w.text("RequestId", id)
		w.text("HostId", hostID(call))
		w.close("Error")
		reply.Body = w.b
		return
	}
	namespace := ""
	if service != nil {
		namespace = service.XMLNamespace
	}
	w.errorResponse(namespace, &wire, shape, e.Detail, id)
	reply.Body = w.b
}

// errorResponse writes the wrapped form of an error, which REST-XML and query share.
func (w *xmlWriter) errorResponse(namespace string, e *wireError, shape *catalog.Shape, detail any, id string) {
	w.open("ErrorResponse", namespace)
	w.open("Error", "")
	w.text("Type", e.fault())
	xmlErrorBody(w, e, shape, detail)
	w.close("Error")
	w.text("RequestId", id)
	w.close("ErrorResponse")
}

// EncodeRequest implements Codec.
func (restXML) EncodeRequest(endpoint string, op *catalog.Operation, in any) (*http.Request, error) {
	if err := needShapes(op); err != nil {
		return nil, err
	}
	r, err := restOf(op.Input, in)
	if err != nil {
		return nil, err
	}
	header := http.Header{}
	root := op.Name + "Request"
	if op.Input != nil {
		root = op.Input.Name
	}
	body, err := r.appendXMLBody(nil, op, op.Input, root)
	if err != nil {
		return nil, err
	}
	if f, has := r.payloadOf(op.Input); len(body) > 0 && !(has && rawPayload(f)) {
		header[contentType] = typeXML
	}
	return r.request(endpoint, op, header, body)
}

// DecodeResponse implements Codec.
func (restXML) DecodeResponse(response *http.Response, body []byte, op *catalog.Operation, out any) error {
	if response.StatusCode >= 300 {
		return decodeXMLError(response.StatusCode, body)
	}
	if out == nil {
		return nil
	}
	if err := needShapes(op); err != nil {
		return err
	}
	r, err := restInto(op.Output, out)
	if err != nil {
		return err
	}
	if err := r.decodeResponse(response); err != nil {
		return err
	}
	return r.decodeXMLBody(op.Output, body)
}
