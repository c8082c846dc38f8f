package fault

import (
	"fmt"
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/catalog"
)

// normalised is a rule with the names that calls have: services by botocore's name, operations without
// the API version behind them. It refuses what can match no call, and says what would do.
func (r Rule) normalised() (Rule, error) {
	m, err := r.Match.normalised("match")
	if err != nil {
		return r, err
	}
	r.Match = m
	return r, nil
}

func (m Match) normalised(path string) (Match, error) {
	var err error
	if m.Service, err = services(m.Service, path+".service"); err != nil {
		return m, err
	}
	if m.Operation, err = operations(m.Service, m.Operation, path+".operation"); err != nil {
		return m, err
	}
	for _, field := range []struct {
		name     string
		patterns Patterns
		check    func(string) string
	}{
		{"region", m.Region, badRegion}, {"account", m.Account, badAccount}, {"caller", m.Caller, badText}, {"role", m.Role, badText},
		{"user_agent", m.UserAgent, badText}, {"resource", m.Resource, badText},
	} {
		for i, pattern := range field.patterns {
			if bad := field.check(pattern); bad != "" {
				return m, &RuleError{Field: at(path+"."+field.name, field.patterns, i), Message: bad}
			}
		}
	}
	if err := m.checkHeader(path + ".header"); err != nil {
		return m, err
	}
	if m.UnknownCallers && len(m.Role) == 0 {
		return m, &RuleError{Field: path + ".unknown_callers", Message: "goes with match.role: it says that callers of whom nothing is known count as those roles"}
	}
	if m.Except == nil {
		return m, nil
	}
	except, err := m.exception(path + ".except")
	m.Except = &except
	return m, err
}

func (m *Match) exception(path string) (Match, error) {
	switch {
	case m.Except.Except != nil:
		return Match{}, &RuleError{Field: path + ".except", Message: "an exception cannot have exceptions"}
	case m.Except.isEmpty():
		return Match{}, &RuleError{Field: path, Message: "excepts all calls, so the rule would hit none"}
	}
	return m.Except.normalised(path)
}

func (m *Match) isEmpty() bool {
	return len(m.Service)+len(m.Region)+len(m.Operation)+len(m.Account)+len(m.Caller)+len(m.Role)+len(m.UserAgent)+len(m.Header)+len(m.Resource) == 0
}

// at points into a list, or at the field when it holds a single pattern.
func at(field string, list Patterns, i int) string {
	if len(list) == 1 {
		return field
	}
	return fmt.Sprintf("%s[%d]", field, i)
}

func badText(pattern string) string {
	if strings.TrimSpace(pattern) == "" {
		return "must not be empty"
	}
	return ""
}

func badRegion(pattern string) string {
	for _, c := range pattern {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '*') {
			return fmt.Sprintf("%q is not the name of a region, such as us-east-1, nor a glob, such as us-*", pattern)
		}
	}
	return badText(pattern)
}

func badAccount(pattern string) string {
	digits := strings.Trim(pattern, "0123456789*")
	if digits != "" || pattern == "" || !isGlob(pattern) && len(pattern) != 12 {
		return fmt.Sprintf("%q is not an account of 12 digits", pattern)
	}
	return ""
}

// secretHeaders hold what must not be in rules, which everybody may list.
var secretHeaders = []string{"Authorization", "X-Amz-Security-Token", "Cookie"}

func (m *Match) checkHeader(path string) error {
	for name, patterns := range m.Header {
		if strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" || name == "" {
			return &RuleError{Field: path, Message: fmt.Sprintf("%q is not the name of a header", name)}
		}
		if slices.Contains(secretHeaders, canonicalHeader(name)) {
			return &RuleError{Field: path + "." + name, Message: "holds a secret; to tell callers apart use match.caller or match.account"}
		}
		if len(patterns) == 0 {
			return &RuleError{Field: path + "." + name, Message: `must be a value or a glob; "*" is any value`}
		}
	}
	return nil
}

