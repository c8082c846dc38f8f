// Package aws holds the words that all rooms share: a call, its error, ARNs, regions and documents.
package aws

import "time"

// Call is one AWS API request once its service and operation are known.
type Call struct {
	// ID is the request id that the answer carries, in the form of the service (52 characters
	// for DynamoDB, a UUID for most others).
	ID string
	// Service and Operation are botocore's names ("dynamodb", "GetItem"). Operation is empty
	// when the request names none that the service has.
	Service, Operation string
	// Others are further candidates ("neptune.CreateDBCluster") of an ambiguous call, likeliest first.
	Others []string
	// Region is from the credential scope, else the host name, else "us-east-1".
	Region string
	// Account is the 12-digit account that owns what the call touches.
	Account string
	// AccessKey is the caller's access key id; empty for an unsigned call.
	AccessKey string
	// CallerARN is the assumed role's session or the user that AccessKey belongs to, where known; else empty.
	CallerARN string
	// UserAgent is what the caller calls itself. Header is the request's header: shared, read only, never logged.
	UserAgent string
	Header    map[string][]string
	// Protocol is the name of the codec that reads the request and writes the answer.
	Protocol string
	// Attempt and MaxAttempts are what the SDK says in amz-sdk-request; 0 when it says nothing.
	Attempt, MaxAttempts int
	// EstimatedAttempt is true when Attempt is no word of the SDK's but counted by Brownout: an identical
	// request repeated after a failure.
	EstimatedAttempt bool
	// InvocationID is amz-sdk-invocation-id: the same for all attempts of one call.
	InvocationID string
	// At is when the call came in, on the server's movable clock.
	At time.Time
	// Resolver answers Resources; nil: none are known.
	Resolver Resolver

	resources []Resource
	first     [1]Resource // most calls are about one: it costs no allocation
	resolved  bool
}

// Name is "service.Operation", as headers and logs show it.
func (c *Call) Name() string {
	operation := c.Operation
	if operation == "" {
		operation = "Unknown"
	}
	return c.Service + "." + operation
}
