package recognition

import (
	"math/bits"
	"net/http"
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/catalog"
)

// set is a set of a fork's operations, by their places.
type set uint64

const setSize = 64

func (s set) many() bool { return s&(s-1) != 0 }
func (s set) first() int { return bits.TrailingZeros64(uint64(s)) }

// keep is what of s is in t, or s itself where that would be nothing: evidence that speaks against all is none.
func (s set) keep(t set) set {
	if s&t != 0 {
		return s & t
	}
	return s
}

// fork is operations that are alike in what was looked at first: in method and path, in action, or in
// target. What tells them apart are query keys, headers, members of the body.
type fork struct {
	operations []*catalog.Operation // likeliest first
	names      []string             // "rds.CreateDBCluster"
	all        set

	query    map[string][]key // by name
	needed   []key            // those of query that some operation needs and that are no constants
	free     set              // the operations whose routes have no constants in the query
	several  []constants
	headers  []key // those that some operation needs
	optional []key // the other headers
	body     map[string]key
	members  []key // those of body that some operation needs

	express set // the operations of expressOnly
}

// constants are the bits of the keys of an operation whose route has more than one constant in the query.
type constants struct {
	operation set
	bits      uint64
}

// key is a name that some operations of a fork know and some need.
type key struct {
	name         string
	value        string // a constant of the route
	constant     bool
	knows, needs set
	bit          uint64 // one of its own, where some operation needs it
}

// newFork makes a fork of operations in order of likelihood. Those beyond setSize are dropped; no
// service has as many of one route.
func newFork(operations []*catalog.Operation) *fork {
	f := &fork{operations: operations[:min(len(operations), setSize)]}
	f.all = set(1)<<len(f.operations) - 1
	if len(f.operations) == setSize {
		f.all = ^set(0)
	}
	for _, op := range f.operations {
		f.names = append(f.names, op.Service.Name+"."+op.Name)
	}
	if len(f.operations) > 1 {
		f.learnQuery()
		for _, k := range f.learn("header", http.CanonicalHeaderKey) {
			if k.needs != 0 {
				f.headers = append(f.headers, k)
			} else if strings.HasPrefix(k.name, "X-Amz-") {
				f.optional = append(f.optional, k)
			}
		}
		members := f.learn("", func(name string) string { return name })
		f.body = make(map[string]key, len(members))
		for _, k := range members {
			f.body[k.name] = k
			if k.bit != 0 {
				f.members = append(f.members, k)
			}
		}
		for _, name := range expressOnly {
			f.express |= f.named(name)
		}
	}
	return f
}

// learn collects the names that the operations' inputs have at a place on the wire. Those that every
// operation knows and none needs say nothing and are left out.
func (f *fork) learn(location string, canonical func(string) string) []key {
	var keys []key
	for i, op := range f.operations {
		for _, field := range op.Fields {
			if field.Location != location {
				continue
			}
			name := canonical(field.Name)
			at := slices.IndexFunc(keys, func(k key) bool { return k.name == name })
			if at < 0 {
				at = len(keys)
				keys = append(keys, key{name: name})
			}
			keys[at].knows |= 1 << i
			if field.Required {
				keys[at].needs |= 1 << i
			}
		}
	}
	keys = slices.DeleteFunc(keys, func(k key) bool { return k.knows == f.all && (k.needs == 0 || k.needs == f.all) })
	number(keys)
	return keys
}

// number gives bits to the keys that are needed.
func number(keys []key) {
	next := uint64(1)
	for i := range keys {
		if keys[i].needs != 0 {
			keys[i].bit = next
			next <<= 1 // beyond 64 it is 0: such a key is not missed when it is absent
		}
	}
}

// learnQuery collects the query keys: those of the routes, whose values count, and those of the inputs.
func (f *fork) learnQuery() {
	keys := f.learn("querystring", func(name string) string { return name })
	for i, op := range f.operations {
		_, constants, _ := strings.Cut(op.URI, "?")
		for constants != "" {
			var name, value string
			name, value, constants = nextPair(constants)
			at := slices.IndexFunc(keys, func(k key) bool { return k.constant && k.name == name && k.value == value })
			if at < 0 {
				at = len(keys)
				keys = append(keys, key{name: name, value: value, constant: true})
			}
			keys[at].needs |= 1 << i
			keys[at].knows |= 1 << i
		}
	}
	for i := range keys {
		for k := range keys {
			if keys[i].constant && !keys[k].constant && keys[i].name == keys[k].name {
				keys[i].knows |= keys[k].knows
				keys[k].knows |= keys[i].knows
			}
		}
	}
	number(keys)
	f.query = make(map[string][]key, len(keys))
	for _, k := range keys {
		f.query[k.name] = append(f.query[k.name], k)
		if k.bit != 0 && !k.constant {
			f.needed = append(f.needed, k)
		}
	}
	f.learnConstants(keys)
}

func (f *fork) learnConstants(keys []key) {
	f.free = f.all
	for i := range f.operations {
		c := constants{operation: 1 << i}
		for _, k := range keys {
			if k.constant && k.needs&c.operation != 0 {
				c.bits |= k.bit
			}
		}
		if c.bits != 0 {
			f.free &^= c.operation
		}
		if c.bits&(c.bits-1) != 0 {
			f.several = append(f.several, c)
		}
	}
}

