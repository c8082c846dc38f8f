package fault

import "github.com/brownoutdev/brownout/catalog"

func init() { registerCondition("access-denied", &denied) }

const notAuthorized = "User: {caller} is not authorized to perform: {operation} because no identity-based policy allows the {operation} action"

// denied is how services say that the caller may not do this.
var denied = condition{
	known: map[string][]answer{
		"s3":         {{code: "AccessDenied", status: 403, message: "Access Denied"}},
		"s3control":  {{code: "AccessDenied", status: 403, message: "Access Denied"}},
		"ec2":        {{code: "UnauthorizedOperation", status: 403, message: "You are not authorized to perform this operation. User: {caller} is not authorized to perform: {operation} because no identity-based policy allows the {operation} action."}},
		"sns":        {{code: "AuthorizationError", status: 403, message: notAuthorized}},
		"sqs":        {{code: "AccessDenied", shape: "AccessDeniedException", status: 403, message: notAuthorized}},
		"cloudwatch": {{code: "AccessDenied", shape: "AccessDeniedException", status: 403, message: notAuthorized}},
	},
	fits: func(e *catalog.ErrorShape) int {
		return named(e, "AccessDeniedException", "AccessDenied", "ForbiddenException")
	},
	message: notAuthorized,
	byProtocol: map[string]answer{
		catalog.JSON:     {code: "AccessDeniedException", status: 400, message: notAuthorized},
		catalog.CBOR:     {code: "AccessDeniedException", status: 400, message: notAuthorized},
		catalog.RESTJSON: {code: "AccessDeniedException", status: 403, message: notAuthorized},
		catalog.RESTXML:  {code: "AccessDenied", status: 403, message: notAuthorized},
		catalog.Query:    {code: "AccessDenied", status: 403, message: notAuthorized},
		catalog.EC2:      {code: "UnauthorizedOperation", status: 403, message: "You are not authorized to perform this operation."},
	},
}
