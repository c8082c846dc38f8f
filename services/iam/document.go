package iam

import (
	"encoding/json"
	"net/url"
	"strings"
)

// escaped is a policy document as IAM answers it: percent-encoded as RFC 3986 has it.
func escaped(document string) *string {
	return new(strings.ReplaceAll(url.QueryEscape(document), "+", "%20"))
}

// size is how AWS counts a document: without white space.
func size(document string) int {
	n := 0
	for _, r := range document {
		if !strings.ContainsRune(" \t\r\n", r) {
			n++
		}
	}
	return n
}

// checkPolicy judges a policy that is to belong to somebody.
func checkPolicy(document string) error {
	statements, err := statementsOf(document, "Syntax errors in policy.")
	if err != nil {
		return err
	}
	for _, s := range statements {
		switch {
		case s["Principal"] != nil || s["NotPrincipal"] != nil:
			return malformed("Policy document should not specify a principal.")
		case s["Action"] == nil && s["NotAction"] == nil:
			return malformed("Policy statement must contain actions.")
		case s["Resource"] == nil && s["NotResource"] == nil:
			return malformed("Policy statement must contain resources.")
		}
		for _, name := range []string{"Action", "NotAction"} {
			for _, action := range texts(s[name]) {
				if action != "*" && !strings.Contains(action, ":") {
					return malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
				}
			}
		}
		for _, name := range []string{"Resource", "NotResource"} {
			for _, resource := range texts(s[name]) {
				if !strings.HasPrefix(resource, "*") && !strings.HasPrefix(resource, "arn:") && !strings.HasPrefix(resource, "${") {
					return malformed(`Resource ` + resource + ` must be in ARN format or "*".`)
				}
			}
		}
	}
	return nil
}

// checkTrust judges a policy that says who may assume a role.
func checkTrust(document string) error {
	statements, err := statementsOf(document, "This policy contains invalid Json")
	if err != nil {
		return err
	}
	for _, s := range statements {
		switch {
		case s["Resource"] != nil || s["NotResource"] != nil:
			return malformed("Has prohibited field Resource")
		case s["Principal"] == nil && s["NotPrincipal"] == nil:
			return malformed("Missing required field Principal")
		case s["Action"] == nil && s["NotAction"] == nil:
			return malformed("Missing required field Action")
		}
		for _, action := range texts(s["Action"]) {
			if action != "*" && !strings.HasPrefix(strings.ToLower(action), "sts:") {
				return malformed("AssumeRole policy may only specify STS AssumeRole actions.")
			}
		}
	}
	return nil
}

// statementsOf are a document's statements, whose form is checked as far as all policies have it in common.
func statementsOf(document, notJSON string) (statements []map[string]any, err error) {
	var policy map[string]any
	if json.Unmarshal([]byte(document), &policy) != nil {
		return nil, malformed(notJSON)
	}
	const syntax = "Syntax errors in policy."
	for name := range policy {
		if name != "Version" && name != "Id" && name != "Statement" {
			return nil, malformed(syntax)
		}
	}
	if version, ok := policy["Version"]; ok && version != "2012-10-17" && version != "2008-10-17" {
		return nil, malformed(syntax)
	}
	all, ok := policy["Statement"].([]any)
	if !ok {
		all = []any{policy["Statement"]}
	}
	seen := map[any]bool{}
	for _, element := range all {
		statement, ok := element.(map[string]any)
		if !ok || statement["Effect"] != "Allow" && statement["Effect"] != "Deny" {
			return nil, malformed(syntax)
		}
		if sid, ok := statement["Sid"].(string); ok && sid != "" {
			if seen[sid] {
				return nil, malformed("Statement IDs (SID) in a single policy must be unique.")
			}
			seen[sid] = true
		}
		statements = append(statements, statement)
	}
	return statements, nil
}

// texts are a text, or the texts of a list.
func texts(value any) (all []string) {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		for _, element := range v {
			if text, ok := element.(string); ok {
				all = append(all, text)
			}
		}
	}
	return all
}
