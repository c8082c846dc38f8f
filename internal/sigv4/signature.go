package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Signature is what a request says of how it was signed, in its header or, presigned, in its query string.
type Signature struct {
	AccessKey, Region, Service string
	// ScopeDate is the day of the scope ("20150830"), Date the time as the request has it ("20150830T123600Z"),
	// At the same as a time.
	ScopeDate, Date string
	At              time.Time
	// SignedHeaders are the names of the headers that it covers, in lower case.
	SignedHeaders []string
	// Token is the session's; empty where there is none.
	Token string
	// Presigned: it stands in the query string. Expires is how long it is good for; 0: the request does not say.
	Presigned bool
	Expires   time.Duration

	signature []byte
}

// IncompleteError says what a signature lacks, in AWS's words.
type IncompleteError struct{ Message string }

// Error implements error.
func (e *IncompleteError) Error() string { return e.Message }

// ErrNone is what Read answers for a request without a signature.
var ErrNone = errors.New("the request has no signature")

// timeForm is how signatures write times.
const timeForm = "20060102T150405Z"

// Read reads a request's signature of version 4. It is ErrNone or an *IncompleteError when there is none, or not all of it.
func Read(r *http.Request) (*Signature, error) {
	if header := r.Header.Get("Authorization"); header != "" {
		return readHeader(r, header)
	}
	if r.URL.RawQuery != "" {
		query := r.URL.Query()
		for _, name := range queryNames {
			if query.Has(name) {
				return readQuery(query)
			}
		}
	}
	return nil, ErrNone
}

func readHeader(r *http.Request, header string) (*Signature, error) {
	name, rest, _ := strings.Cut(header, " ")
	if name != algorithm {
		if strings.HasPrefix(name, "AWS4-") {
			return nil, &IncompleteError{"Unsupported AWS 'algorithm': '" + name + "'."}
		}
		return nil, ErrNone
	}
	parts := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		parts[name] = value
	}
	s := &Signature{Date: r.Header.Get("X-Amz-Date"), Token: r.Header.Get("X-Amz-Security-Token")}
	if s.Date == "" {
		if at, err := http.ParseTime(r.Header.Get("Date")); err == nil {
			s.Date = at.UTC().Format(timeForm)
		}
	}
	var lacks strings.Builder
	for _, name := range []string{"Credential", "Signature", "SignedHeaders"} {
		if parts[name] == "" {
			lacks.WriteString("Authorization header requires '" + name + "' parameter. ")
		}
	}
	if s.Date == "" {
		lacks.WriteString("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ")
	}
	if lacks.Len() > 0 {
		return nil, &IncompleteError{lacks.String() + "Authorization=" + header}
	}
	return s, s.fill(parts["Credential"], parts["SignedHeaders"], parts["Signature"])
}

var queryNames = []string{"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"}

func readQuery(query url.Values) (*Signature, error) {
	var lacks strings.Builder
	for _, name := range queryNames {
		if query.Get(name) == "" {
			lacks.WriteString("AWS query-string parameters must include '" + name + "'. ")
		}
	}
	if lacks.Len() > 0 {
		return nil, &IncompleteError{lacks.String() + "Re-examine the query-string parameters."}
	}
	if name := query.Get("X-Amz-Algorithm"); name != algorithm {
		return nil, &IncompleteError{"Unsupported AWS 'algorithm': '" + name + "'."}
	}
	s := &Signature{Presigned: true, Date: query.Get("X-Amz-Date"), Token: query.Get("X-Amz-Security-Token")}
	if seconds := query.Get("X-Amz-Expires"); seconds != "" {
		n, err := strconv.ParseInt(seconds, 10, 32)
		if err != nil || n < 0 || n > 7*24*60*60 {
			return nil, &IncompleteError{"X-Amz-Expires must be between 0 and 604800 seconds, and is '" + seconds + "'."}
		}
		s.Expires = time.Duration(n) * time.Second
	}
	return s, s.fill(query.Get("X-Amz-Credential"), query.Get("X-Amz-SignedHeaders"), query.Get("X-Amz-Signature"))
}

