package fault

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/catalog"
)

// commonCodes are errors that AWS's framework answers for any service; no model has them.
var commonCodes = []string{
	"AccessDenied", "AccessDeniedException", "ExpiredToken", "ExpiredTokenException", "IncompleteSignature", "IncompleteSignatureException",
	"InternalError", "InternalFailure", "InternalServerError", "InternalServiceError", "InvalidClientTokenId", "InvalidSignatureException",
	"MissingAuthenticationToken", "MissingAuthenticationTokenException", "NotImplemented", "OptInRequired", "RequestExpired",
	"RequestLimitExceeded", "RequestTimeout", "RequestTimeoutException", "RequestTimeTooSkewed", "SerializationException",
	"ServiceUnavailable", "ServiceUnavailableException", "SignatureDoesNotMatch", "SlowDown", "Throttling", "ThrottlingException",
	"TooManyRequestsException", "UnknownOperationException", "UnrecognizedClientException", "ValidationError", "ValidationException",
}

// warnings are what may surprise the author of a rule that is accepted. index is the rule's place.
func (r *Rule) warnings(index int, now time.Time) []Warning {
	var list []Warning
	warn := func(field, format string, arguments ...any) {
		list = append(list, Warning{Index: index, ID: r.ID, Field: field, Message: fmt.Sprintf(format, arguments...)})
	}
	if end := r.end(); !end.IsZero() && !end.After(now) {
		warn("when.end", "%s has passed already: the rule hits nothing", end.Format(time.RFC3339))
	}
	if s := r.When.Share; s != nil && *s == 0 {
		warn("when.share", "0 means never: the rule hits nothing")
	} else if s != nil && *s > 0 && *s < 1 {
		warn("when.share", "%v is a percentage: %v calls of 1,000", *s, *s*10)
	}
	var given struct {
		Kind  string `json:"kind"`
		Code  string `json:"code"`
		Error struct {
			Code string `json:"code"`
		} `json:"error"`
	}
	if json.Unmarshal(r.Effect, &given) != nil {
		return list
	}
	field, code := "effect.code", given.Code
	if given.Kind == "after-commit" {
		field, code = "effect.error.code", given.Error.Code
	} else if given.Kind != "error" {
		return list
	}
	if code != "" {
		for _, name := range r.unmodelled(code) {
			near := ""
			if names := nearest(code, codesOf(catalog.Lookup(name))); len(names) > 0 {
				near = "; it does model " + orList(names)
			}
			warn(field, "%s does not model an error %q: SDKs give it as a general error%s", name, code, near)
		}
	}
	return list
}

// unmodelled are those of the services that a rule names which do not have the error.
func (r *Rule) unmodelled(code string) []string {
	if slices.Contains(commonCodes, code) {
		return nil
	}
	var names []string
	for _, name := range r.Match.Service {
		service := catalog.Lookup(name)
		if isGlob(name) || service == nil || service.Error(code) != nil || isS3Code(name, code) {
			continue
		}
		if slices.ContainsFunc([]*condition{&throttled, &broken, &unavailable, &denied, &expired}, func(c *condition) bool {
			return slices.ContainsFunc(c.known[name], func(a answer) bool { return a.code == code })
		}) {
			continue
		}
		names = append(names, name)
	}
	return names
}

// isS3Code: S3 and EC2 document hundreds of codes that their models do not list; a code that looks like
// theirs is taken for one.
func isS3Code(service, code string) bool {
	return (service == "s3" || service == "ec2") && !strings.HasSuffix(code, "Exception") && !strings.ContainsAny(code, " _-")
}

func codesOf(s *catalog.Service) []string {
	codes := make([]string, len(s.Errors))
	for i, e := range s.Errors {
		codes[i] = e.Code
	}
	return codes
}
