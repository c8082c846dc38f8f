package tagging

import (
	"maps"
	"slices"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "GetTagKeys", (*Service).getTagKeys) }

// textsOnPage is how many keys or values a page has; AWS does not say.
const textsOnPage = 100

func (s *Service) getTagKeys(r *services.Request, in *GetTagKeysInput) (*GetTagKeysOutput, error) {
	keys, err := s.asking(r).texts(func(tag Tag) (string, bool) { return *tag.Key, true })
	if err != nil {
		return nil, err
	}
	out := &GetTagKeysOutput{}
	out.TagKeys, out.PaginationToken, err = page("GetTagKeys", keys, func(key *string) string { return *key }, in.PaginationToken, textsOnPage)
	return out, err
}

// texts are what of all tags is wanted, each once and in order.
func (a *asking) texts(wanted func(Tag) (text string, ok bool)) ([]string, error) {
	all, err := a.everything(func(*resource) bool { return true })
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, r := range all {
		for _, tag := range r.tags {
			if text, ok := wanted(tag); ok {
				seen[text] = true
			}
		}
	}
	if len(seen) == 0 {
		return []string{}, nil
	}
	return slices.Sorted(maps.Keys(seen)), nil
}