func services(patterns Patterns, field string) (Patterns, error) {
	normal := make(Patterns, 0, len(patterns))
	for i, pattern := range patterns {
		if isGlob(pattern) {
			if !slices.ContainsFunc(catalog.Names(), func(name string) bool { return glob(pattern, name) }) {
				return nil, &RuleError{Field: at(field, patterns, i), Message: fmt.Sprintf("%q matches none of AWS's services", pattern)}
			}
			normal = append(normal, pattern)
			continue
		}
		service := catalog.Lookup(pattern)
		if service == nil {
			return nil, &RuleError{Field: at(field, patterns, i), Message: unknown(pattern, "service", catalog.Names())}
		}
		if !slices.Contains(normal, service.Name) {
			normal = append(normal, service.Name)
		}
	}
	if len(normal) == 0 {
		return nil, nil
	}
	return normal, nil
}

// operations checks names and globs against those that the services have.
func operations(services, patterns Patterns, field string) (Patterns, error) {
	if len(patterns) == 0 {
		return nil, nil
	}
	normal := make(Patterns, 0, len(patterns))
	for i, pattern := range patterns {
		if pattern == ClassRead || pattern == ClassWrite || pattern == "*" {
			normal = append(normal, pattern)
			continue
		}
		name := findOperation(services, pattern)
		if name == "" {
			return nil, &RuleError{Field: at(field, patterns, i), Message: noOperation(services, pattern)}
		}
		if !slices.Contains(normal, name) {
			normal = append(normal, name)
		}
	}
	return normal, nil
}

// manyMean are services whose operations rules are mostly about: asking them first spares reading the
// models of all others when a rule names an operation and no service.
var manyMean = []string{"dynamodb", "s3", "sqs", "sns", "lambda", "kinesis", "ec2", "secretsmanager", "ssm", "kms", "sts", "stepfunctions", "events", "rds", "ecs"}

// findOperation is the name of an operation that one of the services has; the pattern itself for a
// glob that covers one; empty when there is none.
func findOperation(services Patterns, pattern string) string {
	found := ""
	has := func(s *catalog.Service) bool {
		if isGlob(pattern) {
			if slices.ContainsFunc(s.Operations, func(op *catalog.Operation) bool { return glob(pattern, op.Name) }) {
				found = pattern
			}
		} else if op := s.Operation(pattern); op != nil {
			found = op.Name
		}
		return found != ""
	}
	if len(services) == 0 {
		for _, name := range manyMean {
			if has(catalog.Lookup(name)) {
				return found
			}
		}
	}
	eachService(services, has)
	return found
}

// eachService goes through the services that patterns cover until fn answers true.
func eachService(patterns Patterns, fn func(*catalog.Service) (enough bool)) {
	if len(patterns) > 0 && !patterns.hasGlob() {
		for _, name := range patterns {
			if s := catalog.Lookup(name); s != nil && fn(s) {
				return
			}
		}
		return
	}
	for _, name := range catalog.Names() {
		if patterns.matches(name) && fn(catalog.Lookup(name)) {
			return
		}
	}
}

// noOperation says that there is no such operation, with the nearest names there are.
func noOperation(services Patterns, pattern string) string {
	if isGlob(pattern) {
		return fmt.Sprintf("%q matches no operation of %s", pattern, ofServices(services))
	}
	var known []string
	eachService(services, func(s *catalog.Service) bool {
		for _, op := range s.Operations {
			known = append(known, op.Name)
		}
		return false
	})
	slices.Sort(known)
	known = slices.Compact(known)
	text := fmt.Sprintf("%s has no operation %q", ofServices(services), pattern)
	if near := nearest(pattern, known); len(near) > 0 {
		return text + "; did you mean " + orList(near) + "?"
	}
	if strings.EqualFold(pattern, "all") {
		return text + "; leave the field out to match all operations"
	}
	return text
}

func ofServices(services Patterns) string {
	if len(services) == 0 {
		return "any service"
	}
	return orList(services)
}
