package gateway

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Admission keeps web pages from using what runs on a developer's machine: a page of a foreign origin
// is refused, and so is a host name that an attacker may have pointed at the loopback address.
type Admission struct {
	// ListenHost is the host that the server listens on; "" and unspecified addresses let any IP address pass as Host.
	ListenHost string
	// Origins are allowed besides loopback ones: "https://app.example.com", or "*" for all.
	Origins []string
	// Hosts are allowed besides the usual ones: a name, or ".example.com" for all below it, or "*" for all.
	Hosts []string
}

// refusal says why a request is not let in; empty when it is.
func (a *Admission) refusal(r *http.Request) string {
	if !a.allowsHost(r.Host) {
		return "The host name " + quote(r.Host) + " is not allowed; start Brownout with --allowed-host to allow it."
	}
	if origin := r.Header["Origin"]; len(origin) > 0 && !a.allowsOrigin(origin[0]) {
		return "The origin " + quote(origin[0]) + " is not allowed; start Brownout with --cors-origin to allow it."
	}
	return ""
}

func quote(s string) string {
	if len(s) > 200 {
		s = s[:200] + "..."
	}
	return `"` + strings.Map(func(r rune) rune {
		if r < ' ' || r == '"' || r == '\\' || r == 0x7f {
			return '?'
		}
		return r
	}, s) + `"`
}

func refuse(w http.ResponseWriter, why string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusForbidden)
	_, _ = w.Write([]byte(`{"message":"` + strings.ReplaceAll(why, `"`, `\"`) + `"}`)) // the caller has gone if this fails
}

func (a *Admission) allowsHost(hostport string) bool {
	host := hostport
	if strings.IndexByte(hostport, ':') >= 0 { // without one, SplitHostPort would make an error for every call
		if h, _, err := net.SplitHostPort(hostport); err == nil {
			host = h
		}
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	switch {
	case host == a.ListenHost, !strings.ContainsAny(host, ".:"), host == "host.docker.internal", isAWS(host), isLoopback(host):
		return true
	}
	if ip := net.ParseIP(host); ip != nil {
		// An address cannot be rebound as a name can, but only a server that listens on all of them expects any.
		listen := net.ParseIP(a.ListenHost)
		return a.ListenHost == "" || listen != nil && listen.IsUnspecified() || slices.Contains(a.Hosts, host)
	}
	return slices.ContainsFunc(a.Hosts, func(allowed string) bool {
		return allowed == "*" || allowed == host || strings.HasPrefix(allowed, ".") && strings.HasSuffix(host, allowed)
	})
}

func isLoopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	// S3 Control's clients put the account before whatever host they are given. No name in the DNS ends so.
	host = strings.TrimPrefix(host, accountOf(host)+".")
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// accountOf is the account before a host name; empty when there is none.
func accountOf(host string) string {
	account, _, _ := strings.Cut(host, ".")
	if len(account) != len("000000000000") || strings.Trim(account, "0123456789") != "" {
		return ""
	}
	return account
}

// awsSuffixes are the names of AWS's endpoints in all partitions, and LocalStack's name for the loopback address.
var awsSuffixes = []string{".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".api.amazonwebservices.com.cn", ".amazonaws.eu",
	".c2s.ic.gov", ".sc2s.sgov.gov", ".cloud.adc-e.uk", ".csp.hci.ic.gov", ".on.aws", ".localhost.localstack.cloud"}

func isAWS(host string) bool {
	return host == "localhost.localstack.cloud" ||
		slices.ContainsFunc(awsSuffixes, func(suffix string) bool { return strings.HasSuffix(host, suffix) })
}

func (a *Admission) allowsOrigin(origin string) bool {
	if slices.Contains(a.Origins, origin) || slices.Contains(a.Origins, "*") {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && isLoopback(u.Hostname())
}

// answerPreflight adds the headers that let an allowed origin read the answer, and answers the
// browser's question beforehand itself.
func (a *Admission) answerPreflight(w http.ResponseWriter, r *http.Request) bool {
	origin := r.Header["Origin"]
	if len(origin) == 0 {
		return false
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", origin[0])
	h.Add("Vary", "Origin")
	h.Set("Access-Control-Expose-Headers", "*, x-amzn-requestid, x-amz-crc32, x-amzn-errortype, x-brownout-call, x-brownout-fault")
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	h.Set("Access-Control-Allow-Methods", r.Header.Get("Access-Control-Request-Method"))
	if headers := r.Header.Get("Access-Control-Request-Headers"); headers != "" {
		h.Set("Access-Control-Allow-Headers", headers)
	}
	h.Set("Access-Control-Max-Age", "172800") // as DynamoDB has it: two days
	h.Set("Content-Length", "0")
	w.WriteHeader(http.StatusOK)
	return true
}
