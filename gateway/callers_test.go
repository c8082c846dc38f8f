package gateway_test

import (
	"encoding/xml"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/brownouttest"
	"github.com/brownoutdev/brownout/fault"
)

// A rule for a role hits the role's sessions and nobody else, as long as they last.
func TestRulesForSessionsOfOurSTS(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	form := url.Values{"Action": {"AssumeRole"}, "Version": {"2011-06-15"}, "RoleArn": {"arn:aws:iam::111122223333:role/team/Shop"}, "RoleSessionName": {"till"}}
	r := request(t, "POST", srv.URL+"/", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	signer{key: "test", service: "sts", at: time.Now()}.sign(r, nil)
	status, body := do(t, r)
	var answer struct {
		Key string `xml:"AssumeRoleResult>Credentials>AccessKeyId"`
	}
	if err := xml.Unmarshal([]byte(body), &answer); err != nil || status != 200 {
		t.Fatal(status, body, err)
	}
	srv.AddRule(fault.Rule{
		Match:  fault.Match{Service: fault.Patterns{"dynamodb"}, Role: fault.Patterns{"arn:aws:iam::111122223333:role/team/Shop"}},
		Effect: fault.ErrorWith("ThrottlingException", 400, "Rate exceeded"),
	})
	list := func(key string) (int, string) {
		r := listTables(t, srv)
		signer{key: key, service: "dynamodb", at: time.Now()}.sign(r, nil)
		return do(t, r)
	}
	if status, body := list(answer.Key); status != 400 || !strings.Contains(body, "ThrottlingException") {
		t.Errorf("the role's session: %d %s", status, body)
	}
	if status, body := list("111122223333"); status != 200 {
		t.Errorf("somebody else of the account: %d %s", status, body)
	}
	srv.Clock.Advance(time.Hour)
	if status, body := list(answer.Key); status != 200 {
		t.Errorf("the session when it has expired: %d %s", status, body)
	}
}

// A reset ends sessions, and forgets users with their keys.
func TestResetForgetsCallers(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	query := func(service, key string, form url.Values) string {
		r := request(t, "POST", srv.URL+"/", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
		signer{key: key, service: service, at: time.Now()}.sign(r, nil)
		_, body := do(t, r)
		return body
	}
	keyIn := func(body string) string {
		_, rest, _ := strings.Cut(body, "<AccessKeyId>")
		key, _, _ := strings.Cut(rest, "<")
		return key
	}
	query("iam", "111122223333", url.Values{"Action": {"CreateUser"}, "Version": {"2010-05-08"}, "UserName": {"ann"}})
	user := keyIn(query("iam", "111122223333", url.Values{"Action": {"CreateAccessKey"}, "Version": {"2010-05-08"}, "UserName": {"ann"}}))
	session := keyIn(query("sts", user, url.Values{"Action": {"GetSessionToken"}, "Version": {"2011-06-15"}}))
	whoami := url.Values{"Action": {"GetCallerIdentity"}, "Version": {"2011-06-15"}}
	for _, key := range []string{user, session} {
		if body := query("sts", key, whoami); !strings.Contains(body, "<Arn>arn:aws:iam::111122223333:user/ann</Arn>") {
			t.Errorf("before: %s", body)
		}
	}
	if status, body := do(t, request(t, "POST", srv.URL+"/_brownout/reset", "")); status != 200 {
		t.Fatal(status, body)
	}
	for _, key := range []string{user, session} {
		if body := query("sts", key, whoami); !strings.Contains(body, "<Arn>arn:aws:iam::111122223333:root</Arn>") {
			t.Errorf("after: %s", body)
		}
	}
	if body := query("iam", "111122223333", url.Values{"Action": {"ListUsers"}, "Version": {"2010-05-08"}}); strings.Contains(body, "ann") {
		t.Errorf("users after: %s", body)
	}
}
