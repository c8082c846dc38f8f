package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "GetAccessKeyLastUsed", (*Service).getAccessKeyLastUsed) }

func (s *Service) getAccessKeyLastUsed(r *services.Request, in *GetAccessKeyLastUsedRequest) (*GetAccessKeyLastUsedResponse, error) {
	// When keys are used is not recorded: it would be a write for each call. N/A is AWS's word for a key that
	// has not been used.
	out := &GetAccessKeyLastUsedResponse{AccessKeyLastUsed: &AccessKeyLastUsed{ServiceName: new("N/A"), Region: new("N/A")}}
	return out, s.view(r, func(t *transaction) error {
		k, ok, err := read[keyRecord](t, s.key(keyLetter, *in.AccessKeyId))
		if err != nil {
			return err
		}
		if !ok || k.Account != t.account {
			return noSuch("The Access Key with id %s cannot be found.", *in.AccessKeyId)
		}
		out.UserName = k.Key.UserName
		return nil
	})
}
