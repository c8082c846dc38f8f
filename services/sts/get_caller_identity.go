package sts

import (
	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "GetCallerIdentity", (*Service).getCallerIdentity) }

// getCallerIdentity answers the account's root for keys of which no more than the account is known, as
// LocalStack does, and for calls without a signature.
func (s *Service) getCallerIdentity(r *services.Request, _ *GetCallerIdentityRequest) (*GetCallerIdentityResponse, error) {
	caller := r.Caller
	if caller.ARN == "" {
		caller.ARN = aws.ARN{Partition: aws.Partition(r.Call.Region), Service: "iam", Account: caller.Account, Resource: "root"}.String()
		caller.ID = caller.Account
	}
	if caller.ID == "" { // learnt without an id
		caller.ID = caller.AccessKey
		if caller.Session != "" {
			caller.ID = unknownRoleID(caller.Role) + ":" + caller.Session
		}
	}
	return &GetCallerIdentityResponse{UserId: &caller.ID, Account: &caller.Account, Arn: &caller.ARN}, nil
}
