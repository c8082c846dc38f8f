package recognition

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/internal/sigv4"
)

// question is one request that is being recognised.
type question struct {
	recognizer *Recognizer
	r          *http.Request
	method     string
	call       *aws.Call
	credential sigv4.Credential
	host       host
	hostKnown  bool
}

// identify reads who signed the request, and for which service and region.
func (x *question) identify() {
	x.credential = credentialOf(x.r)
	x.call.AccessKey = x.credential.AccessKey
	x.call.Region = x.region()
}

// lookAtHost takes the host name apart, once.
func (x *question) lookAtHost() *host {
	if !x.hostKnown {
		x.host, x.hostKnown = parseHost(x.r.Host), true
	}
	return &x.host
}

// hostServices are the services whose endpoint the host is; nil when it does not say.
func (x *question) hostServices() []*catalog.Service {
	h := x.lookAtHost()
	if h.prefix != "" {
		h.services, h.prefix = catalog.ByEndpointPrefix(h.prefix), ""
	}
	return h.services
}

// pinned are those of the services that User-Agent or host single out; nil when they say nothing.
func (x *question) pinned(among []*catalog.Service) []*catalog.Service {
	if service := agentService(x.r); service != nil {
		for i := range among {
			if among[i] == service {
				return among[i : i+1]
			}
		}
	}
	return x.hostServices()
}

func (x *question) region() string {
	if region := x.credential.Region; region != "" {
		return region
	}
	if x.credential.Service != "" { // version 4A signs for a set of regions
		set := header(x.r, "X-Amz-Region-Set")
		if set == "" {
			set, _ = pairValue(x.r.URL.RawQuery, "X-Amz-Region-Set")
		}
		if first, _, _ := strings.Cut(set, ","); first != "" && strings.IndexByte(first, '*') < 0 {
			return strings.TrimSpace(first)
		}
	}
	if region := x.lookAtHost().region; region != "" {
		return region
	}
	return aws.DefaultRegion
}

// header is the first value of a header by its canonical name, without http.Header.Get's canonicalisation.
func header(r *http.Request, canonical string) string {
	if values := r.Header[canonical]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// credentialOf reads signatures of versions 4, 4A and 2, in the header or in the query string.
func credentialOf(r *http.Request) sigv4.Credential {
	if authorization := header(r, "Authorization"); authorization != "" {
		return sigv4.FromHeader(authorization)
	}
	if r.URL.RawQuery == "" {
		return sigv4.Credential{}
	}
	if scope, ok := pairValue(r.URL.RawQuery, "X-Amz-Credential"); ok {
		return sigv4.FromScope(scope)
	}
	key, _ := pairValue(r.URL.RawQuery, "AWSAccessKeyId")
	return sigv4.Credential{AccessKey: key}
}

// contentType is the media type without parameters, as it was written.
func contentType(r *http.Request) string {
	media, _, _ := strings.Cut(header(r, "Content-Type"), ";")
	return strings.TrimSpace(media)
}

func isForm(r *http.Request) bool {
	const form = "application/x-www-form-urlencoded"
	content := header(r, "Content-Type")
	return len(content) >= len(form) && strings.EqualFold(content[:len(form)], form)
}

// escapedPath is the path as it was sent. Only requests that no server has read need it put together.
func escapedPath(r *http.Request) string {
	path := r.RequestURI
	if path == "" || path[0] != '/' { // "http://host/path", "*"
		return r.URL.EscapedPath()
	}
	if query := strings.IndexByte(path, '?'); query >= 0 {
		path = path[:query]
	}
	return path
}

// nextPair cuts the first "name=value" off a query string or form. Both are as they were sent.
func nextPair(text string) (name, value, rest string) {
	if end := strings.IndexByte(text, '&'); end >= 0 {
		text, rest = text[:end], text[end+1:]
	}
	if equals := strings.IndexByte(text, '='); equals >= 0 {
		return text[:equals], text[equals+1:], rest
	}
	return text, "", rest
}

// pairValue is the decoded value of the first pair with this name.
func pairValue(text, name string) (value string, ok bool) {
	for text != "" {
		var key string
		if key, value, text = nextPair(text); decoded(key) == name {
			return decoded(value), true
		}
	}
	return "", false
}

// decoded undoes percent escapes and plus signs. What is not legal stays as it is.
func decoded(text string) string {
	if strings.IndexByte(text, '%') < 0 && strings.IndexByte(text, '+') < 0 {
		return text
	}
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}

// agentService is the service that an SDK names in User-Agent ("api/dynamodb#1.2"); nil when none is
// named or none of that name is known.
func agentService(r *http.Request) *catalog.Service {
	for _, agent := range [...]string{header(r, "X-Amz-User-Agent"), header(r, "User-Agent")} {
		for {
			at := strings.Index(agent, "api/")
			if at < 0 {
				break
			}
			name := agent[at+len("api/"):]
			if at > 0 && agent[at-1] != ' ' { // "some-api/1.0"
				agent = name
				continue
			}
			if end := strings.IndexAny(name, "# "); end >= 0 {
				name = name[:end]
			}
			if service := catalog.Lookup(name); service != nil {
				return service
			}
			agent = agent[at+len("api/"):]
		}
	}
	return nil
}

// attempts reads amz-sdk-request: "ttl=20261122T040232Z; attempt=3; max=10", any part of which may be missing.
func attempts(value string) (attempt, max int) {
	for value != "" {
		part := value
		if end := strings.IndexByte(value, ';'); end >= 0 {
			part, value = value[:end], value[end+1:]
		} else {
			value = ""
		}
		for part != "" && part[0] == ' ' {
			part = part[1:]
		}
		if number, ok := strings.CutPrefix(part, "attempt="); ok {
			attempt = count(number, attempt)
		} else if number, ok := strings.CutPrefix(part, "max="); ok {
			max = count(number, max)
		}
	}
	return attempt, max
}

// count is the number that a text is, or otherwise where it is none.
func count(text string, otherwise int) int {
	if len(text) == 1 && text[0] >= '0' && text[0] <= '9' { // as nearly always
		return int(text[0] - '0')
	}
	n, err := strconv.Atoi(strings.TrimRight(text, " "))
	if err != nil || n < 0 {
		return otherwise
	}
	return n
}
