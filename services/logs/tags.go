package logs

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/store"
)

const mostTags = 50

// listed writes numbers as AWS's messages do: [1, 3, 5].
func listed(numbers []int64) string {
	texts := make([]string, len(numbers))
	for i, n := range numbers {
		texts[i] = fmt.Sprint(n)
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

func checkTags(tags map[string]string) error {
	for key := range tags {
		if strings.HasPrefix(strings.ToLower(key), "aws:") {
			return invalid("Tag keys starting with 'aws:' are reserved: %s", key)
		}
	}
	if len(tags) > mostTags {
		return refused("TooManyTagsException", "A resource can have no more than %d tags.", mostTags)
	}
	return nil
}

// taggable is the group of an ARN that tags are about.
func taggable(call *aws.Call, arn string) (groupID, error) {
	g, ok := parseARN(arn)
	if !ok {
		if parsed, isARN := aws.ParseARN(arn); isARN && parsed.Service == "logs" {
			return g, notImplemented("tags of what is no log group (%s)", parsed.Resource)
		}
		return g, invalid("The value %s of resourceArn is no ARN of a log group.", arn)
	}
	return g, reachable(call, g)
}

func (s *Service) retag(ctx context.Context, g groupID, edit func(map[string]string)) error {
	return s.changeGroup(ctx, g, func(_ store.Writer, of *group) error {
		tags := maps.Clone(of.Tags)
		if tags == nil {
			tags = map[string]string{}
		}
		edit(tags)
		of.Tags = tags
		return checkTags(tags)
	})
}

func (s *Service) tagsOf(g groupID) (map[string]string, error) {
	of, err := s.readGroup(s.store, g)
	if err != nil {
		return nil, err
	}
	if of.Tags == nil {
		return map[string]string{}, nil
	}
	return of.Tags, nil
}

func (s *Service) untag(ctx context.Context, g groupID, keys []string) error {
	return s.retag(ctx, g, func(tags map[string]string) {
		for _, key := range keys {
			delete(tags, key)
		}
	})
}
