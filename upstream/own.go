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

// has reports whether a URL's authority is the upstream's.
func (o ownHosts) has(scheme, authority string) bool {
	authority = strings.ToLower(authority)
	host, port, err := net.SplitHostPort(authority)
	if err != nil {
		if host, port = strings.Trim(authority, "[]"), "80"; scheme == "https" {
			port = "443"
		}
	}
	return slices.ContainsFunc(o, func(own string) bool {
		ownHost, ownPort, err := net.SplitHostPort(own)
		if err != nil {
			ownHost, ownPort = own, port
		}
		if ownPort != port {
			return false
		}
		domain, below := strings.CutPrefix(ownHost, "*")
		return !below && host == ownHost || below && strings.HasSuffix(host, domain)
	})
}
