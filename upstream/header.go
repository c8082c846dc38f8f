package upstream

import (
	"net/http"
	"net/textproto"
	"strings"
)

// target is what the request line asks for, as the client wrote it: it is not encoded again.
func target(r *http.Request) string {
	text := r.RequestURI
	if text == "" { // a request of our own
		return r.URL.RequestURI()
	}
	if strings.HasPrefix(text, "/") {
		return text
	}
	// The absolute form, which clients send to proxies: "http://host/path".
	if _, rest, ok := strings.Cut(text, "://"); ok {
		if at := strings.IndexAny(rest, "/?"); at < 0 {
			return "/"
		} else if rest[at] == '?' {
			return "/" + rest[at:]
		} else {
			return rest[at:]
		}
	}
	return text
}

// hopByHop reports whether a header is about one connection and goes no further.
func hopByHop(name string) bool {
	switch name {
	case "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Http2-Settings":
		return true
	}
	return false
}

// named are the headers that Connection names: they are about one connection, too.
func named(h http.Header) map[string]bool {
	values := h["Connection"]
	if len(values) == 0 {
		return nil
	}
	var names map[string]bool
	for _, value := range values {
		for name := range strings.SplitSeq(value, ",") {
			name = textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(name))
			if name == "" || name == "Close" || name == "Keep-Alive" {
				continue
			}
			if names == nil {
				names = map[string]bool{}
			}
			names[name] = true
		}
	}
	return names
}

// onward reports whether a request's header goes on. Host and the length of the body are written apart.
func onward(name string, connection map[string]bool) bool {
	return name != "Content-Length" && name != "Host" && !hopByHop(name) && !connection[name]
}

// dropTrailers takes out of a request's trailers what an upstream could take for something that the head says: how
// long the body is, where it goes, who sends it. net/http adds to them when it has read the body.
func dropTrailers(trailers http.Header) {
	for name := range trailers {
		if !onward(name, nil) || name == "Authorization" || name == "Expect" || strings.HasPrefix(name, "Content-") {
			delete(trailers, name)
		}
	}
}

// takesTrailers reports whether a client said that it wants to see trailers: the one thing of TE that goes on.
func takesTrailers(h http.Header) bool {
	for _, value := range h["Te"] {
		for token := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.TrimSpace(token), "trailers") {
				return true
			}
		}
	}
	return false
}

// tidy takes out of an answer's header what was about the upstream's connection. The names of trailers stay:
// whoever writes the answer announces them anew.
func tidy(h http.Header) {
	for name := range named(h) {
		if name != "Content-Length" { // its body is as long as it says, whoever names it
			delete(h, name)
		}
	}
	for name := range h {
		if hopByHop(name) && name != "Trailer" {
			delete(h, name)
		}
	}
}

// metadata begins the headers whose names are data: the keys of an S3 object's own metadata, which SDKs hand to
// their users as they read them.
const metadata = "X-Amz-Meta-"

// onWire is a header's name as requests carry it on. net/http has changed the letters of all names; those of
// metadata go in lower case, as AWS's SDKs write them and S3 keeps them.
func onWire(name string) string {
	if strings.HasPrefix(name, metadata) {
		return strings.ToLower(name)
	}
	return name
}
