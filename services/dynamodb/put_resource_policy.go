package dynamodb

import (
	"strings"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "PutResourcePolicy", (*Service).putResourcePolicy) }

func (s *Service) putResourcePolicy(r *services.Request, in *PutResourcePolicyInput) (*PutResourcePolicyOutput, error) {
	named, err := policed(r.Call, in.ResourceArn, func(c *constraints) {
		c.required("policy", in.Policy == nil)
		c.length("expectedRevisionId", in.ExpectedRevisionId, 1, 255)
	})
	if err != nil {
		return nil, err
	}
	if err := checkPolicy(in.Policy); err != nil {
		return nil, err
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	before, err := s.policy(named)
	if err != nil {
		return nil, err
	}
	next := &resourcePolicy{Text: strings.Clone(*in.Policy), Revision: s.newRevision()}
	if before != nil && before.Text == next.Text {
		next.Revision = before.Revision // the same policy again is no change
	}
	if _, err := s.changePolicy(r, named, *in.ResourceArn, in.ExpectedRevisionId, next); err != nil {
		return nil, err
	}
	return &PutResourcePolicyOutput{RevisionId: &next.Revision}, nil
}
