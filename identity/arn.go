package identity

import (
	"strings"

	"github.com/brownoutdev/brownout/aws"
)

// Behind is the principal that an ARN names: a user, a role (sessionName is then its session's), a session of
// a role or of a federated user, or an account's root. ok is false when the ARN names nobody who could call.
func Behind(accessKey, arn, sessionName string) (p Principal, ok bool) {
	parts, ok := aws.ParseARN(arn)
	if !ok || len(parts.Account) != accountDigits || !beginsWithAccount(parts.Account) || strings.ContainsAny(arn, "*? \t") {
		return Principal{}, false
	}
	kind, name, _ := strings.Cut(parts.Resource, "/")
	p = Principal{AccessKey: accessKey, Account: parts.Account, ARN: arn}
	switch {
	case parts.Service == "iam" && kind == "role":
		return AssumedRole(accessKey, arn, sessionName, "")
	case parts.Service == "iam" && kind == "user", parts.Service == "sts" && kind == "federated-user":
		return p, name != "" && !strings.HasSuffix(name, "/")
	case parts.Service == "sts" && kind == "assumed-role":
		role, session, _ := strings.Cut(name, "/")
		p.Role = "arn:" + parts.Partition + ":iam::" + parts.Account + ":role/" + role
		p.Session = session
		return p, role != "" && session != "" && !strings.Contains(session, "/")
	}
	return p, parts.Service == "iam" && parts.Resource == "root"
}
