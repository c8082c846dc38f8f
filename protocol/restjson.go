package protocol

import (
	"bytes"
	"net/http"
	"reflect"
	"strings"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
)

// restJSON is REST-JSON: the route names the operation, members stand in path, query string, headers
// and a JSON body.
type restJSON struct{}

// Name implements Codec.
func (restJSON) Name() string { return catalog.RESTJSON }

// Decode implements Codec. A streaming payload stays with the request.
func (restJSON) Decode(request *http.Request, body []byte, op *catalog.Operation, in any) error {
	r, err := restRequest(request, op, in)
	if err != nil || op.StreamingInput {
		return err
	}
	return r.decodeJSONBody(op.Service, op.Input, body, true)
}

// decodeJSONBody reads the body's members. lenient is for requests: see jsonReader.textOfAny.
func (r *rest) decodeJSONBody(service *catalog.Service, shape *catalog.Shape, body []byte, lenient bool) error {
	f, has := r.payloadOf(shape)
	if has && f == nil || len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	if has && rawPayload(f) {
		return r.setRaw(f, body)
	}
	reader := &jsonReader{namespace: namespaceOf(service), textOfAny: lenient}
	if !has && !bodyFields(shape) && shape != nil {
		return nil // nothing of the body is ours: SDKs send all sorts there
	}
	var err error
	switch {
	case !has:
		err = reader.decodeInto(body, r.plan, r.value, true)
	case r.document != nil:
		var value any
		into := reflect.ValueOf(&value).Elem()
		if err = reader.decodeInto(body, f.plan, into, false); err == nil {
			r.document[f.member.Name] = value
		}
	default:
		err = reader.decodeInto(body, f.plan, target(f.plan, r.value.Field(f.index)), false)
	}
	return withSyntax(err)
}

// withSyntax says what is wrong with broken JSON: REST services have no known words of AWS's for it.
func withSyntax(err error) error {
	if e, ok := err.(*aws.Error); ok && e.Message == "" && e.Cause != nil {
		e.Message = "The body is not valid JSON: " + e.Cause.Error()
	} else if ok && e.Message == "" {
		e.Message = "The body is not a JSON object"
	}
	return err
}

// Encode implements Codec.
func (restJSON) Encode(reply *Reply, op *catalog.Operation, call *aws.Call, out any) error {
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
	reply.begin(call, status, typeJSON)
	if err := r.encodeHeaders(reply.Header, func(n int) { reply.Status = n }); err != nil {
		return err
	}
	start := len(reply.Body)
	if reply.Body, err = r.appendJSONBody(reply.Body, op.Output, reply.Header); err != nil {
		reply.Body = reply.Body[:start]
		return err
	}
	if len(reply.Body) == start {
		if f, has := r.payloadOf(op.Output); !has || f == nil || !rawPayload(f) {
			if reply.Status != 204 {
				reply.Body = append(reply.Body, "{}"...)
			}
		}
	}
	return nil
}

// appendJSONBody writes the body's members or the payload; nothing where the payload is absent.
func (r *rest) appendJSONBody(b []byte, shape *catalog.Shape, header http.Header) ([]byte, error) {
	f, has := r.payloadOf(shape)
	switch {
	case !has:
		return appendJSONRoot(b, r.plan, r.value, true)
	case f == nil:
		return b, nil
	case rawPayload(f):
		raw, err := r.rawBytes(f)
		if r.at("header", "Content-Type") == nil {
			kind := "application/octet-stream"
			if f.plan.kind == catalog.String {
				kind = "text/plain"
			}
			header[contentType] = []string{kind}
		}
		return append(b, raw...), err
	case r.plan.holder == asDocument:
		value, err := r.get(f)
		if value == nil || err != nil {
			return b, err
		}
		return appendJSONDocument(b, f.plan, value)
	}
	fv := r.value.Field(f.index)
	if absent(f.plan, fv) {
		return b, nil
	}
	return appendJSON(b, f.plan, fv)
}

// EncodeError implements Codec.
func (restJSON) EncodeError(reply *Reply, service *catalog.Service, call *aws.Call, e *aws.Error) {
	w := wireErrorOf(service, e)
	reply.begin(call, w.status, typeJSON)
	code := w.code
	if e.Shape != "" || service != nil && service.QueryCompatible {
		code = w.shape
	}
	if text, ok := headerText(code); ok {
		reply.Header[errorTypeHeader] = []string{text}
	}
	shape := errorShape(service, e)
	if p, v, err := rootValue(shape, e.Detail); err == nil && shape != nil && !detailEncodes(e.Detail) {
		r := &rest{plan: p, value: v}
		if p.holder == asDocument {
			r.document, _ = v.Interface().(map[string]any)
		}
		_ = r.encodeHeaders(reply.Header, nil) // Retry-After and the like; an error gets through without them
	}
	reply.Body = appendJSONError(reply.Body, shape, e.Detail, []pair{
		{"__type", code}, {"code", code}, {messageKey(shape, w.code, false), w.message},
	})
	reply.setQueryError(service, &w)
}

// EncodeRequest implements Codec.
func (restJSON) EncodeRequest(endpoint string, op *catalog.Operation, in any) (*http.Request, error) {
	if err := needShapes(op); err != nil {
		return nil, err
	}
	r, err := restOf(op.Input, in)
	if err != nil {
		return nil, err
	}
	var body []byte
	header := http.Header{}
	if _, has := r.payloadOf(op.Input); has || bodyFields(op.Input) {
		header[contentType] = typeJSON
		if body, err = r.appendJSONBody(nil, op.Input, header); err != nil {
			return nil, err
		}
	}
	return r.request(endpoint, op, header, body)
}

// request puts a REST request together.
func (r *rest) request(endpoint string, op *catalog.Operation, header http.Header, body []byte) (*http.Request, error) {
	target, err := r.encodeTarget(op)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequest(op.Method, strings.TrimSuffix(endpoint, "/")+target, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header = header
	return request, r.encodeHeaders(header, nil)
}

// DecodeResponse implements Codec.
func (restJSON) DecodeResponse(response *http.Response, body []byte, op *catalog.Operation, out any) error {
	if response.StatusCode >= 300 {
		return decodeJSONError(response, body)
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
	return r.decodeJSONBody(op.Service, op.Output, body, false)
}
