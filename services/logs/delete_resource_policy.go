package logs

import (
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/store"
)

func init() { services.Add(&operations, "DeleteResourcePolicy", (*Service).deleteResourcePolicy) }

func (s *Service) deleteResourcePolicy(r *services.Request, in *DeleteResourcePolicyRequest) (*nothing, error) {
	if in.ResourceArn != nil {
		return nil, notImplemented("resource policies of a single resource (resourceArn)")
	}
	if in.PolicyName == nil {
		return nil, invalid("policyName must be specified.")
	}
	key := s.key('p', r.Call.Account, r.Call.Region, *in.PolicyName)
	err := s.store.Update(r, [][]byte{s.key('p', r.Call.Account, r.Call.Region)}, func(w store.Writer) error {
		if _, err := read[policy](w, key, policyNotFound(*in.PolicyName)); err != nil {
			return err
		}
		return w.Delete(key)
	})
	if err != nil {
		return nil, err
	}
	return &nothing{}, nil
}
