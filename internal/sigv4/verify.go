package sigv4

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Skew is how far a signature's time may be from ours, as AWS has it.
const Skew = 15 * time.Minute

// ErrUnsigned is what Verify answers for a request without a signature of version 4 in its header.
var ErrUnsigned = errors.New("the request has no signature of version 4 in its header")

// Verify checks the signature of version 4 in a request's Authorization header: that it was made with
// this secret, not long ago, over method, host, path, query, all x-amz-* headers and this body. It does
// not check presigned requests (ErrUnsigned), nor bodies that the signature leaves out.
func Verify(r *http.Request, body []byte, secret string, now time.Time) error {
	if !strings.HasPrefix(r.Header.Get("Authorization"), algorithm+" ") {
		return ErrUnsigned
	}
	s, err := Read(r)
	if err != nil {
		return fmt.Errorf("the Authorization header is not as signature version 4 has it: %w", err)
	}
	if s.At.Sub(now).Abs() > Skew {
		return fmt.Errorf("the signature is of %s, more than %v from now", s.Date, Skew)
	}
	if name := s.Uncovered(r); name != "" {
		return fmt.Errorf("the signature does not cover '%s'", name)
	}
	sum := sha256.Sum256(body)
	if said := r.Header.Get("X-Amz-Content-Sha256"); said != "" && said != hex.EncodeToString(sum[:]) {
		return errors.New("the body is not the one that was signed")
	}
	if !s.Matches(r, body, secret) {
		return errors.New("the signature does not match")
	}
	return nil
}

const algorithm = "AWS4-HMAC-SHA256"

// canonicalPath is the path as it was sent, escaped once more; S3 alone signs it as it is.
func canonicalPath(r *http.Request, service string) string {
	path := r.URL.EscapedPath()
	if path == "" {
		path = "/"
	}
	if service == "s3" {
		return path
	}
	return escape(path, true)
}

// canonicalQuery is the query's pairs, escaped as AWS does it and in order.
func canonicalQuery(raw string) string {
	if raw == "" {
		return ""
	}
	var pairs []string
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		pairs = append(pairs, reescape(name)+"="+reescape(value))
	}
	slices.SortFunc(pairs, func(a, b string) int { // by name, then by value: "=" must not count
		nameA, valueA, _ := strings.Cut(a, "=")
		nameB, valueB, _ := strings.Cut(b, "=")
		if c := strings.Compare(nameA, nameB); c != 0 {
			return c
		}
		return strings.Compare(valueA, valueB)
	})
	return strings.Join(pairs, "&")
}

func reescape(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		text = plain
	}
	return escape(text, false)
}

// escape percent-encodes all but unreserved characters, and slashes where they are kept.
func escape(text string, keepSlash bool) string {
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0 || keepSlash && c == '/' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
