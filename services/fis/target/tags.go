package target

import (
	"context"

	"github.com/brownoutdev/brownout/aws"
)

// tagsOf reads tags in each of the forms that AWS has: a list of Key and Value (in the letters of the
// API), or a map.
func tagsOf(v any) map[string]string {
	tags := map[string]string{}
	switch v := v.(type) {
	case aws.Document:
		for key, value := range v {
			if s, ok := value.(string); ok {
				tags[key] = s
			}
		}
	case []any:
		for _, tag := range documents(v) {
			for _, names := range [][2]string{{"Key", "Value"}, {"key", "value"}, {"TagKey", "TagValue"}} {
				if key, ok := tag[names[0]].(string); ok {
					tags[key] = text(tag, names[1])
				}
			}
		}
	}
	return tags
}

// hasTags reports whether all wanted tags are there, each with exactly its value.
func hasTags(tags, wanted map[string]string) bool {
	for key, value := range wanted {
		if got, ok := tags[key]; !ok || got != value {
			return false
		}
	}
	return true
}

// tagged asks the tagging API for the ARNs with all tags of the query, of one type ("ec2:instance").
func (q *Query) tagged(ctx context.Context, kind string) (arns []string, err error) {
	var filters []any
	for _, key := range sortedKeys(q.Tags) {
		filters = append(filters, aws.Document{"Key": key, "Values": []any{q.Tags[key]}})
	}
	in := aws.Document{"TagFilters": filters, "ResourceTypeFilters": []any{kind}}
	items, err := q.list(ctx, "resourcegroupstaggingapi", "GetResources", in, pages{"PaginationToken", "PaginationToken"}, "ResourceTagMappingList")
	if err != nil {
		return nil, err
	}
	for _, item := range documents(items) {
		// Some services take the filters for a wish: an empty value, for one, for any value.
		if hasTags(tagsOf(item["Tags"]), q.Tags) {
			arns = append(arns, text(item, "ResourceARN"))
		}
	}
	return arns, nil
}
