package upstream

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/brownoutdev/brownout/aws"
)

const (
	// mostRewritten is how large an answer may be in which addresses are rewritten: larger ones pass as they are.
	mostRewritten = 1 << 20
	// mostLearnt is how large an answer may be that Learn gets to see.
	mostLearnt = 64 << 10
)

// Learns reports whether answers of an operation give out credentials, which Config.Learn sees.
func Learns(service, operation string) bool {
	if service != "sts" {
		return false
	}
	switch operation {
	case "AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "AssumeRoot", "GetSessionToken", "GetFederationToken", "GetDelegatedAccessToken":
		return true
	}
	return false
}

// look reads the few answers that have to be known before they go on, and changes addresses in them.
func (u *Upstreams) look(call *aws.Call, r *http.Request, response *http.Response, e *endpoint) error {
	if response.Header["Location"] != nil {
		e.rewriteLocation(r, response.Header)
	}
	var to string
	rewrites := response.StatusCode < 300 && Rewrites(call.Service, call.Operation) && isText(response.Header)
	if rewrites {
		to, rewrites = base(r)
	}
	learns := u.config.Learn != nil && Learns(call.Service, call.Operation)
	most := int64(mostLearnt)
	if rewrites {
		most = mostRewritten
	}
	if !rewrites && !learns || response.ContentLength > most || r.Method == http.MethodHead {
		return nil
	}
	body, whole, err := readUpTo(response.Body, most)
	if err != nil {
		return err
	}
	if !whole {
		response.Body = &prefixed{io.MultiReader(bytes.NewReader(body), response.Body), response.Body}
		return nil
	}
	plain, readable := decompressed(response.Header, body, most)
	if learns && readable {
		u.config.Learn(call, response.StatusCode, response.Header, plain)
	}
	if rewrites && readable {
		if changed, ok := e.rewrite(plain, to); ok {
			body = changed
			sized := response.Header["Content-Length"] != nil
			amend(response.Header, body)
			response.ContentLength = int64(len(body))
			if !sized { // it was chunked, and stays so
				delete(response.Header, "Content-Length")
				response.ContentLength = -1
			}
		}
	}
	response.Body = &prefixed{bytes.NewReader(body), response.Body}
	return nil
}

// prefixed is a body of which some was read already.
type prefixed struct {
	io.Reader
	io.Closer
}

// readUpTo reads a body if it is no longer than most, else its beginning.
func readUpTo(from io.Reader, most int64) (body []byte, whole bool, err error) {
	var read bytes.Buffer
	n, err := read.ReadFrom(io.LimitReader(from, most+1))
	return read.Bytes(), n <= most, err
}

// isText reports whether a body can hold URLs that are to be rewritten.
func isText(h http.Header) bool {
	content := h.Get("Content-Type")
	if content == "" {
		return true
	}
	return strings.Contains(content, "json") || strings.Contains(content, "xml") || strings.HasPrefix(content, "text/")
}

// decompressed is a body as it was before the upstream compressed it.
func decompressed(h http.Header, body []byte, most int64) (plain []byte, ok bool) {
	switch encoding := strings.ToLower(strings.TrimSpace(h.Get("Content-Encoding"))); encoding {
	case "", "identity":
		return body, true
	case "gzip", "x-gzip":
		from, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, false
		}
		plain, whole, err := readUpTo(from, most)
		return plain, whole && err == nil
	}
	return nil, false
}

// blamesUpstream reports whether an error is the upstream's, not the caller's who has gone or sent half a body.
func blamesUpstream(err error) bool {
	var e *aws.Error
	if errors.As(err, &e) {
		return e.Status >= 500
	}
	var cut *cutOffError
	return errors.As(err, &cut)
}
