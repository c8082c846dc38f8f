package fis

import (
	"context"
	"maps"
	"strings"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/cluster"
)

// maxTags is how many tags a resource can have.
const maxTags = 50

// arnOf is the ARN of a resource of FIS.
func arnOf(at scope, resource string) string {
	return aws.NewARN("fis", at.Region, at.Account, resource).String()
}

// tagRecord is the tags of an action, which is no record of its own.
type tagRecord struct{ Tags map[string]string }

// changeTags reads or changes the tags of a template, an experiment or an action by its ARN. change
// gets a copy of the tags; when it answers nil, nothing is written.
func (s *Service) changeTags(ctx context.Context, at scope, arn string, change func(tags map[string]string) (map[string]string, error)) (map[string]string, error) {
	key, err := s.tagged(at, arn)
	if err != nil {
		return nil, err
	}
	for {
		entry, exists, err := s.State.Get(ctx, key)
		if err != nil {
			return nil, err
		}
		t := cluster.Transaction{If: []cluster.Condition{{Key: key, Revision: entry.Revision}}}
		tags, write, err := s.tagsOf(key, entry, exists)
		if err != nil {
			return nil, err
		}
		if tags == nil {
			return nil, taggedNotFound(arn)
		}
		changed, err := change(maps.Clone(tags))
		if err != nil || changed == nil {
			return tags, err
		}
		t.Then = []cluster.Write{{Key: key, Value: write(changed)}}
		result, err := s.State.Commit(ctx, t)
		if err != nil {
			return nil, err
		}
		if result.Done {
			return changed, nil
		}
	}
}

func taggedNotFound(arn string) error { return notFound("Resource", arn) }

// tagged is the key that holds a resource's tags.
func (s *Service) tagged(at scope, arn string) (key string, err error) {
	parsed, ok := aws.ParseARN(arn)
	if !ok || parsed.Service != "fis" {
		return "", invalid("The value %q of resourceArn is not the ARN of a resource of FIS.", arn)
	}
	if parsed.Account != at.Account || parsed.Region != at.Region {
		return "", taggedNotFound(arn)
	}
	if id, is := strings.CutPrefix(parsed.Resource, templateResource); is {
		return at.key(templateKeys, id), nil
	}
	if id, is := strings.CutPrefix(parsed.Resource, experimentResource); is {
		return at.key(experimentKeys, id), nil
	}
	if id, is := strings.CutPrefix(parsed.Resource, actionResource); is && lookup(id, s.Strict) != nil {
		return at.key(tagKeys, id), nil
	}
	if strings.HasPrefix(parsed.Resource, leverResource) {
		return "", invalid("A safety lever cannot have tags.")
	}
	return "", taggedNotFound(arn)
}

// tagsOf are the tags in a record, never nil if it exists, and how the record is written with others.
func (s *Service) tagsOf(key string, entry cluster.Entry, exists bool) (tags map[string]string, write func(map[string]string) []byte, err error) {
	switch {
	case strings.HasPrefix(key, tagKeys):
		record := &tagRecord{}
		if exists {
			if record, err = decode[tagRecord](entry); err != nil {
				return nil, nil, err
			}
		}
		return orEmpty(record.Tags), func(tags map[string]string) []byte { return encode(tagRecord{tags}) }, nil
	case !exists:
		return nil, nil, nil
	case strings.HasPrefix(key, templateKeys):
		record, err := decode[templateRecord](entry)
		if err != nil {
			return nil, nil, err
		}
		return orEmpty(record.Template.Tags), func(tags map[string]string) []byte {
			record.Template.Tags = tags
			return encode(record)
		}, nil
	default:
		record, err := decode[experimentRecord](entry)
		if err != nil || record.expired(s.Clock.Now()) {
			return nil, nil, err
		}
		return orEmpty(record.Experiment.Tags), func(tags map[string]string) []byte {
			record.Experiment.Tags = tags
			return encode(record)
		}, nil
	}
}

// actionTags are the tags of an action.
func (s *Service) actionTags(ctx context.Context, at scope, id string) (map[string]string, error) {
	record, _, ok, err := load[tagRecord](ctx, s.State, at.key(tagKeys, id))
	if err != nil || !ok {
		return map[string]string{}, err
	}
	return orEmpty(record.Tags), nil
}
