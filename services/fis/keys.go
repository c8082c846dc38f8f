package fis

import (
	"net/url"
	"strings"
)

// scope is the account and region that resources belong to.
type scope struct{ Account, Region string }

// The kinds of keys; see the package comment.
const (
	templateKeys   = "fis/templates/"
	experimentKeys = "fis/experiments/"
	activeKeys     = "fis/active/"
	tokenKeys      = "fis/tokens/"
	guardKeys      = "fis/guards/"
	leverKeys      = "fis/levers/"
	tagKeys        = "fis/tags/"
	stepKeys       = "fis/steps/"
	entryKeys      = "fis/log/"
	deliveryKeys   = "fis/deliveries/"
)

// key is kind plus account, region and further parts, each escaped: a region is what the caller's
// signature says, and may hold anything.
func (s scope) key(kind string, parts ...string) string {
	var b strings.Builder
	b.WriteString(kind)
	b.WriteString(url.PathEscape(s.Account))
	b.WriteByte('/')
	b.WriteString(url.PathEscape(s.Region))
	for _, part := range parts {
		b.WriteByte('/')
		b.WriteString(url.PathEscape(part))
	}
	return b.String()
}

// prefix is what all keys of a kind in this scope begin with.
func (s scope) prefix(kind string) string { return s.key(kind) + "/" }

// scopeOfKey is the scope of a key of a kind that has no further parts.
func scopeOfKey(kind, key string) (at scope, ok bool) {
	account, region, ok := strings.Cut(strings.TrimPrefix(key, kind), "/")
	if at.Account, _ = url.PathUnescape(account); at.Account != account {
		return scope{}, false // accounts are digits
	}
	at.Region, _ = url.PathUnescape(region)
	return at, ok
}

// experimentOf is the key of the experiment that a key of activeKeys stands for.
func experimentOf(active string) string {
	return experimentKeys + strings.TrimPrefix(active, activeKeys)
}

// activeOf is the reverse of experimentOf.
func activeOf(experiment string) string {
	return activeKeys + strings.TrimPrefix(experiment, experimentKeys)
}
