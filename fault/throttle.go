package fault

import (
	"context"

	"github.com/brownoutdev/brownout/catalog"
)

func init() { registerCondition("throttle", &throttled) }

// throttle is the condition as the effects that lead to it use it.
type throttle struct{}

// Before implements Before.
func (throttle) Before(_ context.Context, s Strike) error { return throttled.on(s.Call) }

const (
	rateExceeded = "Rate exceeded"
	// The texts are AWS's own, as its documentation and public issues show them.
	provisionedExceeded = "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API."
	controlPlaneRate    = "Rate of requests exceeds the allowed throughput."
	kmsRate             = "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls."
)

// throttled is how services say that a caller is too fast.
var throttled = condition{
	known: map[string][]answer{
		"dynamodb": {
			{code: "ProvisionedThroughputExceededException", status: 400, message: provisionedExceeded, modelled: true},
			{code: "ThrottlingException", status: 400, message: controlPlaneRate},
		},
		"kinesis": {
			{code: "ProvisionedThroughputExceededException", status: 400, message: "Rate exceeded for shard shardId-000000000000 in stream under account {account}.", modelled: true},
			{code: "LimitExceededException", status: 400, message: "Rate exceeded for stream under account {account}.", modelled: true},
			{code: "ThrottlingException", status: 400, message: rateExceeded},
		},
		"lambda": {
			{code: "TooManyRequestsException", status: 429, message: "Rate Exceeded.", retryAfter: 1},
		},
		"apigateway":       {{code: "TooManyRequestsException", status: 429, message: "Too Many Requests", retryAfter: 1}},
		"apigatewayv2":     {{code: "TooManyRequestsException", status: 429, message: "Too Many Requests"}},
		"s3":               {{code: "SlowDown", status: 503, message: "Please reduce your request rate."}},
		"s3control":        {{code: "SlowDown", status: 503, message: "Please reduce your request rate."}},
		"ec2":              {{code: "RequestLimitExceeded", status: 503, message: "Request limit exceeded."}},
		"sqs":              {{code: "ThrottlingException", status: 400, message: rateExceeded}},
		"sns":              {{code: "Throttling", status: 400, message: rateExceeded}},
		"kms":              {{code: "ThrottlingException", status: 400, message: kmsRate}},
		"firehose":         {{code: "ServiceUnavailableException", status: 503, message: "Slow down.", modelled: true}, {code: "ThrottlingException", status: 400, message: rateExceeded}},
		"route53":          {{code: "Throttling", status: 400, message: rateExceeded}},
		"cloudfront":       {{code: "Throttling", status: 400, message: rateExceeded}},
		"cloudwatch":       {{code: "Throttling", status: 400, message: rateExceeded}},
		"ses":              {{code: "Throttling", status: 400, message: "Maximum sending rate exceeded."}},
		"cognito-idp":      {{code: "TooManyRequestsException", status: 400, message: rateExceeded}},
		"iot":              {{code: "ThrottlingException", status: 400, message: rateExceeded}},
		"batch":            {{code: "TooManyRequestsException", status: 429, message: "Too Many Requests"}},
		"eks":              {{code: "ThrottlingException", status: 429, message: rateExceeded}},
		"bedrock-runtime":  {{code: "ThrottlingException", status: 429, message: "Too many requests, please wait before trying again."}},
		"organizations":    {{code: "TooManyRequestsException", status: 400, message: "AWS Organizations can't complete your request because another request is already in progress. Try again later."}},
		"elasticbeanstalk": {{code: "Throttling", status: 400, message: rateExceeded}},
	},
	fits: func(e *catalog.ErrorShape) int {
		if e.Throttling {
			return 100
		}
		return named(e, "ThrottlingException", "Throttling", "ThrottledException", "TooManyRequestsException", "RequestLimitExceeded", "RequestThrottledException", "SlowDown")
	},
	message: rateExceeded,
	byProtocol: map[string]answer{
		catalog.JSON:     {code: "ThrottlingException", status: 400, message: rateExceeded},
		catalog.CBOR:     {code: "ThrottlingException", status: 400, message: rateExceeded},
		catalog.RESTJSON: {code: "ThrottlingException", status: 429, message: rateExceeded},
		catalog.RESTXML:  {code: "Throttling", status: 400, message: rateExceeded},
		catalog.Query:    {code: "Throttling", status: 400, message: rateExceeded},
		catalog.EC2:      {code: "RequestLimitExceeded", status: 503, message: "Request limit exceeded."},
	},
}
