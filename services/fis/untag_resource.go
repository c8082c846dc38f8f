package fis

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&table, "UntagResource", (*Service).untagResource) }

// untagResource removes the tags of the keys that are given: none, where none is.
func (s *Service) untagResource(r *services.Request, in *UntagResourceRequest) (*UntagResourceResponse, error) {
	_, err := s.changeTags(r, scopeOf(r), value(in.ResourceArn), func(tags map[string]string) (map[string]string, error) {
		for _, key := range in.TagKeys {
			delete(tags, key)
		}
		return tags, nil
	})
	if err != nil {
		return nil, err
	}
	return &UntagResourceResponse{}, nil
}
