package sts

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/identity"
	"github.com/brownoutdev/brownout/internal/random"
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/store"
	"github.com/brownoutdev/brownout/store/memory"
)

type world struct {
	*testing.T
	clock   *clock.Movable
	store   store.Store
	service *Service
	bound   *services.Service
}

func newWorld(t *testing.T) *world {
	w := &world{T: t, clock: clock.NewMovable(), store: memory.New()}
	w.open()
	return w
}

// open begins anew on the same store, as a restart does.
func (w *world) open() {
	w.Helper()
	s, err := New(Config{
		Store: w.store, Prefix: []byte("sts/"), Clock: w.clock, IDs: random.New(), Identities: identity.NewDirectory(w.clock),
		Role: func(_ context.Context, arn string) (Role, bool, error) {
			return Role{ID: "AROAKNOWN", MaxSessionDuration: 2 * time.Hour}, arn == known, nil
		},
	})
	if err != nil {
		w.Fatal(err)
	}
	w.service, w.bound = s, s.Bind()
}

const (
	known   = "arn:aws:iam::111122223333:role/team/Known"
	unknown = "arn:aws:iam::111122223333:role/Unknown"
)

// ask calls an operation as the owner of an access key.
func ask[Out any](w *world, accessKey, operation string, in any) (*Out, error) {
	w.Helper()
	caller := w.service.Identities.Of(accessKey)
	out, err := w.bound.Handler(operation).Run(&services.Request{
		Context: w.Context(), Caller: caller, Faults: fault.NoFaults{},
		Call: &aws.Call{Service: "sts", Operation: operation, Region: "us-east-1", Account: caller.Account, AccessKey: accessKey},
	}, in)
	if err != nil {
		return nil, err
	}
	return out.(*Out), nil
}

func must[Out any](out *Out, err error) func(w *world) *Out {
	return func(w *world) *Out {
		w.Helper()
		if err != nil {
			w.Fatal(err)
		}
		return out
	}
}

func (w *world) wants(err error, code, message string) {
	w.Helper()
	var e *aws.Error
	if !errors.As(err, &e) || e.Code != code || !strings.Contains(e.Message, message) {
		w.Errorf("got %v, want %s: %s", err, code, message)
	}
}

func (w *world) whoami(key string) string {
	w.Helper()
	out := must(ask[GetCallerIdentityResponse](w, key, "GetCallerIdentity", &GetCallerIdentityRequest{}))(w)
	return *out.Account + " " + *out.UserId + " " + *out.Arn
}

func TestCallersOfWhomNothingIsKnown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for key, want := range map[string]string{
		"":             "000000000000 000000000000 arn:aws:iam::000000000000:root",
		"test":         "000000000000 000000000000 arn:aws:iam::000000000000:root",
		"123456789012": "123456789012 123456789012 arn:aws:iam::123456789012:root",
	} {
		if got := w.whoami(key); got != want {
			t.Errorf("%q: %s, want %s", key, got, want)
		}
	}
}

func TestAssumeRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	out := must(ask[AssumeRoleResponse](w, "test", "AssumeRole", &AssumeRoleRequest{RoleArn: new(known), RoleSessionName: new("shop")}))(w)
	key := *out.Credentials.AccessKeyId
	if !strings.HasPrefix(key, "LSIA") || len(key) != 20 || len(*out.Credentials.SecretAccessKey) != 40 || *out.Credentials.SessionToken == "" {
		t.Errorf("credentials: %s %s", key, *out.Credentials.SecretAccessKey)
	}
	if lasts := out.Credentials.Expiration.Sub(w.clock.Now()); lasts < 59*time.Minute || lasts > time.Hour {
		t.Errorf("they last %v, want an hour", lasts)
	}
	const want = "111122223333 AROAKNOWN:shop arn:aws:sts::111122223333:assumed-role/Known/shop"
	if got := w.whoami(key); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if p := w.service.Identities.Of(key); p.Role != known || p.Session != "shop" {
		t.Errorf("the gateway sees %+v", p)
	}
	w.open()
	if got := w.whoami(key); got != want {
		t.Errorf("after a restart: %s, want %s", got, want)
	}
	c, ok, err := w.service.Credential(key)
	if err != nil || !ok || c.Secret != *out.Credentials.SecretAccessKey || c.Token != *out.Credentials.SessionToken || !c.Expires.Equal(*out.Credentials.Expiration) {
		t.Errorf("signs with %+v (%v, %v)", c, ok, err)
	}
	w.clock.Advance(time.Hour)
	if got := w.whoami(key); got != "111122223333 111122223333 arn:aws:iam::111122223333:root" {
		t.Errorf("expired, but %s", got)
	}
	w.open()
	if p := w.service.Identities.Of(key); p.Role != "" {
		t.Errorf("expired, but learnt again: %+v", p)
	}
}

func TestAssumeRoleIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	session := must(ask[AssumeRoleResponse](w, "test", "AssumeRole", &AssumeRoleRequest{
		RoleArn: new(unknown), RoleSessionName: new("first"), SourceIdentity: new("ann"), DurationSeconds: new(int64(43200)),
	}))(w)
	for _, c := range []struct {
		key           string
		in            AssumeRoleRequest
		code, message string
	}{
		{"test", AssumeRoleRequest{RoleArn: new("arn:aws:iam::11112222333:role/TooShort"), RoleSessionName: new("s1")}, "ValidationError", "arn:aws:iam::11112222333:role/TooShort is invalid"},
		{"test", AssumeRoleRequest{RoleArn: new("short"), RoleSessionName: new("s1")}, "ValidationError", "Value 'short' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20"},
		{"test", AssumeRoleRequest{RoleArn: new(known), RoleSessionName: new("a b")}, "ValidationError", `at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*`},
		{"test", AssumeRoleRequest{RoleArn: new(known)}, "ValidationError", "'roleSessionName' failed to satisfy constraint: Member must not be null"},
		{"test", AssumeRoleRequest{RoleArn: new(known), RoleSessionName: new("s1"), DurationSeconds: new(int64(899))}, "ValidationError", "Member must have value greater than or equal to 900"},
		{"test", AssumeRoleRequest{RoleArn: new(known), RoleSessionName: new("s1"), DurationSeconds: new(int64(7201))}, "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."},
		{"test", AssumeRoleRequest{RoleArn: new(known), RoleSessionName: new("s1"), Policy: new("{")}, "MalformedPolicyDocument", "invalid Json"},
		{"test", AssumeRoleRequest{RoleArn: new(known), RoleSessionName: new("s1"), Tags: []Tag{{new("a"), new("1")}, {new("A"), new("2")}}}, "ValidationError", "Duplicate tag keys found"},
		{*session.Credentials.AccessKeyId, AssumeRoleRequest{RoleArn: new(known), RoleSessionName: new("s1"), DurationSeconds: new(int64(3601))}, "ValidationError", "1 hour session limit for roles assumed by role chaining"},
		{*session.Credentials.AccessKeyId, AssumeRoleRequest{RoleArn: new(known), RoleSessionName: new("s1"), SourceIdentity: new("bob")}, "AccessDenied", "source identity"},
	} {
		_, err := ask[AssumeRoleResponse](w, c.key, "AssumeRole", &c.in)
		w.wants(err, c.code, c.message)
	}
	chained := must(ask[AssumeRoleResponse](w, *session.Credentials.AccessKeyId, "AssumeRole", &AssumeRoleRequest{RoleArn: new(known), RoleSessionName: new("second")}))(w)
	if chained.SourceIdentity == nil || *chained.SourceIdentity != "ann" {
		t.Error("the source identity does not go along")
	}
}

