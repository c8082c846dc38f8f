package aws

// Resource is something that a call is about: a table, a bucket, a queue.
type Resource struct {
	// Type is as in the resource's ARN where the service has one ("table", "log-group"), else the name
	// of the parameter it came from ("replication-group").
	Type string
	// Name is what the request says without path and ARN around it: "Orders", "my-bucket", "my-bucket/some/key".
	Name string
	// ARN is the request's own, or put together from type, name, and the call's region and account.
	ARN string
}

// Resolver works out a call's resources from its request.
type Resolver interface{ Resources(c *Call) []Resource }

// Resources are all resources that the call is known to be about; a batch has several. They are worked
// out when they are first asked for, from path, host, query and body. It is not safe for concurrent
// use, and must not be asked before the body is there.
func (c *Call) Resources() []Resource {
	if !c.resolved && c.Resolver != nil {
		c.resources, c.resolved = c.Resolver.Resources(c), true
	}
	return c.resources
}
