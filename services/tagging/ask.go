package tagging

import (
	"cmp"
	"errors"
	"slices"

	"github.com/brownoutdev/brownout/aws"
)

// one asks an operation. ok is false when nobody carries it out.
func (a *asking) one(service, operation string, in aws.Document) (out aws.Document, ok bool, err error) {
	out, err = a.service.ask.Ask(a, a.request.Caller, a.request.Call.Region, service, operation, in)
	var e *aws.Error
	if errors.As(err, &e) && e.Code == "NotImplemented" {
		return nil, false, nil
	}
	return out, err == nil, err
}

// gone reports whether an error says that a resource is not there: it went after it was listed.
func gone(err error) bool {
	var e *aws.Error
	return errors.As(err, &e) && (e.Code == "ResourceNotFoundException" || e.Code == "ResourceNotFound" || e.Code == "NoSuchEntity")
}

// listing is a list that comes in pages.
type listing struct {
	service, operation string
	in                 aws.Document
	// tokenIn and tokenOut are the members that ask for the next page and that say where it begins, list those
	// with the elements.
	tokenIn, tokenOut string
	list              []string
}

// all are the elements of all pages.
func (a *asking) all(l listing) (elements []any, err error) {
	in := aws.Document{}
	for key, value := range l.in {
		in[key] = value
	}
	for {
		out, ok, err := a.one(l.service, l.operation, in)
		if err != nil || !ok {
			return elements, err
		}
		for _, name := range l.list {
			page, _ := out[name].([]any)
			elements = append(elements, page...)
		}
		token, _ := out[l.tokenOut].(string)
		if token == "" || token == in[l.tokenIn] {
			return elements, nil
		}
		in[l.tokenIn] = token
	}
}

// resource is something that has tags.
type resource struct {
	arn  string
	tags []Tag
}

// text is a member that is a text; empty when it is not there.
func text(document any, name string) string {
	d, _ := document.(aws.Document)
	value, _ := d[name].(string)
	return value
}

// tagsOf reads tags as services answer them: a map, or a list of keys and values.
func tagsOf(value any) []Tag {
	tags := []Tag{}
	switch v := value.(type) {
	case aws.Document:
		for key, element := range v {
			said, _ := element.(string)
			tags = append(tags, Tag{Key: &key, Value: &said})
		}
	case []any:
		for _, element := range v {
			key, said := text(element, "Key"), text(element, "Value")
			tags = append(tags, Tag{Key: &key, Value: &said})
		}
	}
	slices.SortFunc(tags, func(a, b Tag) int { return cmp.Compare(*a.Key, *b.Key) })
	return tags
}

// listOf is tags as most services want them: a list of keys and values.
func listOf(tags map[string]string) []any {
	list := []any{}
	for key, value := range tags {
		list = append(list, aws.Document{"Key": key, "Value": value})
	}
	slices.SortFunc(list, func(a, b any) int { return cmp.Compare(text(a, "Key"), text(b, "Key")) })
	return list
}

// mapOf is tags as some services want them.
func mapOf(tags map[string]string) aws.Document {
	document := aws.Document{}
	for key, value := range tags {
		document[key] = value
	}
	return document
}

func anys(texts []string) []any {
	all := make([]any, len(texts))
	for i, text := range texts {
		all[i] = text
	}
	return all
}
