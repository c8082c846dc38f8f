package recognition

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/catalog"
)

// node is a place in the tree of a group's routes: what is left of a path goes on from here.
type node struct {
	literals map[string]*node
	few      []edge // the literals, where they are so few that looking at each is faster
	label    *node
	greedy   []greedy // longest suffix first
	ends     []end
}

type edge struct {
	literal string
	node    *node
}

// fewEdges is how many literals are looked at one after the other.
const fewEdges = 6

// literal is the child behind a constant segment; nil when there is none.
func (n *node) literal(segment string) *node {
	if n.few == nil {
		return n.literals[segment]
	}
	for i := range n.few {
		if n.few[i].literal == segment {
			return n.few[i].node
		}
	}
	return nil
}

// greedy is a label that takes all that is left but a constant at the end: "{portalArn+}/userSettings".
type greedy struct {
	suffix string
	ends   []end
}

// end is where routes end: the operations of one method.
type end struct {
	method     string
	operations []*catalog.Operation
	fork       *fork
}

// newTree is the routes of all of the services that speak a REST protocol; nil when none does.
func newTree(services []*catalog.Service) *node {
	root := &node{}
	for _, service := range services {
		if !service.Speaks(catalog.RESTJSON) && !service.Speaks(catalog.RESTXML) {
			continue
		}
		for _, op := range service.Operations {
			root.add(op, op.Method, op.URI)
		}
		for name, newer := range newerRoutes[service.Name] {
			root.add(service.Operation(name), newer.method, newer.uri)
		}
	}
	if root.literals == nil && root.label == nil && root.ends == nil {
		return nil
	}
	root.finish(byLikelihood(services))
	return root
}

// newerRoutes are those that AWS has given to operations after the catalogue's models were made, by service
// and operation. Newer SDKs send them, older ones those of the models.
var newerRoutes = map[string]map[string]struct{ method, uri string }{
	"route53globalresolver": {"ListHostedZoneAssociations": {http.MethodGet, "/hosted-zone-associations"}},
	"sesv2": {
		"ListConfigurationSets": {http.MethodPost, "/v2/email/list-configuration-sets"},
		"ListEmailIdentities":   {http.MethodPost, "/v2/email/list-identities"},
	},
}

func (n *node) add(op *catalog.Operation, method, uri string) {
	path, _, _ := strings.Cut(uri, "?")
	path = strings.Trim(path, "/")
	for path != "" {
		segment, rest, _ := strings.Cut(path, "/")
		path = rest
		switch {
		case strings.HasSuffix(segment, "+}"):
			take(&n.greedyAt(rest).ends, method, op)
			return
		case strings.HasPrefix(segment, "{"):
			if n.label == nil {
				n.label = &node{}
			}
			n = n.label
		default:
			if n.literals == nil {
				n.literals = map[string]*node{}
			}
			if n.literals[segment] == nil {
				n.literals[segment] = &node{}
			}
			n = n.literals[segment]
		}
	}
	take(&n.ends, method, op)
}

func (n *node) greedyAt(rest string) *greedy {
	suffix := ""
	if rest != "" {
		suffix = "/" + rest
	}
	at := slices.IndexFunc(n.greedy, func(g greedy) bool { return g.suffix == suffix })
	if at < 0 {
		n.greedy = append(n.greedy, greedy{suffix: suffix})
		slices.SortFunc(n.greedy, func(a, b greedy) int { return len(b.suffix) - len(a.suffix) })
		at = slices.IndexFunc(n.greedy, func(g greedy) bool { return g.suffix == suffix })
	}
	return &n.greedy[at]
}

func take(ends *[]end, method string, op *catalog.Operation) {
	for i := range *ends {
		if e := &(*ends)[i]; e.method == method {
			e.operations = append(e.operations, op)
			return
		}
	}
	*ends = append(*ends, end{method: method, operations: []*catalog.Operation{op}})
}

// finish makes the forks, once all routes are there.
func (n *node) finish(order func(a, b *catalog.Operation) int) {
	done := func(ends []end) {
		for i := range ends {
			slices.SortFunc(ends[i].operations, order)
			ends[i].fork = newFork(ends[i].operations)
		}
	}
	done(n.ends)
	for i := range n.greedy {
		done(n.greedy[i].ends)
	}
	if n.label != nil {
		n.label.finish(order)
	}
	for literal, child := range n.literals {
		child.finish(order)
		if len(n.literals) <= fewEdges {
			n.few = append(n.few, edge{literal, child})
		}
	}
}

// route walks a request's path down the tree of a group.
func (x *question) route(g *group) (*fork, set) {
	root := g.root()
	if root == nil {
		return nil, 0
	}
	path := strings.TrimPrefix(escapedPath(x.r), "/")
	if root.label != nil && isS3(g.services[0]) {
		host := x.lookAtHost()
		if host.bucket != "" && !strings.HasPrefix(path, s3ControlVersion) && path != objectLambdaPath {
			return root.label.walk(path, x) // the first label of the route stands in the host
		}
	}
	f, alive := root.walk(path, x)
	if rest, ok := strings.CutPrefix(path, "v2/"); ok && alive == 0 {
		return root.walk(rest, x) // part of the endpoint, not of the route (Amazon Location's maps and routes)
	}
	return f, alive
}

// routeOfForm finds the route of a form that is no call of a query protocol, for services that have routes, too.
func (x *question) routeOfForm(g *group) (f *fork, alive set) {
	if x.r.URL.Path == "/" {
		return nil, 0
	}
	if f, alive = x.route(g); alive == 0 && x.method == http.MethodPost {
		x.method = http.MethodGet // botocore sends CloudSearch's long queries so
		f, alive = x.route(g)
		x.method = x.r.Method
	}
	return f, alive
}

// walk goes on with what is left of an escaped path, so that %2F within a label does not split it.
// Constants come before labels, and labels before those that take all. A slash at the end is overlooked.
func (n *node) walk(rest string, x *question) (*fork, set) {
	if rest == "" {
		return decideEnd(n.ends, x)
	}
	segment, after := rest, ""
	if slash := strings.IndexByte(rest, '/'); slash >= 0 {
		segment, after = rest[:slash], rest[slash+1:]
	}
	child := n.literal(segment)
	if child == nil && len(n.literals) > 0 && strings.IndexByte(segment, '%') >= 0 {
		if plain, err := url.PathUnescape(segment); err == nil {
			child = n.literals[plain]
		}
	}
	if child != nil {
		if f, alive := child.walk(after, x); alive != 0 {
			return f, alive
		}
	}
	if n.label != nil && segment != "" {
		if f, alive := n.label.walk(after, x); alive != 0 {
			return f, alive
		}
	}
	for i := range n.greedy {
		g := &n.greedy[i]
		if len(rest) > len(g.suffix) && strings.HasSuffix(rest, g.suffix) {
			if f, alive := decideEnd(g.ends, x); alive != 0 {
				return f, alive
			}
		}
	}
	return nil, 0
}

func decideEnd(ends []end, x *question) (*fork, set) {
	for i := range ends {
		if e := &ends[i]; e.method == x.method {
			return e.fork, e.fork.decide(x, e.fork.all)
		}
	}
	return nil, 0
}
