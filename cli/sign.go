package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/internal/sigv4"
)

// signing is what the environment has for signing calls; a server without --auth strict asks for none of it.
type signing struct{ accessKey, secret, token string }

func (p *process) signing() signing {
	return signing{p.env("AWS_ACCESS_KEY_ID"), p.env("AWS_SECRET_ACCESS_KEY"), p.env("AWS_SESSION_TOKEN")}
}

// sign signs a call for an account, which may be an access key id: for that of the environment with its
// secret, else in form only, so that region and account are known.
func (s signing) sign(r *http.Request, account, region, service string) error {
	now := clock.Real{}.Now()
	if account == s.accessKey && s.secret != "" {
		var body []byte
		if r.Body != nil {
			var err error
			if body, err = io.ReadAll(r.Body); err != nil {
				return err
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		signer := sigv4.Signer{AccessKey: account, Secret: s.secret, Token: s.token, Region: region, Service: service}
		signer.Sign(r, body, now)
		return nil
	}
	date := now.UTC()
	r.Header.Set("X-Amz-Date", date.Format("20060102T150405Z"))
	r.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/%s/%s/%s/aws4_request, SignedHeaders=host;x-amz-date, Signature=%064d",
		account, date.Format("20060102"), region, service, 0))
	return nil
}

// refusedUnsigned puts into words that a server does not take a call's signature; nil for other codes.
func refusedUnsigned(code, message string) error {
	switch {
	case slices.Contains([]string{"MissingAuthenticationTokenException", "IncompleteSignatureException"}, code):
	case slices.Contains([]string{"UnrecognizedClientException", "InvalidSignatureException", "ExpiredTokenException"}, code):
	default:
		return nil
	}
	return errors.New("the server takes only calls that are signed with a credential that it knows (--auth strict); " +
		"set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to one (it answered " + code + ": " + message + ")")
}
