package tagging

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "GetTagValues", (*Service).getTagValues) }

func (s *Service) getTagValues(r *services.Request, in *GetTagValuesInput) (*GetTagValuesOutput, error) {
	values, err := s.asking(r).texts(func(tag Tag) (string, bool) { return *tag.Value, *tag.Key == *in.Key })
	if err != nil {
		return nil, err
	}
	out := &GetTagValuesOutput{}
	out.TagValues, out.PaginationToken, err = page("GetTagValues "+*in.Key, values, func(value *string) string { return *value }, in.PaginationToken, textsOnPage)
	return out, err
}
