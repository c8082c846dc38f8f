package fault

import "github.com/brownoutdev/brownout/catalog"

func init() { registerCondition("internal-error", &broken) }

const (
	unknownFailure = "The request processing has failed because of an unknown error, exception or failure."
	s3Internal     = "We encountered an internal error. Please try again."
)

// broken is how services say that something is wrong with themselves.
var broken = condition{
	known: map[string][]answer{
		"dynamodb":   {{code: "InternalServerError", status: 500, message: "Internal server error"}},
		"s3":         {{code: "InternalError", status: 500, message: s3Internal}},
		"s3control":  {{code: "InternalError", status: 500, message: s3Internal}},
		"ec2":        {{code: "InternalError", status: 500, message: "An internal error has occurred"}},
		"lambda":     {{code: "ServiceException", status: 500, message: "An error occurred and the request cannot be processed."}},
		"sqs":        {{code: "InternalError", shape: "InternalFailure", status: 500, message: "We encountered an internal error. Please try again."}},
		"cloudwatch": {{code: "InternalServiceError", shape: "InternalServiceFault", status: 500, message: unknownFailure}},
		"iam":        {{code: "ServiceFailure", status: 500, message: unknownFailure}},
		"ecs":        {{code: "ServerException", status: 500, message: "Service Unavailable. Please try again later."}},
		"ecr":        {{code: "ServerException", status: 500, message: unknownFailure}},
		"eks":        {{code: "ServerException", status: 500, message: unknownFailure}},
	},
	fits: func(e *catalog.ErrorShape) int {
		if e.Sender || e.Status != 500 {
			return 0
		}
		return named(e, "InternalServerException", "InternalServerError", "InternalFailureException", "InternalFailure", "InternalServiceException",
			"InternalServiceErrorException", "InternalServiceError", "InternalServerErrorException", "InternalErrorException", "InternalError", "InternalException",
			"KMSInternalException", "ServerException", "ServiceException", "ServiceFailureException", "InternalServiceFault")
	},
	message: unknownFailure,
	byProtocol: map[string]answer{
		catalog.JSON:     {code: "InternalFailure", status: 500, message: unknownFailure},
		catalog.CBOR:     {code: "InternalFailure", status: 500, message: unknownFailure},
		catalog.RESTJSON: {code: "InternalFailure", status: 500, message: unknownFailure},
		catalog.RESTXML:  {code: "InternalFailure", status: 500, message: unknownFailure},
		catalog.Query:    {code: "InternalFailure", status: 500, message: unknownFailure},
		catalog.EC2:      {code: "InternalError", status: 500, message: "An internal error has occurred"},
	},
}
