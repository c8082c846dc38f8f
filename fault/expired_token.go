package fault

import "github.com/brownoutdev/brownout/catalog"

func init() { registerCondition("expired-token", &expired) }

const tokenExpired = "The security token included in the request is expired"

// expired is how services say that the caller's session is over. No model has it: AWS's framework says it.
var expired = condition{
	known: map[string][]answer{
		"s3":         {{code: "ExpiredToken", status: 400, message: "The provided token has expired."}},
		"s3control":  {{code: "ExpiredToken", status: 400, message: "The provided token has expired."}},
		"ec2":        {{code: "RequestExpired", status: 400, message: "Request has expired."}},
		"sqs":        {{code: "ExpiredToken", shape: "ExpiredTokenException", status: 403, message: tokenExpired}},
		"cloudwatch": {{code: "ExpiredToken", shape: "ExpiredTokenException", status: 403, message: tokenExpired}},
	},
	fits: func(*catalog.ErrorShape) int { return 0 },
	byProtocol: map[string]answer{
		catalog.JSON:     {code: "ExpiredTokenException", status: 400, message: tokenExpired},
		catalog.CBOR:     {code: "ExpiredTokenException", status: 400, message: tokenExpired},
		catalog.RESTJSON: {code: "ExpiredTokenException", status: 403, message: tokenExpired},
		catalog.RESTXML:  {code: "ExpiredToken", status: 403, message: tokenExpired},
		catalog.Query:    {code: "ExpiredToken", status: 403, message: tokenExpired},
		catalog.EC2:      {code: "RequestExpired", status: 400, message: "Request has expired."},
	},
}
