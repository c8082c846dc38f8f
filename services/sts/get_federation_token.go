package sts

import (
	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/identity"
	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "GetFederationToken", (*Service).getFederationToken) }

func (s *Service) getFederationToken(r *services.Request, in *GetFederationTokenRequest) (*GetFederationTokenResponse, error) {
	if r.Caller.Session != "" {
		return nil, accessDenied("GetFederationToken")
	}
	size, err := checkSession(in.Policy, in.PolicyArns, in.Tags)
	if err != nil {
		return nil, err
	}
	account := r.Caller.Account
	p := identity.Principal{
		Account: account, ID: account + ":" + *in.Name,
		ARN: aws.ARN{Partition: aws.Partition(r.Call.Region), Service: "sts", Account: account, Resource: "federated-user/" + *in.Name}.String(),
	}
	credentials, err := s.issue(r, p, duration(in.DurationSeconds, sessionOfUser), "")
	if err != nil {
		return nil, err
	}
	return &GetFederationTokenResponse{
		Credentials: credentials, FederatedUser: &FederatedUser{FederatedUserId: &p.ID, Arn: &p.ARN}, PackedPolicySize: size,
	}, nil
}
