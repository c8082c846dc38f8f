package cli

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/identity"
)

// upstreams are where calls go that are not answered here: a service's name to the URL that gets its
// calls, "" to the URL that gets all others.
type upstreams map[string]string

func (u *upstreams) Type() string { return "[SERVICE=]URL" }
func (u *upstreams) named()       {} // the configuration file may say it as a mapping

func (u *upstreams) String() string { return strings.Join(u.list(), ",") }

// list has the upstream of all other calls first.
func (u *upstreams) list() []string {
	var list []string
	for _, service := range slices.Sorted(maps.Keys(*u)) {
		if service == "" {
			list = append(list, (*u)[service])
			continue
		}
		list = append(list, service+"="+(*u)[service])
	}
	return list
}

func (u *upstreams) Set(text string) error {
	for item := range strings.SplitSeq(text, ",") {
		service, at, err := readUpstream(strings.TrimSpace(item))
		if err != nil {
			return err
		}
		if other, twice := (*u)[service]; twice && other != at {
			what := "all calls"
			if service != "" {
				what = "the calls of " + service
			}
			return fmt.Errorf("the second upstream for %s; the first is %s", what, other)
		}
		if *u == nil {
			*u = upstreams{}
		}
		(*u)[service] = at
	}
	return nil
}

// readUpstream reads URL or SERVICE=URL.
func readUpstream(text string) (service, at string, err error) {
	at = text
	if name, rest, named := strings.Cut(text, "="); named && !strings.Contains(name, ":") {
		if service, err = readService(name); err != nil {
			return "", "", fmt.Errorf("for %q, which is %w", name, err)
		}
		if service == fault.ControlService {
			return "", "", errors.New("for FIS, which Brownout always answers itself")
		}
		at = strings.TrimSpace(rest)
	}
	at, err = readUpstreamURL(at)
	return service, at, err
}

// readUpstreamURL wants scheme, host and perhaps a port: calls bring their own path and query.
func readUpstreamURL(text string) (string, error) {
	const example = "an upstream is a URL such as http://127.0.0.1:5000"
	u, err := url.Parse(text)
	switch {
	case err == nil && u.User != nil:
		return "", &hiddenValueError{errors.New("a URL with a user name or password, which Brownout would not send; calls bring their own signature")}
	case !strings.Contains(text, "://"):
		if text == "" || strings.ContainsAny(text, "/ ?#@") || strings.HasSuffix(text, ":") {
			return "", errors.New("not a URL; " + example)
		}
		return "", fmt.Errorf("not a URL; did you mean http://%s?", text)
	case err != nil:
		return "", errors.New("not a URL; " + example)
	case !slices.Contains([]string{"http", "https", "h2c"}, u.Scheme):
		return "", fmt.Errorf("a URL of the scheme %q; it can be http, https, or h2c, which is HTTP/2 without TLS", u.Scheme)
	case u.Hostname() == "" || !validPort(u):
		return "", errors.New("a URL without a host, or with a port that is none; " + example)
	case strings.Trim(u.Path, "/") != "":
		return "", fmt.Errorf("a URL with the path %q; calls bring their own path: leave it out", u.Path)
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "", errors.New("a URL with a query or fragment; calls bring their own: leave it out")
	}
	return u.Scheme + "://" + strings.ToLower(u.Host), nil
}

// readUpstreamHost wants HOST:PORT or *.DOMAIN:PORT.
func readUpstreamHost(text string) (string, error) {
	host, port, err := net.SplitHostPort(text)
	name := strings.TrimPrefix(host, "*.")
	if number, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil || number == 0 || name == "" || strings.ContainsAny(name, "*/@ ?#") {
		return "", errors.New("not HOST:PORT, such as localhost.localstack.cloud:4566 or *.localhost.localstack.cloud:4566")
	}
	return strings.ToLower(text), nil
}

func validPort(u *url.URL) bool {
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	return u.Port() == "" && !strings.HasSuffix(u.Host, ":") || err == nil && port > 0
}

// readService wants a service of AWS and answers its name in the catalogue.
func readService(text string) (string, error) {
	text = strings.TrimSpace(text)
	if service := catalog.Lookup(text); service != nil {
		return service.Name, nil
	}
	near := suggest(nearest(text, catalog.Names()), nil)
	if near == "" {
		near = "; 'brownout services' lists them"
	}
	return "", fmt.Errorf("no service of AWS%s", near)
}

// identities are who is behind access keys, as the user says.
type identities []identity.Principal

// sessionSaid is the name of sessions of roles that the user said without one.
const sessionSaid = "brownout"

func (i *identities) Type() string { return "KEY=ARN" }
func (i *identities) named()       {}

func (i *identities) String() string { return strings.Join(i.list(), ",") }

func (i *identities) list() []string {
	var list []string
	for _, p := range *i {
		list = append(list, p.AccessKey+"="+said(p))
	}
	return list
}

// said is the ARN that the user has given.
func said(p identity.Principal) string {
	if p.Role != "" && p.Session == sessionSaid {
		return p.Role
	}
	return p.ARN
}

func (i *identities) Set(text string) error {
	for item := range strings.SplitSeq(text, ",") {
		key, arn, _ := strings.Cut(strings.TrimSpace(item), "=")
		if key == "" || len(key) > 128 || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' || r == '/' }) {
			return errors.New("not KEY=ARN, such as AKIAIOSFODNN7EXAMPLE=arn:aws:iam::123456789012:role/Orders")
		}
		p, ok := identity.Behind(key, arn, sessionSaid)
		if !ok {
			return errors.New("not KEY=ARN: the ARN is a role's, a session's, a user's or an account's root's, such as arn:aws:iam::123456789012:role/Orders")
		}
		for _, other := range *i {
			if other.AccessKey == key && other != p {
				return fmt.Errorf("the second identity of the access key; the first is %s", said(other))
			}
		}
		*i = append(*i, p)
	}
	return nil
}

// hiddenValueError is about a value that must not be shown.
type hiddenValueError struct{ cause error }

// Error implements error.
func (e *hiddenValueError) Error() string { return e.cause.Error() }
