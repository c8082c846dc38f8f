package logs

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/store"
)

func init() { services.Add(&operations, "PutResourcePolicy", (*Service).putResourcePolicy) }

const mostPolicies = 10

// policy is a resource policy, as it is stored. It is kept and shown; nobody is refused because of it.
type policy struct {
	Name, Document string
	Updated        int64
	Revision       uint64
}

func (p *policy) shape() ResourcePolicy {
	scope := "ACCOUNT"
	return ResourcePolicy{PolicyName: &p.Name, PolicyDocument: &p.Document, LastUpdatedTime: &p.Updated, PolicyScope: &scope}
}

func policyNotFound(name string) func() *aws.Error {
	return func() *aws.Error {
		return refused("ResourceNotFoundException", "Policy with name [%s] does not exist", name)
	}
}

func (s *Service) putResourcePolicy(r *services.Request, in *PutResourcePolicyRequest) (*PutResourcePolicyResponse, error) {
	if in.ResourceArn != nil {
		return nil, notImplemented("resource policies of a single resource (resourceArn)")
	}
	if value(in.PolicyName) == "" || in.PolicyDocument == nil {
		return nil, invalid("policyName and policyDocument must be specified.")
	}
	if !json.Valid([]byte(*in.PolicyDocument)) {
		return nil, invalid("Policy document must be valid JSON.")
	}
	if err := checkPolicyName(*in.PolicyName); err != nil {
		return nil, err
	}
	key := s.key('p', r.Call.Account, r.Call.Region, *in.PolicyName)
	put := &policy{Name: *in.PolicyName, Document: *in.PolicyDocument, Updated: s.nowMilliseconds()}
	// All policies of a region share a lock, so that there are never more than the limit.
	err := s.store.Update(r, [][]byte{s.key('p', r.Call.Account, r.Call.Region)}, func(w store.Writer) error {
		before, err := read[policy](w, key, policyNotFound(put.Name))
		if err == nil {
			put.Revision = before.Revision + 1
			return write(w, key, put)
		}
		var refusal *aws.Error
		if !errors.As(err, &refusal) {
			return err
		}
		there := 0
		err = w.Scan(store.Prefix(s.key('p', r.Call.Account, r.Call.Region)), func(_, _ []byte) (bool, error) {
			there++
			return true, nil
		})
		if err != nil {
			return err
		}
		if there >= mostPolicies {
			return refused("LimitExceededException", "Resource limit exceeded.")
		}
		return write(w, key, put)
	})
	if err != nil {
		return nil, err
	}
	shape, revision := put.shape(), fmt.Sprintf("%d", put.Revision)
	return &PutResourcePolicyResponse{ResourcePolicy: &shape, RevisionId: &revision}, nil
}

func checkPolicyName(name string) error {
	for _, r := range name {
		if r < ' ' {
			return invalid("policyName must not contain control characters.")
		}
	}
	return nil
}
