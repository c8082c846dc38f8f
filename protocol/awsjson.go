package protocol

import (
	"bytes"
	"hash/crc32"
	"net/http"
	"strconv"
	"strings"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
)

// awsJSON is AWS JSON 1.0 and 1.1: every operation is a POST to "/" whose target header names it.
type awsJSON struct{}

// Name implements Codec.
func (awsJSON) Name() string { return catalog.JSON }

// Decode implements Codec.
func (awsJSON) Decode(_ *http.Request, body []byte, op *catalog.Operation, in any) error {
	return decodeJSON(body, op, op.Input, in)
}

func namespaceOf(service *catalog.Service) string {
	if service == nil {
		return ""
	}
	return service.Traits.ErrorNamespace
}

// Encode implements Codec.
func (awsJSON) Encode(reply *Reply, op *catalog.Operation, call *aws.Call, out any) error {
	p, v, err := rootValue(op.Output, out)
	if err != nil {
		return err
	}
	reply.begin(call, 200, jsonVersion(op.Service))
	if op.Output == nil && op.HasShapes {
		reply.checksum(op.Service) // of an operation without output AWS answers no body, not even {}
		return nil
	}
	start := len(reply.Body)
	if reply.Body, err = appendJSONRoot(reply.Body, p, v, false); err != nil {
		reply.Body = reply.Body[:start]
		return err
	}
	reply.checksum(op.Service)
	return nil
}

// EncodeError implements Codec.
func (awsJSON) EncodeError(reply *Reply, service *catalog.Service, call *aws.Call, e *aws.Error) {
	w := wireErrorOf(service, e)
	reply.begin(call, w.status, jsonVersion(service))
	code := w.code
	if e.Shape != "" || service != nil && service.QueryCompatible {
		code = w.shape
	}
	kind := typeOf(service, e, code)
	shape := errorShape(service, e)
	reply.Body = appendJSONError(reply.Body, shape, e.Detail, []pair{
		{"__type", kind},
		{messageKey(shape, w.code, strings.HasPrefix(kind, coralService)), w.message},
	})
	reply.setQueryError(service, &w)
	reply.checksum(service)
}

// jsonVersion is the content type that a service speaks.
func jsonVersion(service *catalog.Service) []string {
	if service != nil && service.JSONVersion == "1.1" {
		return typeJSON11
	}
	return typeJSON10
}

// checksum adds the sum that SDKs of some services check.
func (r *Reply) checksum(service *catalog.Service) {
	if service != nil && service.Traits.CRC32 {
		r.Set(crc32Header, strconv.FormatUint(uint64(crc32.ChecksumIEEE(r.Body)), 10))
	}
}

// EncodeRequest implements Codec.
func (awsJSON) EncodeRequest(endpoint string, op *catalog.Operation, in any) (*http.Request, error) {
	p, v, err := rootValue(op.Input, in)
	if err != nil {
		return nil, err
	}
	body, err := appendJSONRoot(nil, p, v, false)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequest(http.MethodPost, strings.TrimSuffix(endpoint, "/")+"/", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header[contentType] = jsonVersion(op.Service)
	r.Header[amzTarget] = []string{op.Service.TargetPrefix + "." + op.Name}
	if op.Service.QueryCompatible {
		r.Header[queryMode] = []string{"true"}
	}
	return r, nil
}

// DecodeResponse implements Codec.
func (awsJSON) DecodeResponse(response *http.Response, body []byte, op *catalog.Operation, out any) error {
	if response.StatusCode >= 300 {
		return decodeJSONError(response, body)
	}
	if len(body) == 0 || out == nil {
		return nil
	}
	return decodeJSON(body, op, op.Output, out)
}
