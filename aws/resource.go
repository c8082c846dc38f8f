package aws

import "strings"

// Resource is something that a call is about: a table, a bucket, a queue.
type Resource struct {
	// Type is as in the resource's ARN where the service has one ("table", "log-group"), else the name
	// of the parameter it came from ("replication-group").
	Type string
	// Name is what the request says without path and ARN around it: "Orders", "my-bucket", "my-bucket/some/key".
	Name string
	// ARN is the request's own. It is empty when the request has only a name: see FullARN.
	ARN string

	// made and last are what the ARN is put together from: last comes behind made.Resource.
	made ARN
	last string
}

// NamedResource is a resource whose request has only its name. Its ARN is arn with last at its end, and is put
// together only when somebody asks: most rules are about other resources, which is seen without it.
func NamedResource(kind, name string, arn ARN, last string) Resource {
	return Resource{Type: kind, Name: name, made: arn, last: last}
}

// FullARN is the request's own ARN, or put together from type, name, and the call's region and account.
func (r *Resource) FullARN() string {
	if r.ARN == "" && r.made.Service != "" {
		arn := r.made
		arn.Resource += r.last
		r.ARN = arn.String()
	}
	return r.ARN
}

// AppendARN appends FullARN to text without making a string of it. relative is where in text the last of its
// six parts ("table/Orders") begins; it is the end of text when the ARN has fewer.
func (r *Resource) AppendARN(text []byte) (arn []byte, relative int) {
	if r.ARN != "" || r.made.Service == "" {
		text = append(text, r.ARN...)
		return text, len(text) - len(RelativeName(r.ARN))
	}
	text = append(append(append(text, "arn:"...), r.made.Partition...), ':')
	text = append(append(text, r.made.Service...), ':')
	text = append(append(text, r.made.Region...), ':')
	text = append(append(text, r.made.Account...), ':')
	relative = len(text)
	return append(append(text, r.made.Resource...), r.last...), relative
}

// IsTyped reports whether the ARN ends in "type/name", which is so for most resources without an ARN of their own.
func (r *Resource) IsTyped() bool {
	kind, ok := strings.CutSuffix(r.made.Resource, "/")
	return r.ARN == "" && ok && kind == r.Type && r.last == r.Name
}

// Resolver works out a call's resources from its request, and appends them to found.
type Resolver interface {
	Resources(c *Call, found []Resource) []Resource
}

// Resources are all resources that the call is known to be about; a batch has several. They are worked
// out when they are first asked for, from path, host, query and body. It is not safe for concurrent
// use, and must not be asked before the body is there.
func (c *Call) Resources() []Resource {
	if !c.resolved && c.Resolver != nil {
		c.resources, c.resolved = c.Resolver.Resources(c, c.first[:0]), true
	}
	return c.resources
}
