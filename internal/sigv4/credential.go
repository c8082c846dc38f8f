// Package sigv4 reads what a request says of its signer, and verifies signatures. Making them follows with
// real upstreams.
package sigv4

import "strings"

// Credential is the credential scope of a signed or presigned request. All parts are empty for an
// unsigned one.
type Credential struct{ AccessKey, Region, Service string }

// FromHeader reads an Authorization header: signature version 4 ("AWS4-HMAC-SHA256
// Credential=KEY/DATE/REGION/SERVICE/aws4_request, ..."), 4A, whose scope has no region, or 2 ("AWS KEY:SIGNATURE").
func FromHeader(authorization string) Credential {
	if rest, ok := strings.CutPrefix(authorization, "AWS "); ok {
		key, _, _ := strings.Cut(rest, ":")
		return Credential{AccessKey: key}
	}
	scope, ok := strings.CutPrefix(authorization, "AWS4-HMAC-SHA256 Credential=") // as nearly all have it
	if !ok {
		if _, scope, ok = strings.Cut(authorization, "Credential="); !ok {
			return Credential{}
		}
	}
	for _, end := range []byte(", ") {
		if i := strings.IndexByte(scope, end); i >= 0 {
			scope = scope[:i]
		}
	}
	return FromScope(scope)
}

// FromScope reads "KEY/DATE/REGION/SERVICE/aws4_request", or without REGION as signature version 4A
// has it. The key itself may hold slashes.
func FromScope(scope string) Credential {
	rest, ok := strings.CutSuffix(scope, "/aws4_request")
	if !ok {
		key, _, _ := strings.Cut(scope, "/")
		return Credential{AccessKey: key}
	}
	var c Credential
	rest, c.Service = cutLast(rest)
	var date string
	rest, date = cutLast(rest)
	if !isDate(date) {
		c.Region = date
		rest, _ = cutLast(rest)
	}
	c.AccessKey = rest
	return c
}

func cutLast(s string) (before, after string) {
	if i := strings.LastIndexByte(s, '/'); i >= 0 {
		return s[:i], s[i+1:]
	}
	return s, ""
}

func isDate(s string) bool {
	if len(s) != len("20060102") {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
