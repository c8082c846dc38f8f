package target

import (
	"context"

	"github.com/brownoutdev/brownout/aws"
)

// Query is what a target asks for in one account.
type Query struct {
	// Type is the id of the resource type.
	Type string
	// Account is whose resources are looked for; Region is the experiment's.
	Account, Region string
	// Resources are chosen by ARNs, or by everything else: each pair of Tags, each of Filters, and what
	// the type does with Parameters.
	ARNs       []string
	Tags       map[string]string
	Filters    []Filter
	Parameters map[string]string
	// Strict: an ARN of another type is not looked up as what it is.
	Strict bool
	Ask    Ask
}

// Filter holds when one of the values at Path is one of Values.
type Filter struct {
	Path   string
	Values []string
}

func (q *Query) ask(ctx context.Context, service, operation string, in aws.Document) (aws.Document, error) {
	out, err := q.Ask(ctx, q.Account, service, operation, in)
	if err != nil {
		return nil, &callFailure{service + " " + operation, err}
	}
	return out, nil
}

// arn is an ARN in the account and region of the query.
func (q *Query) arn(service, resource string) string {
	return aws.NewARN(service, q.Region, q.Account, resource).String()
}

// pages says how an operation gives its answer page by page: the member of the answer that holds where
// the next page begins, and the member of the request that takes it.
type pages struct{ out, in string }

// maxPages ends the search in a service that gives the same page for ever.
const maxPages = 1000

// list asks page by page and gives what stands at the path of all answers.
func (q *Query) list(ctx context.Context, service, operation string, in aws.Document, page pages, path string) (items []any, err error) {
	request := aws.Document{}
	for name, v := range in {
		request[name] = v
	}
	for range maxPages {
		out, err := q.ask(ctx, service, operation, request)
		if err != nil {
			return nil, err
		}
		items = append(items, at(out, path)...)
		next, _ := out[page.out].(string)
		if next == "" || next == request[page.in] {
			return items, nil
		}
		request[page.in] = next
	}
	return items, nil
}

// documents are those of the items that are structures.
func documents(items []any) (list []aws.Document) {
	for _, item := range items {
		if d, ok := item.(aws.Document); ok {
			list = append(list, d)
		}
	}
	return list
}

// text is a member of a structure, which is a text; empty otherwise.
func text(d aws.Document, name string) string {
	s, _ := d[name].(string)
	return s
}

// chunks calls fn for at most n of the list at a time.
func chunks(list []any, n int, fn func(part []any) error) error {
	for len(list) > 0 {
		part := list[:min(n, len(list))]
		list = list[len(part):]
		if err := fn(part); err != nil {
			return err
		}
	}
	return nil
}
