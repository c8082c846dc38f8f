package protocol

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
)

// rpcV2CBOR is smithy-rpc-v2-cbor: the path names the operation, bodies are CBOR.
type rpcV2CBOR struct{}

// Name implements Codec.
func (rpcV2CBOR) Name() string { return catalog.CBOR }

// Decode implements Codec. An operation without input has no body.
func (rpcV2CBOR) Decode(_ *http.Request, body []byte, op *catalog.Operation, in any) error {
	if err := needShapes(op); err != nil {
		return err
	}
	return readInto(op.Input, in, func(p *plan) (any, error) { return readCBOR(p, body) })
}

func readCBOR(p *plan, body []byte) (any, error) {
	if len(body) == 0 {
		return map[string]any{}, nil
	}
	var value any
	if err := cborReader.Unmarshal(body, &value); err != nil {
		e := serialization("The body is not valid CBOR")
		e.Cause = err
		return nil, e
	}
	if value == nil {
		return nil, serialization("The body is not a CBOR map")
	}
	return fromCBOR(p, value)
}

// Encode implements Codec.
func (rpcV2CBOR) Encode(reply *Reply, op *catalog.Operation, call *aws.Call, out any) error {
	if err := needShapes(op); err != nil {
		return err
	}
	body, err := bodyOfCBOR(op.Output, out)
	if err != nil {
		return err
	}
	reply.begin(call, 200, typeCBOR)
	reply.Header[smithyProtocol] = cborVersion
	reply.Body = append(reply.Body, body...)
	return nil
}

func bodyOfCBOR(shape *catalog.Shape, value any) ([]byte, error) {
	p, document, err := documentRootOf(shape, value)
	if err != nil {
		return nil, err
	}
	tree, err := toCBOR(p, document)
	if err != nil {
		return nil, err
	}
	body, err := cborWriter.Marshal(tree)
	if err != nil {
		return nil, internalError(err)
	}
	return body, nil
}

// EncodeError implements Codec. The code stands bare in __type: clients with generated CBOR code keep
// a namespace as part of codes that are not modelled, and would miss throttling.
func (rpcV2CBOR) EncodeError(reply *Reply, service *catalog.Service, call *aws.Call, e *aws.Error) {
	w := wireErrorOf(service, e)
	reply.begin(call, w.status, typeCBOR)
	reply.Header[smithyProtocol] = cborVersion
	code := w.code
	if e.Shape != "" || service != nil && service.QueryCompatible {
		code = w.shape
	}
	shape := errorShape(service, e)
	members := map[string]any{}
	if e.Detail != nil && shape != nil {
		if p, document, err := documentRootOf(shape, e.Detail); err == nil {
			if tree, err := toCBOR(p, document); err == nil {
				members, _ = tree.(map[string]any)
			}
		}
	}
	members["__type"] = code
	if w.message != "" {
		members[messageKey(shape, w.code, false)] = strings.ToValidUTF8(w.message, "\ufffd")
	}
	body, err := cborWriter.Marshal(members)
	if err != nil { // a detail that CBOR cannot hold
		body, _ = cborWriter.Marshal(map[string]string{"__type": code, "message": strings.ToValidUTF8(w.message, "\ufffd")})
	}
	reply.Body = append(reply.Body, body...)
	reply.setQueryError(service, &w)
}

// EncodeRequest implements Codec.
func (rpcV2CBOR) EncodeRequest(endpoint string, op *catalog.Operation, in any) (*http.Request, error) {
	if err := needShapes(op); err != nil {
		return nil, err
	}
	var body []byte
	if op.Input != nil {
		var err error
		if body, err = bodyOfCBOR(op.Input, in); err != nil {
			return nil, err
		}
	}
	target := strings.TrimSuffix(endpoint, "/") + "/service/" + op.Service.TargetPrefix + "/operation/" + op.Name
	r, err := http.NewRequest(http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header[smithyProtocol] = cborVersion
	r.Header["Accept"] = typeCBOR
	if op.Input != nil {
		r.Header[contentType] = typeCBOR
	}
	if op.Service.QueryCompatible {
		r.Header[queryMode] = []string{"true"}
	}
	return r, nil
}

// DecodeResponse implements Codec.
func (rpcV2CBOR) DecodeResponse(response *http.Response, body []byte, op *catalog.Operation, out any) error {
	if response.StatusCode >= 300 {
		return decodeCBORError(response, body)
	}
	if out == nil {
		return nil
	}
	if err := needShapes(op); err != nil {
		return err
	}
	return readInto(op.Output, out, func(p *plan) (any, error) { return readCBOR(p, body) })
}

func decodeCBORError(response *http.Response, body []byte) *aws.Error {
	e := &aws.Error{Status: response.StatusCode, Sender: response.StatusCode < 500}
	var members map[string]any
	if err := cborReader.Unmarshal(body, &members); err == nil {
		kind, _ := members["__type"].(string)
		e.Code = bareCode(kind)
		for _, key := range [...]string{"message", "Message"} {
			if text, ok := members[key].(string); ok {
				e.Message = text
				delete(members, key)
			}
		}
		delete(members, "__type")
		if len(members) > 0 {
			e.Detail = aws.Document(members)
		}
	}
	decodeQueryError(response, e)
	if e.Code == "" {
		e.Code = codeOfStatus(response.StatusCode)
	}
	return e
}
