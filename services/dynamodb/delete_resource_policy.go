package dynamodb

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "DeleteResourcePolicy", (*Service).deleteResourcePolicy) }

// deleteResourcePolicy may be called again: where there is no policy it answers no revision.
func (s *Service) deleteResourcePolicy(r *services.Request, in *DeleteResourcePolicyInput) (*DeleteResourcePolicyOutput, error) {
	named, err := policed(r.Call, in.ResourceArn, func(c *constraints) { c.length("expectedRevisionId", in.ExpectedRevisionId, 1, 255) })
	if err != nil {
		return nil, err
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	before, err := s.changePolicy(r, named, *in.ResourceArn, in.ExpectedRevisionId, nil)
	if err != nil {
		return nil, err
	}
	out := &DeleteResourcePolicyOutput{}
	if before != nil {
		out.RevisionId = &before.Revision
	}
	return out, nil
}
