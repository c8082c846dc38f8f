// Package catalog is what AWS is: its services, their operations, routes, wire traits, errors and,
// for the operations that Brownout answers or calls itself, their shapes. It is generated, embedded
// and read-only; a service is decoded on first use.
package catalog

import "slices"

// Protocol names, as botocore's models have them.
const (
	JSON     = "json"
	RESTJSON = "rest-json"
	RESTXML  = "rest-xml"
	Query    = "query"
	EC2      = "ec2"
	CBOR     = "smithy-rpc-v2-cbor"
)

// Service is one AWS API.
type Service struct {
	// Name is botocore's: "dynamodb", "stepfunctions".
	Name string
	// ID is the model's serviceId: "DynamoDB", "SFN".
	ID             string
	SigningName    string
	EndpointPrefix string
	// TargetPrefix precedes the operation in X-Amz-Target: "DynamoDB_20120810".
	TargetPrefix string
	APIVersion   string
	// JSONVersion is "1.0" or "1.1" where a JSON protocol is spoken.
	JSONVersion  string
	XMLNamespace string
	// Protocols are those that the service speaks, the model's own first.
	Protocols []string
	// QueryCompatible services send the code of their query days in x-amzn-query-error.
	QueryCompatible bool
	Traits          Traits
	// Operations are in order of their names.
	Operations []*Operation
	// Errors are the modelled errors in order of their shape names.
	Errors []*ErrorShape

	operations map[string]*Operation
	errors     map[string]*ErrorShape
}

// Traits are wire quirks that models do not say.
type Traits struct {
	// ErrorNamespace stands before '#' in __type: "com.amazonaws.dynamodb.v20120810"; empty: bare codes.
	ErrorNamespace string
	// CRC32 services send x-amz-crc32, and SDKs check it.
	CRC32 bool
	// LongRequestID services have request ids of 52 characters [0-9A-Z]; the others send UUIDs.
	LongRequestID bool
	// HostID services send x-amz-id-2 beside a request id of 16 characters [0-9A-Z].
	HostID bool
	// UnwrappedErrors: the root of an XML error is <Error> itself, with Resource, RequestId and HostId
	// in it (S3); elsewhere <ErrorResponse> wraps it.
	UnwrappedErrors bool
}

// Speaks reports whether the protocol is among those of the service.
func (s *Service) Speaks(protocol string) bool { return slices.Contains(s.Protocols, protocol) }

// Operation finds an operation by its name; nil when the service has none of that name. Models of
// some services put the API's version behind the name ("CreateDistribution2020_05_31"); either form
// is found.
func (s *Service) Operation(name string) *Operation {
	if s.operations == nil { // put together by hand, not read from the table
		for _, op := range s.Operations {
			if op.Name == name || op.Name == s.undated(name) {
				return op
			}
		}
		return nil
	}
	if op := s.operations[name]; op != nil {
		return op
	}
	return s.operations[s.undated(name)]
}

// undated is the name without the API version that some models put behind it.
func (s *Service) undated(name string) string {
	v := s.APIVersion // "2020-05-31"
	n := len(name) - len(v)
	if len(v) != len("2006-01-02") || n <= 0 {
		return name
	}
	end := name[n:]
	if end[:4] == v[:4] && end[5:7] == v[5:7] && end[8:] == v[8:] && end[4] == '_' && end[7] == '_' {
		return name[:n]
	}
	return name
}

// Error finds a modelled error by its shape name or its code; nil when there is none. Of several with
// one code it is the first by shape name.
func (s *Service) Error(code string) *ErrorShape {
	if s.errors != nil {
		return s.errors[code]
	}
	for _, e := range s.Errors {
		if e.Name == code || e.Code == code {
			return e
		}
	}
	return nil
}

