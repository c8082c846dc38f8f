package cloudwatch

import (
	"context"
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/aws"
)

const mostTags = 50

func checkTags(tags []Tag) error {
	seen := map[string]bool{}
	for _, tag := range tags {
		key := value(tag.Key)
		switch {
		case strings.HasPrefix(strings.ToLower(key), "aws:"):
			return invalid("Tag keys cannot begin with aws:, which is reserved: %s", key)
		case seen[key]:
			return invalid("Tag keys must be unique: %s", key)
		}
		seen[key] = true
	}
	if len(tags) > mostTags {
		return invalid("An alarm can have %d tags at most.", mostTags)
	}
	return nil
}

// tagged is the alarm of an ARN. The mutex is held.
func (s *Service) tagged(call *aws.Call, arn string) (*alarm, error) {
	parsed, ok := aws.ParseARN(arn)
	if !ok || parsed.Service != "cloudwatch" {
		return nil, badValue("The value %s for parameter ResourceARN is invalid.", arn)
	}
	if !strings.HasPrefix(parsed.Resource, "alarm:") {
		return nil, notImplemented("tags of what is no alarm (%s)", parsed.Resource)
	}
	a := s.alarmByARN(call.Account, call.Region, arn)
	if a == nil || a.Account != call.Account || a.Region != call.Region {
		kind := "alarm"
		return nil, &aws.Error{
			Code: "ResourceNotFoundException", Status: 404, Sender: true, Message: "Alarm " + arn + " does not exist.",
			Detail: &ResourceNotFoundException{ResourceType: &kind, ResourceId: &arn},
		}
	}
	return a, nil
}

func (s *Service) retag(ctx context.Context, call *aws.Call, arn string, edit func([]Tag) []Tag) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	a, err := s.tagged(call, arn)
	if err != nil {
		return err
	}
	changed := *a
	changed.Tags = edit(slices.Clone(a.Tags))
	if len(changed.Tags) > mostTags {
		return invalid("An alarm can have %d tags at most.", mostTags)
	}
	return s.apply(ctx, []change{{name: a.name(), alarm: &changed}})
}
