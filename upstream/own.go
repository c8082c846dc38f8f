package upstream

import (
	"net"
	"slices"
	"strings"
)

// ownHosts are the addresses under which an upstream names itself in its answers: "host:port", or
// "*.domain:port" for all names below a domain.
type ownHosts []string

// localStack is the name that LocalStack gives itself; it points to the loopback address.
const localStack = "localhost.localstack.cloud"

// newOwnHosts are the address that calls go to, the other names of the loopback address where it is one, and
// LocalStack's name for itself.
func newOwnHosts(host, port string, further []string) ownHosts {
	own := ownHosts{net.JoinHostPort(host, port)}
	ip := net.ParseIP(host)
	if host == "localhost" || ip != nil && ip.IsLoopback() {
		for _, name := range []string{"localhost", "127.0.0.1", "::1", "*.localhost"} {
			own = append(own, net.JoinHostPort(name, port))
		}
	}
	for _, name := range []string{localStack, "*." + localStack} {
		own = append(own, name+":"+port)
	}
	for _, address := range further {
		own = append(own, strings.ToLower(address))
	}
	return own
}

// place is where a URL leads whose authority is an upstream's own.
type place struct {
	// labels stand before the domain that the upstream answers under: "photos.s3" of "photos.s3.localhost.localstack.cloud".
	labels string
	// domain is not empty where there are labels.
	domain string
}

// find reports whether a URL's authority is the upstream's.
func (o ownHosts) find(scheme, authority string) (at place, ok bool) {
	authority = strings.ToLower(authority)
	host, port, err := net.SplitHostPort(authority)
	if err != nil {
		if host, port = strings.Trim(authority, "[]"), "80"; scheme == "https" {
			port = "443"
		}
	}
	for _, own := range o {
		ownHost, ownPort, err := net.SplitHostPort(own)
		if err != nil {
			ownHost, ownPort = own, port
		}
		if ownPort != port {
			continue
		}
		domain, below := strings.CutPrefix(ownHost, "*")
		if !below && host == ownHost {
			return place{}, true
		}
		if labels, found := strings.CutSuffix(host, domain); below && found && labels != "" {
			return place{labels, strings.TrimPrefix(domain, ".")}, true
		}
	}
	return place{}, false
}

// through is what stands in a URL before its path, so that it leads to the same place through the gateway, whose
// own address is "http://HOST[:PORT]". ok is false where no such address exists.
func (p place) through(gateway string) (base string, ok bool) {
	labels := strings.Split(p.labels, ".")
	// The path says it all, or can: a bucket may stand in either.
	for i, label := range slices.Backward(labels) {
		switch {
		case label == "", label == "queue", i == 0 && (label == "sqs" || label == "s3"):
			return gateway, true
		case label == "s3":
			return gateway + "/" + strings.Join(labels[:i], "."), true
		}
	}
	// The rest is names of functions, APIs and the like, which stand in the host only.
	scheme, authority, _ := strings.Cut(gateway, "://")
	host, port := authority, ""
	if h, number, err := net.SplitHostPort(authority); err == nil {
		host, port = h, ":"+number
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	switch {
	case host == localStack || strings.HasSuffix(host, "."+localStack):
		host = localStack
	case host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback():
		if host = "localhost"; p.domain == localStack {
			host = localStack // leads to the same machine, and has names below it in the DNS
		}
	case ip != nil:
		return "", false // nothing is below a number
	}
	return scheme + "://" + p.labels + "." + host + port, true
}