// decide is what of the fork the request's head leaves in question; 0 when no route of it fits.
func (f *fork) decide(x *question, alive set) set {
	if len(f.operations) == 1 {
		return alive
	}
	if alive = f.decideByQuery(alive, x.r.URL.RawQuery); !alive.many() {
		return alive
	}
	if alive = f.decideByHeaders(alive, x.r.Header); !alive.many() {
		return alive
	}
	return f.decideByPlace(x, alive)
}

func (f *fork) decideByQuery(alive set, query string) set {
	known, named, constant := f.all, set(0), f.free
	var seen uint64
	for query != "" {
		var name, value string
		name, value, query = nextPair(query)
		if name == "x-id" { // some SDKs put the operation's name here
			named |= f.named(value)
			continue
		}
		keys := f.query[decoded(name)]
		for i := range keys {
			k := &keys[i]
			if k.constant && k.value != decoded(value) {
				continue
			}
			seen |= k.bit
			known = known.keep(k.knows)
			if k.constant {
				constant |= k.needs
			}
		}
	}
	for i := range f.several {
		if c := &f.several[i]; seen&c.bits != c.bits {
			constant &^= c.operation
		}
	}
	wanting := set(0)
	for i := range f.needed {
		if k := &f.needed[i]; seen&k.bit == 0 {
			wanting |= k.needs
		}
	}
	return (alive & constant).keep(known).keep(^wanting).keep(named)
}

func (f *fork) named(name string) set {
	var s set
	for i, op := range f.operations {
		if op.Name == name {
			s |= 1 << i
		}
	}
	return s
}

// decideByHeaders looks at the headers that some operation needs (CopyObject its x-amz-copy-source),
// then, if that did not do, at those that only some know.
func (f *fork) decideByHeaders(alive set, headers http.Header) set {
	for i := range f.headers {
		k := &f.headers[i]
		if _, present := headers[k.name]; present {
			alive = alive.keep(k.knows)
		} else {
			alive = alive.keep(^k.needs)
		}
		if !alive.many() {
			return alive
		}
	}
	for i := range f.optional {
		k := &f.optional[i]
		if k.knows&alive == alive {
			continue
		}
		if _, present := headers[k.name]; present {
			if alive = alive.keep(k.knows); !alive.many() {
				return alive
			}
		}
	}
	return alive
}

// decideByPlace looks at where the request was sent, and by whom.
func (f *fork) decideByPlace(x *question, alive set) set {
	var here, elsewhere set
	for i, op := range f.operations {
		prefix, _, _ := strings.Cut(op.HostPrefix, "{")
		switch {
		case prefix == "":
		case strings.HasPrefix(x.r.Host, prefix):
			here |= 1 << i
		default:
			elsewhere |= 1 << i
		}
	}
	if x.hostServices() != nil { // users can tell SDKs to leave the prefix out before hosts of their own
		alive = alive.keep(^elsewhere)
	}
	if pinned := f.of(x.pinned(f.services(alive))) & alive; pinned != 0 && f.severalServices(alive) {
		alive &= pinned | here
	} else {
		alive = alive.keep(here)
	}
	if f.express == 0 {
		return alive
	}
	return alive.keep(f.bySigningName(credentialOf(x.r).Service))
}

func (f *fork) severalServices(alive set) bool {
	first := f.operations[alive.first()].Service
	for i, op := range f.operations {
		if alive>>i&1 != 0 && op.Service != first {
			return true
		}
	}
	return false
}

func (f *fork) services(alive set) []*catalog.Service {
	var services []*catalog.Service
	for i, op := range f.operations {
		if alive>>i&1 != 0 && !slices.Contains(services, op.Service) {
			services = append(services, op.Service)
		}
	}
	return services
}

func (f *fork) of(services []*catalog.Service) set {
	var s set
	for i, op := range f.operations {
		if slices.Contains(services, op.Service) {
			s |= 1 << i
		}
	}
	return s
}

// ofVersion is the operations of services of this API version; all when there are none.
func (f *fork) ofVersion(version string) set {
	var s set
	for i, op := range f.operations {
		if op.Service.APIVersion == version {
			s |= 1 << i
		}
	}
	return f.all.keep(s)
}

// maxCandidates is how many candidates an ambiguous call shows.
const maxCandidates = 8

// others are the names of the candidates after the first.
func (f *fork) others(alive set) []string {
	names := make([]string, 0, min(bits.OnesCount64(uint64(alive)), maxCandidates)-1)
	for rest := alive & (alive - 1); rest != 0 && len(names) < cap(names); rest &= rest - 1 {
		names = append(names, f.names[rest.first()])
	}
	return names
}

// expressOnly are the operations of S3 that only directory buckets have; their calls are signed for s3express.
var expressOnly = []string{"ListDirectoryBuckets"}

// bySigningName tells operations apart that a service signs for different names.
func (f *fork) bySigningName(signing string) set {
	if signing == "s3express" {
		return f.express
	}
	return ^f.express
}
