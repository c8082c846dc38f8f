package server

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/identity"
	"github.com/brownoutdev/brownout/internal/random"
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/upstream"
)

// UpstreamError says what is wrong with Config's Upstreams or Serve.
type UpstreamError struct{ Message string }

// Error implements error.
func (e *UpstreamError) Error() string { return e.Message }

// openUpstreams reads the upstreams, and refuses one that leads back to this server. The port is open already.
func (s *Server) openUpstreams(ids *random.Source) error {
	for _, name := range s.config.Serve {
		service := catalog.Lookup(name)
		if service == nil {
			return &UpstreamError{fmt.Sprintf("AWS has no service %q to be served", name)}
		}
		if s.config.Upstreams[service.Name] != "" {
			return &UpstreamError{fmt.Sprintf("%s is to be served here and has an upstream of its own; choose one", service.Name)}
		}
	}
	if len(s.config.Upstreams) == 0 {
		return nil
	}
	u, err := upstream.New(upstream.Config{
		URLs: s.config.Upstreams, Hosts: s.config.UpstreamHosts, HeaderTimeout: s.config.UpstreamTimeout, CA: s.config.UpstreamCA,
		Learn: upstream.LearnCallers(s.identities, s.clock), ID: ids.UUID(),
	})
	if err != nil {
		return &UpstreamError{err.Error()}
	}
	for _, text := range u.URLs() {
		if s.leadsHere(text) {
			return &UpstreamError{fmt.Sprintf("the upstream %s is where Brownout itself listens", text)}
		}
	}
	s.upstreams = u
	return nil
}

// leadsHere reports whether a URL is where the server listens. Names that the DNS leads here are found by
// upstream.Via, when the first call comes around.
func (s *Server) leadsHere(text string) bool {
	u, err := url.Parse(text)
	listen, ok := s.listener.Addr().(*net.TCPAddr)
	if err != nil || !ok {
		return false
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443"}[u.Scheme]
		if port == "" {
			port = "80"
		}
	}
	if port != fmt.Sprint(listen.Port) {
		return false
	}
	host := u.Hostname()
	ip := net.ParseIP(host)
	if host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasSuffix("."+host, ".localhost.localstack.cloud") {
		ip = net.IPv4(127, 0, 0, 1)
	}
	switch {
	case ip == nil:
		return false
	case ip.Equal(listen.IP), ip.IsUnspecified() && (listen.IP.IsLoopback() || listen.IP.IsUnspecified()):
		return true
	case ip.IsLoopback() && host == "localhost":
		return listen.IP.IsLoopback() || listen.IP.IsUnspecified()
	}
	return listen.IP.IsUnspecified() && isOurs(ip)
}

// isOurs reports whether an address is one of this machine.
func isOurs(ip net.IP) bool {
	if ip.IsLoopback() {
		return true
	}
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return false
	}
	return slices.ContainsFunc(addresses, func(a net.Addr) bool {
		network, ok := a.(*net.IPNet)
		return ok && network.IP.Equal(ip)
	})
}

// serves reports whether a service that Brownout has is answered here, not by an upstream.
func (s *Server) serves(name string) bool {
	switch {
	case name == fault.ControlService || s.upstreams == nil:
		return true
	case s.upstreams.Named(name):
		return false
	}
	return s.upstreams.URL(name) == "" || slices.ContainsFunc(s.config.Serve, func(served string) bool {
		service := catalog.Lookup(served)
		// Streams are of tables: whoever has these has those.
		return service != nil && (service.Name == name || service.Name == "dynamodb" && name == "dynamodbstreams")
	})
}

// route leaves those services among the parts that are answered here, and makes known which faults only services
// can carry out.
func (s *Server) route() error {
	var served []*services.Service
	for _, service := range s.parts.services {
		if s.serves(service.Name) {
			s.rules.Register(service.Name, service.Faults)
			served = append(served, service)
			continue
		}
		s.rules.Register(service.Name, refused(service))
	}
	for _, name := range s.config.Serve {
		known := catalog.Lookup(name).Name
		if !slices.ContainsFunc(served, func(service *services.Service) bool { return service.Name == known }) {
			names := make([]string, len(s.parts.services))
			for i, service := range s.parts.services {
				names[i] = service.Name
			}
			slices.Sort(names)
			return &UpstreamError{fmt.Sprintf("Brownout does not answer %s itself; it answers %s", known, strings.Join(names, ", "))}
		}
	}
	s.parts.services = served
	if s.upstreams != nil {
		s.parts.background = append(s.parts.background, s.upstreams.Run)
	}
	return nil
}

// refused are the faults of a service that an upstream answers: nobody would carry them out.
func refused(service *services.Service) map[string]fault.Parse {
	kinds := make(map[string]fault.Parse, len(service.Faults))
	for kind := range service.Faults {
		kinds[kind] = func(json.RawMessage) (any, error) {
			return nil, &fault.RuleError{Field: "match.service", Message: fmt.Sprintf("%s is carried out by Brownout's own %s, but an upstream answers %s here; "+
				"start Brownout with --serve %s to use it", kind, service.Name, service.Name, strings.TrimSuffix(service.Name, "streams"))}
		}
	}
	return kinds
}

// Upstreams is how the upstreams do, in order of their URLs.
func (s *Server) Upstreams() []upstream.Health {
	if s.upstreams == nil {
		return nil
	}
	return s.upstreams.Health()
}

// Asker asks AWS services as a client would, without faults: those of this server, else an upstream.
func (s *Server) Asker() services.Asker { return asker{s} }

// asker lets services ask others over the gateway, which is made after them.
type asker struct{ server *Server }

// Ask implements services.Asker.
func (a asker) Ask(ctx context.Context, as identity.Principal, region, service, operation string, in aws.Document) (aws.Document, error) {
	return a.server.gateway.Ask(ctx, as, region, service, operation, in)
}

// remote reports whether a service is not answered in this process.
func (s *Server) remote(service string) bool {
	return !slices.ContainsFunc(s.parts.services, func(ours *services.Service) bool { return ours.Name == service })
}
