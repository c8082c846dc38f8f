package dynamodb

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "TagResource", (*Service).tagResource) }

func (s *Service) tagResource(r *services.Request, in *TagResourceInput) (*nothing, error) {
	if in.ResourceArn == nil {
		return nil, errNoTagged()
	}
	var c constraints
	c.required("tags", in.Tags == nil)
	c.tags(in.Tags)
	if err := c.err(); err != nil {
		return nil, err
	}
	if len(in.Tags) == 0 {
		return nil, invalid("Atleast one Tag needs to be provided as Input.")
	}
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	err := s.retag(r, in.ResourceArn, func(tags []Tag) []Tag { return merged(tags, in.Tags) })
	if err != nil {
		return nil, err
	}
	return &nothing{}, nil
}

// retag changes a table's tags.
func (s *Service) retag(r *services.Request, arn *string, change func([]Tag) []Tag) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	t, err := s.tagged(r.Call, arn)
	if err != nil {
		return err
	}
	d, err := t.state.Load().descriptor.copy()
	if err != nil {
		return err
	}
	if d.Tags = change(d.Tags); len(d.Tags) > mostTags {
		return errTooManyTags()
	}
	if d, err = d.copy(); err != nil { // shares no memory with the request
		return err
	}
	_, err = s.change(r, t, d)
	return err
}
