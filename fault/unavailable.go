package fault

import "github.com/brownoutdev/brownout/catalog"

func init() { registerCondition("unavailable", &unavailable) }

const temporaryFailure = "The request has failed due to a temporary failure of the server."

// unavailable is how services say that they cannot answer now.
var unavailable = condition{
	known: map[string][]answer{
		"s3":         {{code: "ServiceUnavailable", status: 503, message: "Service is unable to handle request."}},
		"s3control":  {{code: "ServiceUnavailable", status: 503, message: "Service is unable to handle request."}},
		"ec2":        {{code: "Unavailable", status: 503, message: "The server is overloaded and can't handle the request."}},
		"apigateway": {{code: "ServiceUnavailableException", status: 503, message: "Service Unavailable", retryAfter: 1}},
		"dynamodb":   {{code: "ServiceUnavailable", status: 503, message: "The service is temporarily unavailable. Please retry."}},
	},
	fits: func(e *catalog.ErrorShape) int {
		if e.Sender || e.Status < 500 {
			return 0
		}
		return named(e, "ServiceUnavailableException", "ServiceUnavailable", "ServiceUnavailableError", "ServiceUnavailableFault", "UnavailableException")
	},
	message: temporaryFailure,
	byProtocol: map[string]answer{
		catalog.JSON:     {code: "ServiceUnavailable", status: 503, message: temporaryFailure},
		catalog.CBOR:     {code: "ServiceUnavailable", status: 503, message: temporaryFailure},
		catalog.RESTJSON: {code: "ServiceUnavailableException", status: 503, message: temporaryFailure},
		catalog.RESTXML:  {code: "ServiceUnavailable", status: 503, message: temporaryFailure},
		catalog.Query:    {code: "ServiceUnavailable", status: 503, message: temporaryFailure},
		catalog.EC2:      {code: "Unavailable", status: 503, message: "The server is overloaded and can't handle the request."},
	},
}
