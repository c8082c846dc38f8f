package dynamodb

import (
	"encoding/base64"
	"strconv"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "ListTagsOfResource", (*Service).listTagsOfResource) }

func (s *Service) listTagsOfResource(r *services.Request, in *ListTagsOfResourceInput) (*ListTagsOfResourceOutput, error) {
	t, err := s.tagged(r.Call, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	tags := t.state.Load().descriptor.Tags
	from := 0
	if in.NextToken != nil {
		if from = placeOf(*in.NextToken); from < 0 {
			return nil, invalid("Invalid NextToken: " + *in.NextToken)
		}
	}
	tags = tags[min(from, len(tags)):]
	out := &ListTagsOfResourceOutput{Tags: tags}
	if len(tags) > tagsOnPage {
		out.Tags = tags[:tagsOnPage]
		out.NextToken = new(tokenOf(from + tagsOnPage))
	}
	if out.Tags == nil {
		out.Tags = []Tag{}
	}
	return out, nil
}

// tokenOf is a NextToken: opaque to callers, a place in a list to us.
func tokenOf(place int) string {
	return base64.StdEncoding.EncodeToString([]byte("next:" + strconv.Itoa(place)))
}

// placeOf reads a NextToken; -1 when it is not one of ours.
func placeOf(token string) int {
	text, err := base64.StdEncoding.DecodeString(token)
	if err != nil || len(text) < 5 || string(text[:5]) != "next:" {
		return -1
	}
	place, err := strconv.Atoi(string(text[5:]))
	if err != nil || place < 0 {
		return -1
	}
	return place
}
