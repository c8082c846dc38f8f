// Package target is what FIS experiments act on: the resource types, a file each, with how resources
// of a type are found by asking the AWS API of wherever they live.
package target

import (
	"context"

	"github.com/brownoutdev/brownout/aws"
)

// Resource is one resource that a target has been resolved to.
type Resource struct {
	// ARN is empty only for what has none (pods).
	ARN string
	// Account owns the resource.
	Account string
	// Information is what ListExperimentResolvedTargets answers: {"arn": ...} as a rule.
	Information map[string]string
}

// Ask asks an AWS service in the experiment's region, for whoever started the experiment; the error is an *aws.Error.
type Ask func(ctx context.Context, account, service, operation string, in aws.Document) (aws.Document, error)

// Type is a target resource type.
type Type struct {
	// ID is as templates have it: "aws:ec2:instance".
	ID          string
	Description string
	// Parameters are what narrows the search, with those that are required.
	Parameters map[string]Parameter
	// NoARNs, NoTags, NoFilters and TagsRequired are the selectors that the type does not take, or needs.
	NoARNs, NoTags, NoFilters, TagsRequired bool
	// ParametersOnly: parameters alone are enough to choose resources, without ARNs, tags and filters.
	ParametersOnly bool
}

// Parameter describes a parameter of a resource type.
type Parameter struct {
	Description string
	Required    bool
	// OneOf are the values that it takes; empty: any.
	OneOf []string
}
