package e2e

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestIdentityWithBoto3 makes roles, users, policies and sessions; after a kill they are still known.
func TestIdentityWithBoto3(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	s := start(t, "--data", data)
	made := execute(t, environment(t, s.URL), program.python, "testdata/identity.py", "fill")
	if made.code != 0 {
		t.Fatalf("exit code %d\n%s%s", made.code, made.stdout, made.stderr)
	}
	s.kill()
	s = start(t, "--data", data)
	if r := execute(t, environment(t, s.URL), program.python, "testdata/identity.py", "again", strings.TrimSpace(made.stdout)); r.code != 0 {
		t.Fatalf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
}

// TestStrictAuthentication: what real clients sign is taken, with the credentials that there are, and no other.
func TestStrictAuthentication(t *testing.T) {
	t.Parallel()
	const key, secret = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
	s := start(t, "--auth", "strict", "--credential", key+"="+secret)
	known := []string{"AWS_ACCESS_KEY_ID=" + key, "AWS_SECRET_ACCESS_KEY=" + secret}
	if r := execute(t, environment(t, s.URL, known...), program.python, "testdata/identity.py", "fill"); r.code != 0 {
		t.Fatalf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	c := newCLI(t, s, known...)
	if got := at(c.ok("sts", "get-caller-identity"), "Arn"); got != "arn:aws:iam::000000000000:root" {
		t.Errorf("caller %v", got)
	}
	template := c.ok("fis", "create-experiment-template", "--description", "ünïcode & blanks", "--role-arn", "arn:aws:iam::000000000000:role/team/Shop",
		"--stop-conditions", "source=none", "--actions", `{"wait":{"actionId":"aws:fis:wait","parameters":{"duration":"PT1M"}}}`)
	arn, _ := at(template, "experimentTemplate", "arn").(string)
	c.ok("fis", "list-tags-for-resource", "--resource-arn", arn) // its path has escapes

	session := c.ok("sts", "assume-role", "--role-arn", "arn:aws:iam::000000000000:role/team/Shop", "--role-session-name", "till")
	of := func(name string) string { text, _ := at(session, "Credentials", name).(string); return text }
	c = newCLI(t, s, "AWS_ACCESS_KEY_ID="+of("AccessKeyId"), "AWS_SECRET_ACCESS_KEY="+of("SecretAccessKey"), "AWS_SESSION_TOKEN="+of("SessionToken"))
	if got := at(c.ok("sts", "get-caller-identity"), "Arn"); got != "arn:aws:sts::000000000000:assumed-role/Shop/till" {
		t.Errorf("caller %v", got)
	}
	c.ok("dynamodb", "list-tables")

	c = newCLI(t, s)
	c.fails("UnrecognizedClientException", "dynamodb", "list-tables")
	c.fails("InvalidClientTokenId", "sts", "get-caller-identity")
	c = newCLI(t, s, known[0], "AWS_SECRET_ACCESS_KEY=other")
	c.fails("InvalidSignatureException", "dynamodb", "list-tables")
	c.fails("SignatureDoesNotMatch", "iam", "list-roles")
	c.fails("InvalidSignatureException", "fis", "list-experiments")
}
