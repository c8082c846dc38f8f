package identity_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/brownoutdev/brownout/identity"
)

func TestBehind(t *testing.T) {
	t.Parallel()
	for arn, want := range map[string]identity.Principal{
		"arn:aws:iam::123456789012:role/Orders": {
			Account: "123456789012", Role: "arn:aws:iam::123456789012:role/Orders", Session: "s",
			ARN: "arn:aws:sts::123456789012:assumed-role/Orders/s",
		},
		"arn:aws-cn:iam::123456789012:role/a/path/Orders": {
			Account: "123456789012", Role: "arn:aws-cn:iam::123456789012:role/a/path/Orders", Session: "s",
			ARN: "arn:aws-cn:sts::123456789012:assumed-role/Orders/s",
		},
		"arn:aws:sts::123456789012:assumed-role/Orders/night": {
			Account: "123456789012", Role: "arn:aws:iam::123456789012:role/Orders", Session: "night",
			ARN: "arn:aws:sts::123456789012:assumed-role/Orders/night",
		},
		"arn:aws:iam::123456789012:user/team/ada":       {Account: "123456789012", ARN: "arn:aws:iam::123456789012:user/team/ada"},
		"arn:aws:sts::123456789012:federated-user/ada":  {Account: "123456789012", ARN: "arn:aws:sts::123456789012:federated-user/ada"},
		"arn:aws:iam::123456789012:root":                {Account: "123456789012", ARN: "arn:aws:iam::123456789012:root"},
		"arn:aws:iam::123456789012:role/":               {},
		"arn:aws:iam::123456789012:role/*":              {},
		"arn:aws:iam::123456789012:user/":               {},
		"arn:aws:iam::123456789012:group/x":             {},
		"arn:aws:iam::12345:role/Orders":                {},
		"arn:aws:sts::123456789012:assumed-role/Orders": {},
		"arn:aws:sts::123456789012:assumed-role/O/a/b":  {},
		"arn:aws:s3:::bucket":                           {},
		"arn:aws:dynamodb:us-east-1:123456789012:root":  {},
		"123456789012": {},
	} {
		got, ok := identity.Behind("AKIA1", arn, "s")
		if wanted := want.Account != ""; ok != wanted {
			t.Errorf("%s: %v, want %v", arn, ok, wanted)
			continue
		}
		if want.AccessKey = "AKIA1"; ok && !cmp.Equal(got, want) {
			t.Errorf("%s: %s", arn, cmp.Diff(want, got))
		}
	}
}
