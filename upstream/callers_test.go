package upstream_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/identity"
	"github.com/brownoutdev/brownout/upstream"
)

// answerOf is STS's answer to an operation, with what stands beside the credentials.
func answerOf(operation, beside string, expires time.Time) string {
	return fmt.Sprintf(`<%[1]sResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><%[1]sResult>
<Credentials><SessionToken>TOKEN</SessionToken><SecretAccessKey>SECRET</SecretAccessKey>
<Expiration>%[3]s</Expiration><AccessKeyId>ASIANEW</AccessKeyId></Credentials>%[2]s
</%[1]sResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></%[1]sResponse>`, operation, beside, expires.UTC().Format(time.RFC3339))
}

func TestLearnCallers(t *testing.T) {
	t.Parallel()
	session := identity.Principal{
		AccessKey: "ASIANEW", Account: "123456789012", ARN: "arn:aws:sts::123456789012:assumed-role/Orders/night",
		Role: "arn:aws:iam::123456789012:role/Orders", Session: "night", ID: "AROAX:night",
	}
	roleUser := `<AssumedRoleUser><AssumedRoleId>AROAX:night</AssumedRoleId><Arn>` + session.ARN + `</Arn></AssumedRoleUser>`
	asker := identity.Principal{AccessKey: "AKIAASKER", Account: "123456789012", ARN: "arn:aws:iam::123456789012:user/ada"}
	same := asker
	same.AccessKey = "ASIANEW"
	federated := identity.Principal{AccessKey: "ASIANEW", Account: "123456789012", ARN: "arn:aws:sts::123456789012:federated-user/bob", ID: "123456789012:bob"}
	unknown := identity.Of("ASIANEW")
	for name, test := range map[string]struct {
		operation, beside string
		status            int
		body              string
		want              identity.Principal
	}{
		"a role":            {operation: "AssumeRole", beside: roleUser, want: session},
		"with SAML":         {operation: "AssumeRoleWithSAML", beside: roleUser, want: session},
		"with a web token":  {operation: "AssumeRoleWithWebIdentity", beside: roleUser, want: session},
		"a session token":   {operation: "GetSessionToken", want: same},
		"a federated user":  {operation: "GetFederationToken", beside: `<FederatedUser><FederatedUserId>123456789012:bob</FederatedUserId><Arn>` + federated.ARN + `</Arn></FederatedUser>`, want: federated},
		"delegated":         {operation: "GetDelegatedAccessToken", beside: `<AssumedPrincipal>` + session.ARN + `</AssumedPrincipal>`, want: identity.Principal{AccessKey: "ASIANEW", Account: session.Account, ARN: session.ARN, Role: session.Role, Session: session.Session}},
		"nobody is named":   {operation: "AssumeRole", want: unknown},
		"a strange name":    {operation: "AssumeRole", beside: strings.ReplaceAll(roleUser, "assumed-role", "other"), want: unknown},
		"an error":          {operation: "AssumeRole", beside: roleUser, status: http.StatusForbidden, want: unknown},
		"no XML":            {operation: "AssumeRole", body: "{}", want: unknown},
		"nothing":           {operation: "AssumeRole", body: " ", want: unknown},
		"another operation": {operation: "GetCallerIdentity", beside: roleUser, want: unknown},
		"no operation":      {operation: "Nonsense", beside: roleUser, want: unknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := clock.NewMovable()
			directory := identity.NewDirectory(now)
			directory.Say(asker)
			body := test.body
			if body == "" {
				body = answerOf(test.operation, test.beside, clock.Real{}.Now().Add(time.Hour))
			}
			if test.status == 0 {
				test.status = http.StatusOK
			}
			call := &aws.Call{Service: "sts", Operation: test.operation, Protocol: "query", AccessKey: asker.AccessKey}
			upstream.LearnCallers(directory, now)(call, test.status, http.Header{"Content-Type": {"text/xml"}}, []byte(body))
			if diff := cmp.Diff(test.want, directory.Of("ASIANEW")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What was learnt ends with the credentials, by the server's clock, wherever that stands.
func TestLearntCallersExpire(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ expires, remembered time.Duration }{
		"in an hour":                     {time.Hour, time.Hour},
		"an upstream whose clock is off": {-240 * time.Hour, 15 * time.Minute},
	} {
		now := clock.NewMovable()
		now.Advance(1000 * time.Hour)
		directory := identity.NewDirectory(now)
		body := answerOf("AssumeRole", `<AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/Orders/night</Arn></AssumedRoleUser>`, clock.Real{}.Now().Add(test.expires))
		upstream.LearnCallers(directory, now)(&aws.Call{Service: "sts", Operation: "AssumeRole", Protocol: "query"}, http.StatusOK, http.Header{}, []byte(body))
		now.Advance(test.remembered - 2*time.Minute)
		if p := directory.Of("ASIANEW"); p.Session != "night" {
			t.Errorf("%s: %v before the end", name, p)
		}
		now.Advance(3 * time.Minute)
		if p := directory.Of("ASIANEW"); p.Session != "" {
			t.Errorf("%s: %v after the end", name, p)
		}
	}
}
