package tagging

import (
	"cmp"
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/aws"
)

// holder is a service whose resources have tags, as the tagging API sees it.
type holder interface {
	// resources are all of the caller's region.
	resources(a *asking) ([]resource, error)
	// tag and untag change one resource.
	tag(a *asking, arn string, tags map[string]string) error
	untag(a *asking, arn string, keys []string) error
}

// holders are all of them, by the service's name in ARNs.
var holders = map[string]holder{
	"cloudwatch": alarms{},
	"dynamodb":   tables{},
	"fis":        experiments{},
	"iam":        policies{},
	"logs":       logGroups{},
}

// everything are the resources of all services that have tags and fit, in the order of their ARNs.
func (a *asking) everything(fits func(*resource) bool) (all []resource, err error) {
	for _, h := range holders {
		found, err := h.resources(a)
		if err != nil {
			return nil, err
		}
		for i := range found {
			if len(found[i].tags) > 0 && fits(&found[i]) {
				all = append(all, found[i])
			}
		}
	}
	slices.SortFunc(all, func(a, b resource) int { return cmp.Compare(a.arn, b.arn) })
	return all, nil
}

// holderOf is who has the resource of an ARN; nil when nobody does.
func holderOf(arn string) holder {
	parsed, ok := aws.ParseARN(arn)
	if !ok {
		return nil
	}
	return holders[parsed.Service]
}

// kindOf is an ARN's service and type of resource: "dynamodb", "table".
func kindOf(arn string) (service, kind string) {
	parsed, _ := aws.ParseARN(arn)
	kind = parsed.Resource
	if at := strings.IndexAny(kind, ":/"); at >= 0 {
		kind = kind[:at]
	}
	return parsed.Service, kind
}

// done is the error of an answer that nobody needs. What nobody carries out is not done.
func done(operation string, _ aws.Document, ok bool, err error) error {
	if err == nil && !ok {
		return aws.NotImplemented("Brownout does not carry out " + operation + ".")
	}
	return err
}
