package iam

import (
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "GetUser", (*Service).getUser) }

func (s *Service) getUser(r *services.Request, in *GetUserRequest) (*GetUserResponse, error) {
	if in.UserName == nil && r.Caller.ARN == "" { // the account's root: a user without a name
		return &GetUserResponse{User: &User{UserId: &r.Caller.Account, CreateDate: &rootSince,
			Arn: new(aws.ARN{Partition: aws.Partition(r.Call.Region), Service: "iam", Account: r.Caller.Account, Resource: "root"}.String())}}, nil
	}
	name, err := userName(r, in.UserName)
	if err != nil {
		return nil, err
	}
	user, err := s.viewUser(r, name)
	if err != nil {
		return nil, err
	}
	return &GetUserResponse{User: &user.User}, nil
}

// rootSince stands for when an account was opened: nobody has opened ours.
var rootSince = time.Date(2006, 3, 14, 0, 0, 0, 0, time.UTC)
