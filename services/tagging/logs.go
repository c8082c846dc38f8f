package tagging

import (
	"strings"

	"github.com/brownoutdev/brownout/aws"
)

// logGroups are CloudWatch Logs'.
type logGroups struct{}

func (logGroups) resources(a *asking) (found []resource, err error) {
	elements, err := a.all(listing{service: "logs", operation: "DescribeLogGroups", tokenIn: "nextToken", tokenOut: "nextToken", list: []string{"logGroups"}})
	for _, element := range elements {
		arn := strings.TrimSuffix(text(element, "arn"), ":*") // Logs has it with, everybody else without
		out, ok, err := a.one("logs", "ListTagsForResource", aws.Document{"resourceArn": arn})
		if gone(err) || err == nil && !ok {
			continue
		}
		if err != nil {
			return nil, err
		}
		found = append(found, resource{arn, tagsOf(out["tags"])})
	}
	return found, err
}

func (logGroups) tag(a *asking, arn string, tags map[string]string) error {
	out, ok, err := a.one("logs", "TagResource", aws.Document{"resourceArn": arn, "tags": mapOf(tags)})
	return done("logs.TagResource", out, ok, err)
}

func (logGroups) untag(a *asking, arn string, keys []string) error {
	out, ok, err := a.one("logs", "UntagResource", aws.Document{"resourceArn": arn, "tagKeys": anys(keys)})
	return done("logs.UntagResource", out, ok, err)
}
