package recognition

import (
	"strings"

	"github.com/brownoutdev/brownout/catalog"
)

// byRPC finds the operation of the protocols that name it outright.
func (x *question) byRPC() (found Finding, ok bool) {
	if strings.Contains(x.r.URL.Path, "/operation/") && header(x.r, "Smithy-Protocol") == "rpc-v2-cbor" {
		if found, ok = x.byCBORPath(); ok {
			return found, true
		}
	}
	if target := header(x.r, "X-Amz-Target"); target != "" {
		return x.byTarget(target)
	}
	return Finding{}, false
}

// byTarget reads "DynamoDB_20120810.GetItem". Some prefixes hold dots themselves.
func (x *question) byTarget(target string) (found Finding, ok bool) {
	dot := strings.LastIndexByte(target, '.')
	if dot < 0 {
		return Finding{}, false
	}
	x.call.Protocol = catalog.JSON
	return x.byOperation(catalog.ByTargetPrefix(target[:dot]), target[dot+1:])
}

// byCBORPath reads "/service/GraniteServiceVersion20100801/operation/GetMetricData". The endpoint may
// have a path of its own before it.
func (x *question) byCBORPath() (found Finding, ok bool) {
	_, path, ok := strings.Cut(x.r.URL.Path, "/service/")
	if !ok {
		return Finding{}, false
	}
	name, operation, ok := strings.Cut(path, "/operation/")
	if !ok {
		return Finding{}, false
	}
	x.call.Protocol = catalog.CBOR
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 && len(catalog.ByTargetPrefix(name)) == 0 {
		name = name[dot+1:] // with its namespace, which the protocol allows
	}
	return x.byOperation(catalog.ByTargetPrefix(name), strings.TrimSuffix(operation, "/"))
}

// byOperation finds an operation by name among services that the request names as well.
func (x *question) byOperation(services []*catalog.Service, name string) (found Finding, ok bool) {
	switch len(services) {
	case 0:
		return x.bySignedOperation(name)
	case 1:
		return Finding{Service: services[0], Operation: services[0].Operation(name)}, true
	}
	g := x.recognizer.group(services)
	if f := g.targets()[name]; f != nil {
		return Finding{fork: f, alive: f.decide(x, f.all), group: g}, true
	}
	return Finding{Service: x.likeliest(g)}, true
}

// bySignedOperation finds an operation by name among the services that the request is signed for: an SDK may
// know the service by another name than the models do.
func (x *question) bySignedOperation(name string) (found Finding, ok bool) {
	if services := catalog.BySigningName(x.credential.Service); len(services) > 0 {
		g := x.recognizer.group(services)
		if f := g.targets()[name]; f != nil {
			return Finding{fork: f, alive: f.decide(x, f.all), group: g}, true
		}
	}
	x.call.Protocol = ""
	return Finding{}, false
}

// byAction finds an operation by Action and Version, which the query protocols have. Services of one
// signing name can have the same actions; the version tells some apart.
func (x *question) byAction(g *group, action, version string) Finding {
	f := g.actions()[action]
	if f == nil {
		for _, service := range g.services {
			if service.APIVersion == version {
				return Finding{Service: service, group: g}
			}
		}
		return Finding{Service: g.querying, group: g}
	}
	return Finding{fork: f, alive: f.decide(x, f.ofVersion(version)), group: g}
}
