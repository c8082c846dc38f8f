package control

import (
	"bytes"
	"crypto/subtle"
	"io"
	"net/http"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/internal/sigv4"
)

// TokenHeader is where a request brings the token.
const TokenHeader = "x-brownout-token"

// Guard decides who may steer the server: who has the token, and shows it in the header
// x-brownout-token or has signed the request (signature version 4, any access key id) with the token
// as secret access key, which is how AWS's own tools bring it. The zero value lets everybody in.
type Guard struct {
	Token string
}

// Refuses says why a request may not steer the server; empty when it may. body is the request's whole body.
func (g Guard) Refuses(r *http.Request, body []byte) string {
	if g.Token == "" {
		return ""
	}
	const how = " Send it in the header x-brownout-token, or sign the request with it as secret access key."
	if shown := r.Header.Get(TokenHeader); shown != "" {
		if subtle.ConstantTimeCompare([]byte(shown), []byte(g.Token)) == 1 {
			return ""
		}
		return "This server is steered only with its token (--token), which is not the one that was sent." + how
	}
	err := sigv4.Verify(r, body, g.Token, clock.Real{}.Now())
	if err == nil {
		return ""
	}
	return "This server is steered only with its token (--token); without its header the signature counts, and " + err.Error() + "." + how
}

// Func is Refuses, or nil when everybody is let in.
func (g Guard) Func() func(r *http.Request, body []byte) string {
	if g.Token == "" {
		return nil
	}
	return g.Refuses
}

// isOpen reports whether a path is answered to everybody: probes ask for the health without a token.
func isOpen(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) &&
		(r.URL.Path == "/_brownout/health" || r.URL.Path == "/_localstack/health")
}

// before guards a handler.
func (g Guard) before(next http.Handler) http.Handler {
	if g.Token == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isOpen(r) {
			next.ServeHTTP(w, r)
			return
		}
		var body []byte
		if r.Header.Get(TokenHeader) == "" { // the signature is about the body, too
			var ok bool
			if body, ok = readBody(w, r); !ok {
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		if why := g.Refuses(r, body); why != "" {
			answer(w, http.StatusUnauthorized, map[string]string{"message": why})
			return
		}
		next.ServeHTTP(w, r)
	})
}
