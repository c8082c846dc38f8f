package tagging

import "github.com/brownoutdev/brownout/aws"

// tables are DynamoDB's.
type tables struct{}

func (tables) resources(a *asking) (found []resource, err error) {
	names, err := a.all(listing{service: "dynamodb", operation: "ListTables", tokenIn: "ExclusiveStartTableName", tokenOut: "LastEvaluatedTableName", list: []string{"TableNames"}})
	for _, name := range names {
		out, ok, err := a.one("dynamodb", "DescribeTable", aws.Document{"TableName": name})
		if gone(err) || err == nil && !ok {
			continue
		}
		if err != nil {
			return nil, err
		}
		arn := text(out["Table"], "TableArn")
		tags, err := a.all(listing{service: "dynamodb", operation: "ListTagsOfResource", in: aws.Document{"ResourceArn": arn}, tokenIn: "NextToken", tokenOut: "NextToken", list: []string{"Tags"}})
		if gone(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		found = append(found, resource{arn, tagsOf(tags)})
	}
	return found, err
}

func (tables) tag(a *asking, arn string, tags map[string]string) error {
	out, ok, err := a.one("dynamodb", "TagResource", aws.Document{"ResourceArn": arn, "Tags": listOf(tags)})
	return done("dynamodb.TagResource", out, ok, err)
}

func (tables) untag(a *asking, arn string, keys []string) error {
	out, ok, err := a.one("dynamodb", "UntagResource", aws.Document{"ResourceArn": arn, "TagKeys": anys(keys)})
	return done("dynamodb.UntagResource", out, ok, err)
}
