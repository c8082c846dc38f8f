// Package protocol is the AWS wire protocols, a file each, in both directions. It is the one place
// where bytes of an AWS request or answer are read and written; it knows no service by name.
package protocol

import (
	"net/http"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/internal/jsonscan"
)

// Codec is one wire protocol.
type Codec interface {
	// Name is the catalogue's name of the protocol.
	Name() string
	// Decode reads a request into in: a pointer to a typed input, or *aws.Document. body is the
	// whole body (empty for streaming operations). Strings and bytes that it puts into in may point
	// into body: they are valid while the call lives. Bad input is an *aws.Error (SerializationException).
	Decode(r *http.Request, body []byte, op *catalog.Operation, in any) error
	// Encode puts the answer into reply: status, headers and body.
	Encode(reply *Reply, op *catalog.Operation, call *aws.Call, out any) error
	// EncodeError puts an error into reply. It never fails: odd characters in the code are made
	// legal. service may be nil (nobody knows the service).
	EncodeError(reply *Reply, service *catalog.Service, call *aws.Call, e *aws.Error)
	// EncodeRequest is the other direction: a request of ours to an endpoint ("http://host:port"),
	// unsigned, without credentials.
	EncodeRequest(endpoint string, op *catalog.Operation, in any) (*http.Request, error)
	// DecodeResponse reads an answer into out, or returns the *aws.Error that it holds.
	DecodeResponse(response *http.Response, body []byte, op *catalog.Operation, out any) error
}

// codecs are the six, in the order of how often they are met. Each is stateless.
var codecs = [...]Codec{awsJSON{}, restJSON{}, query{}, restXML{}, ec2Query{}, rpcV2CBOR{}}

// For is the codec of a protocol name; nil when the name is none of the six.
func For(name string) Codec {
	for _, c := range codecs {
		if c.Name() == name {
			return c
		}
	}
	return nil
}

// JSONDecoder is a type that reads itself from JSON, for the hot path. It stands in for whatever
// the model says at its place. It is not asked for a null member of a structure (that is an absent
// one), but for a null in a list or map it is.
type JSONDecoder interface {
	DecodeJSON(s *jsonscan.Scanner) error
}

// JSONEncoder is a type that writes itself as JSON. A member whose Go value is zero is left out.
type JSONEncoder interface {
	AppendJSON(b []byte) []byte
}
