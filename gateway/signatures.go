package gateway

import (
	"net/http"
	"strings"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
)

// checkSignatures refuses a request that is signed twice, as AWS does: whose call it is would depend on
// which signature one looks at. A header that is no signature of AWS's counts for nothing.
func checkSignatures(r *http.Request, service *catalog.Service) error {
	signatures := 0
	for _, authorization := range r.Header["Authorization"] {
		if strings.HasPrefix(authorization, "AWS") {
			signatures++
		}
	}
	if query := r.URL.RawQuery; query != "" {
		signatures += strings.Count(query, "X-Amz-Signature=")
		if strings.Contains(query, "AWSAccessKeyId=") && strings.Contains(query, "&Signature=") {
			signatures++
		}
	}
	if signatures < 2 {
		return nil
	}
	e := &aws.Error{Code: "InvalidSignatureException", Status: http.StatusBadRequest, Sender: true,
		Message: "The request has more than one signature; only one is allowed, in the Authorization header or in the query string."}
	if r.Header["Authorization"] != nil && strings.Contains(r.URL.RawQuery, "X-Amz-Algorithm=") {
		e.Message = "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."
	}
	if service != nil && service.Name == "s3" {
		e.Code, e.Message = "InvalidArgument", "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified"
	}
	return e
}
