package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
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
	rest, ok := strings.CutPrefix(r.Header.Get("Authorization"), algorithm+" ")
	if !ok {
		return ErrUnsigned
	}
	parts := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		parts[name] = value
	}
	scope := strings.Split(parts["Credential"], "/")
	signature, err := hex.DecodeString(parts["Signature"])
	if len(scope) < 5 || scope[len(scope)-1] != "aws4_request" || err != nil || len(signature) == 0 {
		return errors.New("the Authorization header is not as signature version 4 has it")
	}
	scope = scope[len(scope)-4:] // date, region, service, aws4_request; a key may hold slashes
	at := r.Header.Get("X-Amz-Date")
	signed, err := time.Parse("20060102T150405Z", at)
	switch {
	case err != nil || !strings.HasPrefix(at, scope[0]):
		return errors.New("the time of the signature, X-Amz-Date, is missing or is not that of its scope")
	case signed.Sub(now).Abs() > Skew:
		return fmt.Errorf("the signature is of %s, more than %v from now", at, Skew)
	}
	headers, err := signedHeaders(r, parts["SignedHeaders"])
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	payload := hex.EncodeToString(sum[:])
	if said := r.Header.Get("X-Amz-Content-Sha256"); said != "" && said != payload {
		return errors.New("the body is not the one that was signed")
	}
	canonical := sha256.Sum256([]byte(strings.Join([]string{
		r.Method, canonicalPath(r, scope[2]), canonicalQuery(r.URL.RawQuery), headers, parts["SignedHeaders"], payload,
	}, "\n")))
	text := algorithm + "\n" + at + "\n" + strings.Join(scope, "/") + "\n" + hex.EncodeToString(canonical[:])
	key := []byte("AWS4" + secret)
	for _, part := range append(scope, text) {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part)) // never fails (hash.Hash)
		key = mac.Sum(nil)
	}
	if !hmac.Equal(key, signature) {
		return errors.New("the signature does not match")
	}
	return nil
}

const algorithm = "AWS4-HMAC-SHA256"

// signedHeaders are the headers that the signature covers, in canonical form. Those that say what the
// request means must be among them.
func signedHeaders(r *http.Request, list string) (string, error) {
	names := strings.Split(list, ";")
	if !slices.Contains(names, "host") || !slices.IsSorted(names) {
		return "", errors.New("the signature does not cover the host, or its list of headers is not in order")
	}
	for name := range r.Header {
		if lower := strings.ToLower(name); strings.HasPrefix(lower, "x-amz-") && !slices.Contains(names, lower) {
			return "", fmt.Errorf("the signature does not cover the header %s", name)
		}
	}
	var text strings.Builder
	for _, name := range names {
		values := r.Header.Values(name)
		switch {
		case name == "host":
			values = []string{r.Host}
		case name == "content-length" && len(values) == 0:
			values = []string{strconv.FormatInt(r.ContentLength, 10)}
		case len(values) == 0:
			return "", fmt.Errorf("the header %q, which the signature covers, is missing", name)
		}
		trimmed := make([]string, len(values))
		for i, value := range values {
			trimmed[i] = strings.Join(strings.Fields(value), " ")
		}
		text.WriteString(name + ":" + strings.Join(trimmed, ",") + "\n")
	}
	return text.String(), nil
}

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
