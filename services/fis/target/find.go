package target

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/aws"
)

// finder says how resources of a type are found. A file per type registers one.
type finder struct {
	// list asks for all resources that the query's parameters leave. It may leave out what the query's
	// ARNs do not name.
	list func(ctx context.Context, q *Query) ([]candidate, error)
	// kind is what the tagging API calls the type: "ec2:instance".
	kind string
	// tags asks for the tags of one resource; nil when list gives them.
	tags func(ctx context.Context, q *Query, c candidate) (map[string]string, error)
	// anyARN: ARNs are taken as they are, whether or not the resource exists.
	anyARN bool
	// regionless: the ARNs have no region.
	regionless bool
}

// candidate is a resource that list found.
type candidate struct {
	arn string
	// item is what the API describes the resource with: filters look at it.
	item aws.Document
	tags map[string]string
}

// finders are filled by the init functions of the types' own files and never changed afterwards.
var finders = map[string]*finder{}

func finds(id string, f finder) {
	if finders[id] != nil || types[id] == nil {
		panic("target: " + id + " is found twice, or not in the catalogue")
	}
	finders[id] = &f
}

// Find is the resources of one account that a query asks for, in order of their ARNs. The error is an
// *Error.
func Find(ctx context.Context, q Query) ([]Resource, error) {
	f := finders[q.Type]
	if f == nil {
		return nil, invalid("Brownout cannot look up resources of type %s: no AWS API that it can ask knows them.", q.Type)
	}
	if len(q.ARNs) > 0 {
		return q.byARN(ctx, f)
	}
	candidates, err := f.list(ctx, &q)
	switch {
	case nobody(err) && len(q.Filters)+len(q.Parameters) == 0 && f.kind != "":
		arns, asked := q.tagged(ctx, f.kind)
		if asked != nil || len(arns) == 0 { // the tagging API of a server without the service knows nothing of it
			return nil, failed(err)
		}
		return q.resources(arns), nil
	case err != nil:
		return nil, failed(err)
	}
	candidates = slices.DeleteFunc(candidates, func(c candidate) bool {
		return slices.ContainsFunc(q.Filters, func(filter Filter) bool { return !filter.holds(c.item) })
	})
	arns, err := q.keepTagged(ctx, f, candidates)
	if err != nil {
		return nil, failed(err)
	}
	return q.resources(arns), nil
}

// keepTagged are those candidates that have the tags.
func (q *Query) keepTagged(ctx context.Context, f *finder, candidates []candidate) (arns []string, err error) {
	if len(q.Tags) == 0 || f.tags == nil {
		for _, c := range candidates {
			if hasTags(c.tags, q.Tags) {
				arns = append(arns, c.arn)
			}
		}
		return arns, nil
	}
	// The tagging API knows them all at once; where it does not, each resource is asked for.
	if f.kind != "" {
		tagged, err := q.tagged(ctx, f.kind)
		for _, c := range candidates {
			if slices.ContainsFunc(tagged, func(arn string) bool { return same(arn, c.arn) }) {
				arns = append(arns, c.arn)
			}
		}
		if err == nil && len(arns) > 0 {
			return arns, nil
		}
		arns = nil
	}
	for _, c := range candidates {
		tags, err := f.tags(ctx, q, c)
		if err != nil && !absent(err) {
			return nil, err
		}
		if err == nil && hasTags(tags, q.Tags) {
			arns = append(arns, c.arn)
		}
	}
	return arns, nil
}

// byARN are the resources that the ARNs name. One that does not exist is an error, unless nobody here
// can tell.
func (q *Query) byARN(ctx context.Context, f *finder) ([]Resource, error) {
	if f.anyARN {
		return q.resources(q.ARNs), nil
	}
	f, err := q.finderOfARNs(f)
	if err != nil {
		return nil, err
	}
	candidates, listed := f.list(ctx, q)
	if nobody(listed) {
		return q.resources(q.ARNs), nil
	}
	if listed != nil && !absent(listed) {
		return nil, failed(listed)
	}
	var missing []string
	for _, arn := range q.ARNs {
		if !slices.ContainsFunc(candidates, func(c candidate) bool { return same(c.arn, arn) }) {
			missing = append(missing, arn)
		}
	}
	switch {
	case len(missing) == len(q.ARNs):
		return nil, &Error{Code: "InvalidTarget", Reason: Empty}
	case len(missing) > 0:
		return nil, invalid("%s There is no %s.", Empty, strings.Join(missing, ", "))
	}
	return q.resources(q.ARNs), nil
}

// finderOfARNs is the finder of what the ARNs name. LocalStack's own documents give the ARN of a
// database to a target of instances; without Strict it is looked up as what it is.
func (q *Query) finderOfARNs(f *finder) (*finder, error) {
	first, ok := aws.ParseARN(q.ARNs[0])
	if !ok {
		return nil, invalid("%s %s is not an ARN.", Empty, q.ARNs[0])
	}
	if !f.regionless && first.Region != q.Region {
		return nil, invalid("%s %s is not in the region of the experiment, %s.", Empty, q.ARNs[0], q.Region)
	}
	kind := kindOf(first)
	if q.Strict || f.kind == "" || kind == f.kind {
		return f, nil
	}
	for _, id := range sortedKeys(finders) {
		if finders[id].kind == kind {
			return finders[id], nil
		}
	}
	return f, nil
}

// kindOf is what the tagging API calls the type of an ARN: "ec2:instance".
func kindOf(arn aws.ARN) string {
	at := strings.IndexAny(arn.Resource, "/:")
	if at < 0 {
		return arn.Service
	}
	return arn.Service + ":" + arn.Resource[:at]
}

// same reports whether two ARNs name the same resource. Their accounts are not compared: an upstream may
// have one of its own for everybody.
func same(a, b string) bool {
	if a == b {
		return true
	}
	x, ok := aws.ParseARN(a)
	y, alsoOK := aws.ParseARN(b)
	x.Account, y.Account = "", ""
	return ok && alsoOK && x == y
}

func (q *Query) resources(arns []string) []Resource {
	arns = slices.Clone(arns)
	slices.Sort(arns)
	arns = slices.Compact(arns)
	list := make([]Resource, len(arns))
	for i, arn := range arns {
		list[i] = Resource{ARN: arn, Account: q.Account, Information: map[string]string{"arn": arn}}
	}
	return list
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
