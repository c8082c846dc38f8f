package tagging

import "github.com/brownoutdev/brownout/aws"

// alarms are CloudWatch's.
type alarms struct{}

func (alarms) resources(a *asking) (found []resource, err error) {
	elements, err := a.all(listing{service: "cloudwatch", operation: "DescribeAlarms", in: aws.Document{"AlarmTypes": []any{"MetricAlarm", "CompositeAlarm"}},
		tokenIn: "NextToken", tokenOut: "NextToken", list: []string{"MetricAlarms", "CompositeAlarms"}})
	for _, element := range elements {
		arn := text(element, "AlarmArn")
		out, ok, err := a.one("cloudwatch", "ListTagsForResource", aws.Document{"ResourceARN": arn})
		if gone(err) || err == nil && !ok {
			continue
		}
		if err != nil {
			return nil, err
		}
		found = append(found, resource{arn, tagsOf(out["Tags"])})
	}
	return found, err
}

func (alarms) tag(a *asking, arn string, tags map[string]string) error {
	out, ok, err := a.one("cloudwatch", "TagResource", aws.Document{"ResourceARN": arn, "Tags": listOf(tags)})
	return done("cloudwatch.TagResource", out, ok, err)
}

func (alarms) untag(a *asking, arn string, keys []string) error {
	out, ok, err := a.one("cloudwatch", "UntagResource", aws.Document{"ResourceARN": arn, "TagKeys": anys(keys)})
	return done("cloudwatch.UntagResource", out, ok, err)
}
