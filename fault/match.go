package fault

import (
	"net/textproto"
	"strings"

	"github.com/brownoutdev/brownout/aws"
)

// ControlService is the service that is faulted only by a rule that names it: whoever breaks a whole
// region must still be able to stop the experiment.
const ControlService = "fis"

// matches judges a call by everything. A call that could be several (aws.Call.Others) matches when one
// of its names does.
func (m *Match) matches(c *aws.Call) bool {
	if !m.matchesOrigin(c) {
		return false
	}
	if m.matchesAs(c, c.Service, c.Operation) {
		return true
	}
	for _, other := range c.Others {
		if service, operation, ok := strings.Cut(other, "."); ok && m.matchesAs(c, service, operation) {
			return true
		}
	}
	return false
}

func (m *Match) matchesAs(c *aws.Call, service, operation string) bool {
	return m.matchesOperation(service, operation) && !m.excepts(c, service, operation)
}

func (m *Match) matchesOperation(service, operation string) bool {
	if service == ControlService && !m.Service.names(ControlService) {
		return false
	}
	return m.Service.matches(service) && operationMatches(m.Operation, operation)
}

func (m *Match) excepts(c *aws.Call, service, operation string) bool {
	e := m.Except
	return e != nil && e.Service.matches(service) && operationMatches(e.Operation, operation) && e.matchesOrigin(c)
}

// matchesOrigin judges a call by all but service and operation, the cheap things first.
func (m *Match) matchesOrigin(c *aws.Call) bool {
	return m.Region.matches(c.Region) && m.Account.matches(c.Account) &&
		(len(m.Caller) == 0 || matchesCaller(m.Caller, c)) &&
		(len(m.Role) == 0 || m.matchesRoles(c)) &&
		(len(m.UserAgent) == 0 || contains(m.UserAgent, c.UserAgent)) &&
		(len(m.Header) == 0 || matchesHeader(m.Header, c.Header)) &&
		(len(m.Resource) == 0 || matchesResource(m.Resource, c))
}

// contains reports whether text holds one of the names, or is matched by one of the globs as a whole.
func contains(patterns Patterns, text string) bool {
	for _, pattern := range patterns {
		if isGlob(pattern) && glob(pattern, text) || !isGlob(pattern) && strings.Contains(text, pattern) {
			return true
		}
	}
	return false
}

// matchesHeader looks the names up as they are; they are canonical since the rule was made.
func matchesHeader(wanted map[string]Patterns, header map[string][]string) bool {
	for name, patterns := range wanted {
		found := false
		for _, value := range header[name] {
			found = found || patterns.matches(value)
		}
		if !found {
			return false
		}
	}
	return true
}

func canonicalHeader(name string) string { return textproto.CanonicalMIMEHeaderKey(name) }

// matchesCaller tries the access key, the ARN as it is, and what an ARN of a session stands for: its
// role's ARN and name. A user goes by the ARN and the name, too.
func matchesCaller(patterns Patterns, c *aws.Call) bool {
	name, role := callerName(c.CallerARN)
	for _, pattern := range patterns {
		if c.AccessKey != "" && match(pattern, c.AccessKey) {
			return true
		}
		if c.CallerARN == "" {
			continue
		}
		if match(pattern, c.CallerARN) || match(pattern, name) || role && matchesRole(pattern, c.CallerARN, name) {
			return true
		}
	}
	return false
}

// matchesRoles reports whether the caller is a session of one of the roles, or may be, for all that is known.
func (m *Match) matchesRoles(c *aws.Call) bool {
	if c.CallerARN == "" {
		return m.UnknownCallers
	}
	name, session := callerName(c.CallerARN)
	if !session && !strings.Contains(c.CallerARN, ":role/") {
		return false // a user
	}
	for _, pattern := range m.Role {
		if match(pattern, name) || matchesRole(pattern, c.CallerARN, name) {
			return true
		}
	}
	return false
}

// callerName is the name of the role or user that an ARN is about; role is true for a role's session.
func callerName(arn string) (name string, role bool) {
	if at := strings.Index(arn, ":assumed-role/"); at >= 0 {
		name, _, _ = strings.Cut(arn[at+len(":assumed-role/"):], "/")
		return name, true
	}
	return arn[strings.LastIndexByte(arn, '/')+1:], false
}

// matchesRole compares a pattern with the ARN of the role behind a session. The session's ARN does not
// say the role's path, so the pattern's is not looked at.
func matchesRole(pattern, session, name string) bool {
	before, after, ok := strings.Cut(pattern, ":role/")
	if !ok {
		return false
	}
	after = after[strings.LastIndexByte(after, '/')+1:]
	s, ok := aws.ParseARN(session)
	if !ok || !match(after, name) {
		return false
	}
	p := strings.SplitN(before, ":", 5) // arn, partition, iam, region (none), account
	return len(p) == 5 && match(p[1], s.Partition) && match(p[4], s.Account)
}
