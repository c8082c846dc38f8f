package catalog

// traits are the wire quirks that models do not say, by botocore's name of the service. What is not
// here answers with bare codes in __type, a UUID as request id, and no checksum.
//
// Sources: answers of AWS as they are printed in its documentation and in public issues ("__type":
// "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"; "com.amazonaws.swf.base.model#
// UnknownResourceFault"), and SDKs, which check DynamoDB's x-amz-crc32 and no other service's.
var traits = map[string]Traits{
	"dynamodb":        {ErrorNamespace: "com.amazonaws.dynamodb.v20120810", CRC32: true, LongRequestID: true},
	"dynamodbstreams": {ErrorNamespace: "com.amazonaws.dynamodb.v20120810", CRC32: true, LongRequestID: true},
	"s3":              {UnwrappedErrors: true, HostID: true},
	"s3control":       {HostID: true},
	"sqs":             {ErrorNamespace: "com.amazonaws.sqs"},
	"swf":             {ErrorNamespace: "com.amazonaws.swf.base.model"},
}