func TestWebIdentity(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	payload := base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"system:serviceaccount:shop","aud":["sts.amazonaws.com"],"iss":"https://oidc.example"}`))
	out := must(ask[AssumeRoleWithWebIdentityResponse](w, "", "AssumeRoleWithWebIdentity", &AssumeRoleWithWebIdentityRequest{
		RoleArn: new(unknown), RoleSessionName: new("pod"), WebIdentityToken: new("e30." + payload + ".x"),
	}))(w)
	if *out.SubjectFromWebIdentityToken != "system:serviceaccount:shop" || *out.Audience != "sts.amazonaws.com" || *out.Provider != "https://oidc.example" {
		t.Errorf("the token says %+v", out)
	}
	if got := w.whoami(*out.Credentials.AccessKeyId); !strings.HasSuffix(got, ":assumed-role/Unknown/pod") {
		t.Error(got)
	}
	must(ask[AssumeRoleWithWebIdentityResponse](w, "", "AssumeRoleWithWebIdentity", &AssumeRoleWithWebIdentityRequest{
		RoleArn: new(unknown), RoleSessionName: new("pod"), WebIdentityToken: new("opaque"),
	}))(w)
}

func TestSAML(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := func(document string) *AssumeRoleWithSAMLRequest {
		return &AssumeRoleWithSAMLRequest{RoleArn: new(unknown), PrincipalArn: new("arn:aws:iam::111122223333:saml-provider/P"),
			SAMLAssertion: new(base64.StdEncoding.EncodeToString([]byte(document)))}
	}
	out := must(ask[AssumeRoleWithSAMLResponse](w, "", "AssumeRoleWithSAML", in(`<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol"><Assertion>
		<Issuer>https://idp.example</Issuer><Subject><NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">ann</NameID>
		<SubjectConfirmation><SubjectConfirmationData Recipient="https://signin.aws.amazon.com/saml"/></SubjectConfirmation></Subject>
		<AttributeStatement><Attribute Name="https://aws.amazon.com/SAML/Attributes/RoleSessionName"><AttributeValue>ann@example</AttributeValue></Attribute></AttributeStatement>
		</Assertion></p:Response>`)))(w)
	if *out.Subject != "ann" || *out.SubjectType != "persistent" || *out.Issuer != "https://idp.example" || *out.Audience != "https://signin.aws.amazon.com/saml" {
		t.Errorf("the assertion says %s %s %s %s", *out.Subject, *out.SubjectType, *out.Issuer, *out.Audience)
	}
	if !strings.HasSuffix(*out.AssumedRoleUser.Arn, "/ann@example") {
		t.Error(*out.AssumedRoleUser.Arn)
	}
	_, err := ask[AssumeRoleWithSAMLResponse](w, "", "AssumeRoleWithSAML", in(`<Response></Response>`))
	w.wants(err, "InvalidIdentityToken", "RoleSessionName is required in AuthnResponse")
	_, err = ask[AssumeRoleWithSAMLResponse](w, "", "AssumeRoleWithSAML", in(`<Response>`))
	w.wants(err, "InvalidIdentityToken", "could not be parsed")
}

func TestOtherSessions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user := identity.Principal{AccessKey: "ann-key", Account: "111122223333", ARN: "arn:aws:iam::111122223333:user/ann", ID: "AIDAANN"}
	w.service.Identities.Learn(user, time.Time{})
	token := must(ask[GetSessionTokenResponse](w, "ann-key", "GetSessionToken", &GetSessionTokenRequest{}))(w)
	if got := w.whoami(*token.Credentials.AccessKeyId); got != "111122223333 AIDAANN arn:aws:iam::111122223333:user/ann" {
		t.Error(got)
	}
	federated := must(ask[GetFederationTokenResponse](w, "ann-key", "GetFederationToken", &GetFederationTokenRequest{Name: new("bob")}))(w)
	if got := w.whoami(*federated.Credentials.AccessKeyId); got != "111122223333 111122223333:bob arn:aws:sts::111122223333:federated-user/bob" {
		t.Error(got)
	}
	root := must(ask[AssumeRootResponse](w, "ann-key", "AssumeRoot", &AssumeRootRequest{
		TargetPrincipal: new("444455556666"), TaskPolicyArn: &PolicyDescriptorType{new("arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials")},
	}))(w)
	if got := w.whoami(*root.Credentials.AccessKeyId); got != "444455556666 444455556666 arn:aws:iam::444455556666:root" {
		t.Error(got)
	}
	info := must(ask[GetAccessKeyInfoResponse](w, "", "GetAccessKeyInfo", &GetAccessKeyInfoRequest{AccessKeyId: root.Credentials.AccessKeyId}))(w)
	if *info.Account != "444455556666" {
		t.Error(*info.Account)
	}
	role := must(ask[AssumeRoleResponse](w, "test", "AssumeRole", &AssumeRoleRequest{RoleArn: new(known), RoleSessionName: new("s1")}))(w)
	_, err := ask[GetSessionTokenResponse](w, *role.Credentials.AccessKeyId, "GetSessionToken", &GetSessionTokenRequest{})
	w.wants(err, "AccessDenied", "Cannot call GetSessionToken with session credentials")
	_, err = ask[DecodeAuthorizationMessageResponse](w, "", "DecodeAuthorizationMessage", &DecodeAuthorizationMessageRequest{EncodedMessage: new("x")})
	w.wants(err, "InvalidAuthorizationMessageException", "Message is not valid")

	if err := w.service.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if p := w.service.Identities.Of(*role.Credentials.AccessKeyId); p.Role != "" {
		t.Error("the reset left a session")
	}
}

func TestExpiredSessionsAreDeleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	count := func() (n int) {
		err := w.store.View(t.Context(), func(r store.Reader) error {
			return r.Scan(store.Prefix([]byte("sts/s")), func(_, _ []byte) (bool, error) { n++; return true, nil })
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for range 20 {
		must(ask[AssumeRoleResponse](w, "test", "AssumeRole", &AssumeRoleRequest{RoleArn: new(unknown), RoleSessionName: new("s1")}))(w)
	}
	w.clock.Advance(26 * time.Hour)
	for range 5 {
		must(ask[AssumeRoleResponse](w, "test", "AssumeRole", &AssumeRoleRequest{RoleArn: new(unknown), RoleSessionName: new("s1")}))(w)
	}
	if n := count(); n != 5 {
		t.Errorf("%d sessions are kept, want 5", n)
	}
}
