package gateway

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/identity"
	"github.com/brownoutdev/brownout/internal/sigv4"
)

// Credentials knows what an access key signs with; ok is false when nobody has it.
type Credentials func(accessKey string) (c identity.Credential, ok bool, err error)

// takenUnsigned are the operations that AWS takes without a signature.
var takenUnsigned = map[string]bool{"sts.AssumeRoleWithSAML": true, "sts.AssumeRoleWithWebIdentity": true}

// authenticate refuses a call that we answer ourselves and that is not signed as AWS demands it, when strict
// authentication is on. The signature is of the body as it came in. Clients sign with the real time, whatever
// the movable clock says; sessions end by the movable one.
func (x *exchange) authenticate() error {
	g := x.gateway
	if g.Credentials == nil || g.services[x.call.Service] == nil || takenUnsigned[x.call.Name()] {
		return nil
	}
	body := x.body
	if x.sent != nil {
		body = x.sent
	}
	if x.call.Service == fault.ControlService && g.Guard != nil && g.Guard(x.r, body) == "" {
		return nil // who has the server's token may steer it
	}
	signature, err := sigv4.Read(x.r)
	var incomplete *sigv4.IncompleteError
	switch {
	case errors.As(err, &incomplete):
		return x.refusedAs(authIncomplete, incomplete.Message)
	case err != nil:
		return x.refusedAs(authMissing, "Request is missing Authentication Token")
	}
	credential, ok, err := g.Credentials(signature.AccessKey)
	switch {
	case err != nil:
		return err
	case !ok || credential.Inactive:
		return x.refusedAs(authUnknown, "The security token included in the request is invalid.")
	case subtle.ConstantTimeCompare([]byte(credential.Token), []byte(signature.Token)) != 1:
		message := "The security token included in the request is invalid."
		if credential.Token == "" { // AWS's text for a session token beside a key that lasts has no dot
			message = "The security token included in the request is invalid"
		}
		return x.refusedAs(authUnknown, message)
	case !credential.Expires.IsZero() && !g.Clock.Now().Before(credential.Expires):
		return x.refusedAs(authExpired, "The security token included in the request is expired")
	}
	if why := x.misdated(signature); why != "" {
		return x.refusedAs(authMismatch, why)
	}
	if !slices.Contains(catalog.BySigningName(signature.Service), x.found.Service) {
		return x.refusedAs(authMismatch, "Credential should be scoped to correct service: '"+x.found.Service.SigningName+"'. ")
	}
	if name := signature.Uncovered(x.r); name != "" {
		return x.refusedAs(authMismatch, "'"+name+"' must be a 'SignedHeader' in the AWS Authorization.")
	}
	if !signature.Matches(x.r, body, credential.Secret) {
		return x.refusedAs(authMismatch, "The request signature we calculated does not match the signature you provided. "+
			"Check your AWS Secret Access Key and signing method. Consult the service documentation for details.")
	}
	return nil
}

// skew is how far the time of a signature may be from ours.
const skew = 5 * time.Minute

// misdated is AWS's message for a signature that is too old, or of the future; empty when it is neither.
func (x *exchange) misdated(s *sigv4.Signature) string {
	const form = "20060102T150405Z"
	now := clock.Real{}.Now().UTC()
	lasts := skew
	if s.Presigned && s.Expires > 0 {
		lasts = s.Expires
	}
	minutes := fmt.Sprintf("%g min.", lasts.Minutes())
	if s.At.Before(now.Add(-lasts).Truncate(time.Second)) {
		return fmt.Sprintf("Signature expired: %s is now earlier than %s (%s - %s)", s.Date, now.Add(-lasts).Format(form), now.Format(form), minutes)
	}
	if s.At.After(now.Add(skew)) {
		return fmt.Sprintf("Signature not yet current: %s is still later than %s (%s + %g min.)", s.Date, now.Add(skew).Format(form), now.Format(form), skew.Minutes())
	}
	return ""
}

// authFault is why a call is not let in, with the codes of AWS's JSON and query services.
type authFault struct{ code, queryCode string }

var (
	authMissing    = authFault{"MissingAuthenticationTokenException", "MissingAuthenticationToken"}
	authIncomplete = authFault{"IncompleteSignatureException", "IncompleteSignature"}
	authUnknown    = authFault{"UnrecognizedClientException", "InvalidClientTokenId"}
	authExpired    = authFault{"ExpiredTokenException", "ExpiredToken"}
	authMismatch   = authFault{"InvalidSignatureException", "SignatureDoesNotMatch"}
)

// refusedAs is the error in the caller's protocol: 400 where JSON is spoken to one path, 403 elsewhere.
func (x *exchange) refusedAs(why authFault, message string) error {
	e := &aws.Error{Code: why.code, Message: message, Status: http.StatusForbidden, Sender: true}
	switch x.call.Protocol {
	case catalog.JSON, catalog.CBOR:
		e.Status = http.StatusBadRequest
	case catalog.Query, catalog.EC2:
		e.Code = why.queryCode
		if why == authIncomplete {
			e.Status = http.StatusBadRequest
		}
	}
	// What a client sent may be long, and secret where it is malformed.
	if len(e.Message) > 2048 {
		e.Message = strings.ToValidUTF8(e.Message[:2048], "")
	}
	return e
}