// Operation is one operation of a service.
type Operation struct {
	Service *Service
	Name    string
	// Method and URI are the route: "POST", "/experimentTemplates/{id}". URI may hold a query string
	// ("/{Bucket}?acl") and a greedy last label ("{Key+}").
	Method, URI string
	// Status is the HTTP status of success.
	Status int
	// StreamingInput and StreamingOutput operations carry their payload outside the protocol's document:
	// as raw bytes or as events.
	StreamingInput, StreamingOutput bool
	// Unsigned operations are called without credentials (AssumeRoleWithWebIdentity).
	Unsigned bool
	// Deprecated operations have a successor that most callers use.
	Deprecated bool
	// HostPrefix stands before the endpoint's host: "{AccountId}.", "data-"; mostly empty.
	HostPrefix string
	// Fields are the input's top-level members, for those operations only that share their route (or
	// action and version, or target) with another of the same signing name: what tells them apart.
	Fields []Field
	// Errors are those that the operation models.
	Errors []*ErrorShape
	// ResultWrapper names the element that query protocols wrap the output in.
	ResultWrapper string
	// HasShapes is true where the table holds Input and Output: for operations that we answer or call.
	HasShapes bool
	// Input and Output are structures; nil when the operation has none, or HasShapes is false.
	Input, Output *Shape
	// InputElement and InputNamespace are the root element of the body of REST-XML operations whose
	// input is wrapped as a whole ("CreateHostedZoneRequest"); empty for others.
	InputElement, InputNamespace string
}

// Field is a top-level member of an input, as far as recognition needs it.
type Field struct {
	// Name is the name on the wire.
	Name string
	// Location is as in Member.
	Location string
	Required bool
}

// ErrorShape is a modelled error.
type ErrorShape struct {
	// Name is the shape's name; Code is what goes over the wire (often the same).
	Name, Code string
	Status     int
	// Sender: the caller is at fault.
	Sender                bool
	Retryable, Throttling bool
	// Shape is the error's structure, where the service has shapes in the table.
	Shape *Shape
}

// Kind is the kind of a shape.
type Kind uint8

// The kinds of shapes.
const (
	Structure Kind = iota + 1
	List
	Map
	String
	Integer // 32 bits
	Long
	Float
	Double
	Boolean
	Blob
	Timestamp
	// Any is a document type: any JSON value.
	Any
)

// Shape is a type of the model. Shapes may be recursive.
type Shape struct {
	Name string
	Kind Kind
	// Members of a structure, in the model's order.
	Members []*Member
	// Element of a list, value of a map.
	Element *Member
	// Key of a map.
	Key *Member
	// Flattened lists and maps have no wrapping element in XML and query protocols.
	Flattened bool
	// Sparse lists and maps may hold nulls.
	Sparse bool
	// Payload is the member that is the whole HTTP body (REST protocols); empty: the members are.
	Payload string
	// TimestampFormat is "unixTimestamp", "iso8601" or "rfc822"; empty: the protocol's own.
	TimestampFormat string
	Union           bool
	// XMLNamespace of the element, where the model gives one.
	XMLNamespace string
	// Constraints as the model has them. Pattern is not anchored: it asks for a match somewhere in the
	// string ("[\\S]+" means: not only blanks). Min and Max are lengths of strings, lists, maps and blobs, and values of numbers.
	Min, Max       float64
	HasMin, HasMax bool
	Pattern        string
	Enum           []string

	byName map[string]*Member
}

// Member finds a structure's member by its name; nil when there is none.
func (s *Shape) Member(name string) *Member {
	if s.byName != nil {
		return s.byName[name]
	}
	for _, m := range s.Members {
		if m.Name == name {
			return m
		}
	}
	return nil
}

// Member is a use of a shape: a structure's member, a list's element, a map's key or value.
type Member struct {
	Name  string
	Shape *Shape
	// Location is "" (body), "uri", "querystring", "header", "headers" or "statusCode".
	Location string
	// LocationName is the name on the wire; Name where the model gives none. Name is "member" for a
	// list's element, "key" and "value" for a map's.
	LocationName string
	// QueryName is EC2's own name for the member, where it has one.
	QueryName       string
	Required        bool
	XMLAttribute    bool
	HostLabel       bool
	Idempotency     bool // SDKs fill it with a UUID
	Streaming       bool
	Flattened       bool
	Sensitive       bool // never in a log
	JSONValue       bool // a header that holds JSON in Base64
	TimestampFormat string
	// XMLNamespace and XMLPrefix are those of the member's element, where the model gives them.
	XMLNamespace, XMLPrefix string
}
