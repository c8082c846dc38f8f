package protocol

import (
	"maps"
	"net/http"
	"reflect"
	"strconv"

	"github.com/brownoutdev/brownout/aws"
)

// Reply is an answer before it is written.
type Reply struct {
	Status int
	// Header is the header of the answer; codecs set, others add.
	Header http.Header
	// Body is the whole body. Codecs append to it, so a caller can lend a buffer.
	Body []byte
	// NoBody is set for answers to HEAD.
	NoBody bool
	// Resource is the request's path, which S3 repeats in its errors. Others ignore it.
	Resource string
	// values backs the header's values: one allocation for all.
	values []string
}

// Set sets a header to one value. key is in net/http's own spelling.
func (r *Reply) Set(key, value string) { r.Header[key] = r.one(value) }

// one is a header's only value.
func (r *Reply) one(value string) []string {
	if len(r.values) == cap(r.values) {
		r.values = make([]string, 0, 4)
	}
	r.values = append(r.values, value)
	n := len(r.values)
	return r.values[n-1 : n : n]
}

// WriteTo is the one place where an answer goes to the network: head and body in one Write, so that
// net/http sends a small answer as one segment. Content-Length is always there, save where HTTP
// forbids it (204, 304). Header should be w.Header() itself; else it is copied there.
func (r *Reply) WriteTo(w http.ResponseWriter) error {
	status := r.Status
	if status == 0 {
		status = 200
	}
	bodiless := status == 204 || status == 304 || status < 200
	body := r.Body
	if r.NoBody || bodiless {
		body = nil
	}
	header := w.Header()
	if reflect.ValueOf(header).Pointer() != reflect.ValueOf(r.Header).Pointer() { // not lent: the reply made its own
		maps.Copy(header, r.Header)
	}
	if !bodiless && (!r.NoBody || header[contentLength] == nil) { // HEAD may say how long GET's body is
		header[contentLength] = r.one(strconv.Itoa(len(body)))
	}
	w.WriteHeader(status)
	if len(body) == 0 {
		return nil
	}
	_, err := w.Write(body)
	return err
}

// Header keys in net/http's own spelling, so that setting them costs no canonicalisation.
const (
	contentLength   = "Content-Length"
	contentType     = "Content-Type"
	requestID       = "X-Amzn-Requestid"
	s3RequestID     = "X-Amz-Request-Id"
	s3HostID        = "X-Amz-Id-2"
	crc32Header     = "X-Amz-Crc32"
	errorTypeHeader = "X-Amzn-Errortype"
	queryErrorCode  = "X-Amzn-Query-Error"
	queryMode       = "X-Amzn-Query-Mode"
	smithyProtocol  = "Smithy-Protocol"
	amzTarget       = "X-Amz-Target"
)

// Header values that never change are shared: net/http reads them, nobody writes to them.
var (
	typeJSON10  = []string{"application/x-amz-json-1.0"}
	typeJSON11  = []string{"application/x-amz-json-1.1"}
	typeJSON    = []string{"application/json"}
	typeXML     = []string{"application/xml"}
	typeTextXML = []string{"text/xml"}
	typeEC2XML  = []string{"text/xml;charset=UTF-8"}
	typeCBOR    = []string{"application/cbor"}
	typeForm    = []string{"application/x-www-form-urlencoded; charset=utf-8"}
	cborVersion = []string{"rpc-v2-cbor"}
)

// begin sets what every answer carries.
func (r *Reply) begin(call *aws.Call, status int, contentTypes []string) {
	if r.Header == nil {
		r.Header = http.Header{}
	}
	r.Status = status
	r.Header[contentType] = contentTypes
	if call != nil && call.ID != "" {
		r.Set(requestID, call.ID)
	}
}