// fill takes the parts that headers and query strings have in common.
func (s *Signature) fill(credential, signedHeaders, signature string) (err error) {
	scope := strings.Split(credential, "/")
	if len(scope) < 5 { // an access key may hold slashes
		return &IncompleteError{"Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '" + credential + "'"}
	}
	n := len(scope)
	s.AccessKey = strings.Join(scope[:n-4], "/")
	s.ScopeDate, s.Region, s.Service = scope[n-4], scope[n-3], scope[n-2]
	if scope[n-1] != "aws4_request" {
		return &IncompleteError{"Credential should be scoped with a valid terminator: 'aws4_request', not '" + scope[n-1] + "'."}
	}
	if s.At, err = time.Parse(timeForm, s.Date); err != nil {
		return &IncompleteError{"Date must be in ISO-8601 'basic format'. Got '" + s.Date + "'. See http://en.wikipedia.org/wiki/ISO_8601"}
	}
	if !strings.HasPrefix(s.Date, s.ScopeDate) {
		return &IncompleteError{"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '" +
			s.ScopeDate + "' != '" + s.Date[:8] + "', from '" + s.Date + "'."}
	}
	s.SignedHeaders = strings.Split(strings.ToLower(signedHeaders), ";")
	if s.signature, err = hex.DecodeString(signature); err != nil {
		s.signature = nil // it is none that matches
	}
	return nil
}

// Uncovered is the name of a header that says what the request means and that the signature does not cover,
// as AWS's message spells it; empty when all are covered.
func (s *Signature) Uncovered(r *http.Request) string {
	if !slices.Contains(s.SignedHeaders, "host") && !slices.Contains(s.SignedHeaders, ":authority") {
		return "Host' or ':authority"
	}
	for name := range r.Header {
		if lower := strings.ToLower(name); strings.HasPrefix(lower, "x-amz-") && !slices.Contains(s.SignedHeaders, lower) {
			return lower
		}
	}
	return ""
}

// Matches reports whether the signature was made with this secret over the request as it is: method, path,
// query, the headers that it names, and the body as it came in.
func (s *Signature) Matches(r *http.Request, body []byte, secret string) bool {
	made := s.make(r, body, secret)
	return len(made) > 0 && hmac.Equal(made, s.signature)
}

// make makes the signature anew; nil where the request lacks a header that is to be signed.
func (s *Signature) make(r *http.Request, body []byte, secret string) []byte {
	headers, ok := s.canonicalHeaders(r)
	if !ok {
		return nil
	}
	query := r.URL.RawQuery
	if s.Presigned {
		pairs := strings.Split(query, "&")
		query = strings.Join(slices.DeleteFunc(pairs, func(pair string) bool { return strings.HasPrefix(pair, "X-Amz-Signature=") }), "&")
	}
	canonical := sha256.Sum256([]byte(strings.Join([]string{
		r.Method, canonicalPath(r, s.Service), canonicalQuery(query), headers, strings.Join(s.SignedHeaders, ";"), payload(r, body, s),
	}, "\n")))
	scope := []string{s.ScopeDate, s.Region, s.Service, "aws4_request"}
	text := algorithm + "\n" + s.Date + "\n" + strings.Join(scope, "/") + "\n" + hex.EncodeToString(canonical[:])
	key := []byte("AWS4" + secret)
	for _, part := range append(scope, text) {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part)) // never fails (hash.Hash)
		key = mac.Sum(nil)
	}
	return key
}

// payload is the hash of the body that the signature was made with: the one of what came in, unless the
// request says, under its signature, that the body is not signed or is signed chunk by chunk.
func payload(r *http.Request, body []byte, s *Signature) string {
	said := r.Header.Get("X-Amz-Content-Sha256")
	if s.Presigned && s.Service == "s3" {
		return "UNSIGNED-PAYLOAD"
	}
	if said == "UNSIGNED-PAYLOAD" || strings.HasPrefix(said, "STREAMING-") {
		return said
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

func (s *Signature) canonicalHeaders(r *http.Request) (text string, ok bool) {
	var b strings.Builder
	for _, name := range s.SignedHeaders {
		values := r.Header.Values(name)
		switch {
		case name == "host", name == ":authority":
			values = []string{r.Host}
		case name == "content-length" && len(values) == 0:
			values = []string{strconv.FormatInt(r.ContentLength, 10)}
		case name == "transfer-encoding" && len(values) == 0:
			values = r.TransferEncoding
		case len(values) == 0:
			return "", false
		}
		trimmed := make([]string, len(values))
		for i, value := range values {
			trimmed[i] = strings.Join(strings.Fields(value), " ")
		}
		b.WriteString(name + ":" + strings.Join(trimmed, ",") + "\n")
	}
	return b.String(), true
}
