package recognition

import (
	"cmp"
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/catalog"
)

// Ambiguity is an operation whose plainest request fits other operations as well.
type Ambiguity struct {
	SigningName string
	// Evidence is what they have in common: "POST /tags/{}", "Action CreateDBCluster", "target Timestream_20181101.TagResource".
	Evidence string
	// Candidates are the operations ("rds.CreateDBCluster"), likeliest first: the order in which a call shows them.
	Candidates []string
	// Telling are the names of query keys, headers and members that only some of them have: a request with
	// one of these is less ambiguous or not at all.
	Telling []string
}

// Ambiguities are all operations that their method, path, signing name, version, target and required
// parameters do not tell apart, in order of signing name and evidence. An SDK's User-Agent or a host name
// may still tell them apart. It decodes the whole catalogue.
func Ambiguities() []Ambiguity {
	var all []Ambiguity
	seen := map[string]bool{}
	for service := range catalog.All() {
		signing, target := service.SigningName, service.TargetPrefix
		gather := func(f *fork) {
			for _, a := range f.ambiguities(signing) {
				if key := strings.Join(a.Candidates, " "); !seen[key] { // S3 signs for several names
					seen[key] = true
					all = append(all, a)
				}
			}
		}
		if !seen[signing] {
			seen[signing] = true
			g := newGroup(catalog.BySigningName(signing))
			if root := g.root(); root != nil {
				root.each(gather)
			}
			eachShared(g.actions(), gather)
		}
		if target += "."; target != "." && !seen[target] {
			seen[target] = true
			eachShared(newGroup(catalog.ByTargetPrefix(service.TargetPrefix)).targets(), gather)
		}
	}
	slices.SortFunc(all, func(a, b Ambiguity) int {
		return cmp.Or(cmp.Compare(a.SigningName, b.SigningName), cmp.Compare(a.Evidence, b.Evidence), slices.Compare(a.Candidates, b.Candidates))
	})
	return all
}

// eachShared visits the forks that have more than one operation.
func eachShared(forks map[string]*fork, visit func(*fork)) {
	for _, f := range forks {
		if len(f.operations) > 1 {
			visit(f)
		}
	}
}

// each visits the forks of a tree that have more than one operation.
func (n *node) each(visit func(*fork)) {
	ends := slices.Clone(n.ends)
	for _, g := range n.greedy {
		ends = append(ends, g.ends...)
	}
	for _, e := range ends {
		if len(e.operations) > 1 {
			visit(e.fork)
		}
	}
	if n.label != nil {
		n.label.each(visit)
	}
	for _, child := range n.literals {
		child.each(visit)
	}
}

// ambiguities are the different sets of candidates that the plainest requests of the fork's operations leave.
func (f *fork) ambiguities(signing string) []Ambiguity {
	var all []Ambiguity
	var known []set
	for i, op := range f.operations {
		left := f.plainest(op) & f.sameVersion(op)
		if !left.many() || slices.Contains(known, left) || left>>i&1 == 0 {
			continue
		}
		known = append(known, left)
		a := Ambiguity{SigningName: signing, Evidence: evidence(op), Telling: f.telling(left)}
		for k := range f.operations {
			if left>>k&1 != 0 {
				a.Candidates = append(a.Candidates, f.names[k])
			}
		}
		all = append(all, a)
	}
	return all
}

// plainest is what the fork makes of a request with nothing but what an operation requires.
func (f *fork) plainest(op *catalog.Operation) set {
	_, query, _ := strings.Cut(op.URI, "?")
	headers := map[string][]string{}
	t := tally{fork: f, known: f.all}
	for _, field := range op.Fields {
		switch {
		case !field.Required:
		case field.Location == "querystring":
			query += "&" + field.Name + "=value"
		case field.Location == "header":
			for _, k := range f.headers {
				if strings.EqualFold(k.name, field.Name) {
					headers[k.name] = []string{"value"}
				}
			}
		case field.Location == "":
			t.saw(field.Name)
		}
	}
	alive := f.decideByHeaders(f.decideByQuery(f.all, query), headers)
	if f.bodyTells(alive) {
		alive = t.leave(alive)
	}
	return alive.keep(f.bySigningName(op.Service.SigningName))
}

// sameVersion is all for routes and targets; of actions, those that have the operation's version.
func (f *fork) sameVersion(op *catalog.Operation) set {
	if op.Service.Speaks(catalog.Query) || op.Service.Speaks(catalog.EC2) {
		return f.ofVersion(op.Service.APIVersion)
	}
	return f.all
}

func (f *fork) telling(alive set) []string {
	var names []string
	add := func(k key) {
		if k.knows&alive != alive && k.knows&alive != 0 && !k.constant && !slices.Contains(names, k.name) {
			names = append(names, k.name)
		}
	}
	for _, keys := range f.query {
		for _, k := range keys {
			add(k)
		}
	}
	for _, k := range slices.Concat(f.headers, f.optional) {
		add(k)
	}
	for _, k := range f.body {
		add(k)
	}
	slices.Sort(names)
	return names
}

func evidence(op *catalog.Operation) string {
	switch {
	case op.Service.Speaks(catalog.RESTJSON), op.Service.Speaks(catalog.RESTXML):
		path, query, _ := strings.Cut(op.URI, "?")
		segments := strings.Split(path, "/")
		for i, s := range segments {
			if strings.HasPrefix(s, "{") {
				segments[i] = "{}"
			}
		}
		if query != "" {
			query = "?" + query
		}
		return op.Method + " " + strings.Join(segments, "/") + query
	case op.Service.Speaks(catalog.Query), op.Service.Speaks(catalog.EC2):
		return "Action " + op.Name
	}
	return "target " + op.Service.TargetPrefix + "." + op.Name
}
