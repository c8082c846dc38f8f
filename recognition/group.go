package recognition

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/brownoutdev/brownout/catalog"
)

// group is services that a request can be for when they are all that one knows of it: those of a
// signing name, of a host, of a target prefix. The likeliest is first.
type group struct {
	services []*catalog.Service
	// querying is the first that speaks a query protocol.
	querying      *catalog.Service
	speaksQuery   bool
	queryProtocol string
	// root is where routes begin; nil when nobody here has any.
	root func() *node
	// actions and targets are the operations of the query protocols and of those with X-Amz-Target, by name.
	actions, targets func() map[string]*fork
}

// group is the group of a list that the catalogue keeps: asking for the same list again gives the same group.
func (z *Recognizer) group(services []*catalog.Service) *group {
	if len(services) == 1 {
		return z.groupOf(services[0])
	}
	return z.groups.get(&services[0], services)
}

// groupOf is the group of one service alone.
func (z *Recognizer) groupOf(service *catalog.Service) *group {
	if g := z.alone.find(service); g != nil {
		return g
	}
	return z.alone.get(service, []*catalog.Service{service})
}

// remembered are the groups made so far. The map is copied to be extended, so that reading takes no
// lock; it never holds more than the catalogue has services.
type remembered[K comparable] struct {
	known   atomic.Pointer[map[K]*group]
	writing sync.Mutex
}

func (m *remembered[K]) find(key K) *group {
	if known := m.known.Load(); known != nil {
		return (*known)[key]
	}
	return nil
}

// get finds the group, or makes it of these services.
func (m *remembered[K]) get(key K, services []*catalog.Service) *group {
	if g := m.find(key); g != nil {
		return g
	}
	m.writing.Lock()
	defer m.writing.Unlock()
	extended := map[K]*group{}
	if known := m.known.Load(); known != nil {
		if g := (*known)[key]; g != nil {
			return g
		}
		maps.Copy(extended, *known)
	}
	extended[key] = newGroup(services)
	m.known.Store(&extended)
	return extended[key]
}

func newGroup(services []*catalog.Service) *group {
	g := &group{services: services}
	for _, protocol := range []string{catalog.Query, catalog.EC2} {
		for _, service := range services {
			if service.Speaks(protocol) && !g.speaksQuery {
				g.speaksQuery, g.queryProtocol, g.querying = true, protocol, service
			}
		}
	}
	g.root = sync.OnceValue(func() *node { return newTree(services) })
	g.actions = sync.OnceValue(func() map[string]*fork {
		return forksByName(services, func(s *catalog.Service) bool { return s.Speaks(catalog.Query) || s.Speaks(catalog.EC2) })
	})
	g.targets = sync.OnceValue(func() map[string]*fork {
		return forksByName(services, func(s *catalog.Service) bool { return s.TargetPrefix != "" })
	})
	return g
}

func (g *group) has(service *catalog.Service) bool { return slices.Contains(g.services, service) }

func forksByName(services []*catalog.Service, speaks func(*catalog.Service) bool) map[string]*fork {
	operations := map[string][]*catalog.Operation{}
	for _, service := range services {
		if speaks(service) {
			for _, op := range service.Operations {
				operations[op.Name] = append(operations[op.Name], op)
			}
		}
	}
	forks := make(map[string]*fork, len(operations))
	for name, list := range operations {
		forks[name] = newFork(list)
	}
	return forks
}

// byLikelihood orders operations of one route: by their services' order, and what is deprecated last.
func byLikelihood(services []*catalog.Service) func(a, b *catalog.Operation) int {
	return func(a, b *catalog.Operation) int {
		return cmp.Or(
			slices.Index(services, a.Service)-slices.Index(services, b.Service),
			bit(a.Deprecated)-bit(b.Deprecated), cmp.Compare(a.Name, b.Name),
		)
	}
}

func bit(on bool) int {
	if on {
		return 1
	}
	return 0
}
