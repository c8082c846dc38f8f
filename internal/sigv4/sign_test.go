package sigv4_test

import (
	"net/http"
	"testing"

	"github.com/brownoutdev/brownout/internal/sigv4"
)

// TestSign signs what AWS's documentation and botocore sign, and gets the same.
func TestSign(t *testing.T) {
	t.Parallel()
	users := listUsers()
	tag, body := tagResource()
	for _, test := range []struct {
		r             *http.Request
		body, service string
	}{{users, "", "iam"}, {tag, body, "fis"}} {
		want := test.r.Header.Get("Authorization")
		test.r.Header.Del("Authorization")
		test.r.Header.Del("X-Amz-Date")
		signer := sigv4.Signer{AccessKey: "AKIDEXAMPLE", Secret: secret, Region: "us-east-1", Service: test.service}
		signer.Sign(test.r, []byte(test.body), at)
		if got := test.r.Header.Get("Authorization"); got != want {
			t.Errorf("%s: %s, want %s", test.service, got, want)
		}
	}

	session := sigv4.Signer{AccessKey: "ASIDEXAMPLE", Secret: secret, Token: "token", Region: "us-east-1", Service: "fis"}
	r, body := tagResource()
	r.Header.Set("X-Amz-Target", "x")
	session.Sign(r, []byte(body), at)
	if err := sigv4.Verify(r, []byte(body), secret, at); err != nil {
		t.Error(err)
	}
	if got := r.Header.Get("X-Amz-Security-Token"); got != "token" {
		t.Errorf("session token %q", got)
	}
}
