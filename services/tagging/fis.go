package tagging

import "github.com/brownoutdev/brownout/aws"

// experiments are FIS's, with their templates.
type experiments struct{}

func (experiments) resources(a *asking) (found []resource, err error) {
	for operation, list := range map[string]string{"ListExperimentTemplates": "experimentTemplates", "ListExperiments": "experiments"} {
		elements, err := a.all(listing{service: "fis", operation: operation, tokenIn: "nextToken", tokenOut: "nextToken", list: []string{list}})
		if err != nil {
			return nil, err
		}
		for _, element := range elements {
			found = append(found, resource{text(element, "arn"), tagsOf(element.(aws.Document)["tags"])})
		}
	}
	return found, nil
}

func (experiments) tag(a *asking, arn string, tags map[string]string) error {
	out, ok, err := a.one("fis", "TagResource", aws.Document{"resourceArn": arn, "tags": mapOf(tags)})
	return done("fis.TagResource", out, ok, err)
}

func (experiments) untag(a *asking, arn string, keys []string) error {
	out, ok, err := a.one("fis", "UntagResource", aws.Document{"resourceArn": arn, "tagKeys": anys(keys)})
	return done("fis.UntagResource", out, ok, err)
}
