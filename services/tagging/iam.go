package tagging

import (
	"strings"

	"github.com/brownoutdev/brownout/aws"
)

// policies are IAM's, with its instance profiles. AWS's tagging API knows neither roles nor users, and has
// what is IAM's in one region only.
type policies struct{}

// regionOfIAM is where the tagging API has IAM's resources.
const regionOfIAM = "us-east-1"

func (policies) resources(a *asking) (found []resource, err error) {
	if a.request.Call.Region != regionOfIAM {
		return nil, nil
	}
	lists := []struct{ operation, list, arn, tags, names, name string }{
		{"ListPolicies", "Policies", "Arn", "ListPolicyTags", "PolicyArn", "Arn"},
		{"ListInstanceProfiles", "InstanceProfiles", "Arn", "ListInstanceProfileTags", "InstanceProfileName", "InstanceProfileName"},
	}
	for _, l := range lists {
		in := aws.Document{}
		if l.operation == "ListPolicies" {
			in["Scope"] = "Local"
		}
		elements, err := a.all(listing{service: "iam", operation: l.operation, in: in, tokenIn: "Marker", tokenOut: "Marker", list: []string{l.list}})
		if err != nil {
			return nil, err
		}
		for _, element := range elements {
			tags, err := a.all(listing{service: "iam", operation: l.tags, in: aws.Document{l.names: text(element, l.name)}, tokenIn: "Marker", tokenOut: "Marker", list: []string{"Tags"}})
			if gone(err) {
				continue
			}
			if err != nil {
				return nil, err
			}
			found = append(found, resource{text(element, l.arn), tagsOf(tags)})
		}
	}
	return found, nil
}

// named is how IAM's operations name the resource of an ARN.
func (policies) named(arn string) (kind string, in aws.Document) {
	_, kind = kindOf(arn)
	switch kind {
	case "policy":
		return "Policy", aws.Document{"PolicyArn": arn}
	case "instance-profile":
		return "InstanceProfile", aws.Document{"InstanceProfileName": arn[strings.LastIndexByte(arn, '/')+1:]}
	}
	return "", nil
}

func (p policies) tag(a *asking, arn string, tags map[string]string) error {
	kind, in := p.named(arn)
	if in == nil {
		return unsupported(arn)
	}
	in["Tags"] = listOf(tags)
	out, ok, err := a.one("iam", "Tag"+kind, in)
	return done("iam.Tag"+kind, out, ok, err)
}

func (p policies) untag(a *asking, arn string, keys []string) error {
	kind, in := p.named(arn)
	if in == nil {
		return unsupported(arn)
	}
	in["TagKeys"] = anys(keys)
	out, ok, err := a.one("iam", "Untag"+kind, in)
	return done("iam.Untag"+kind, out, ok, err)
}
