package sts

import (
	"strings"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/identity"
	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "AssumeRoot", (*Service).assumeRoot) }

const (
	sessionOfRoot = 15 * time.Minute
	rootTasks     = ":iam::aws:policy/root-task/"
)

func (s *Service) assumeRoot(r *services.Request, in *AssumeRootRequest) (*AssumeRootResponse, error) {
	account := *in.TargetPrincipal
	if arn, ok := aws.ParseARN(account); ok && arn.Resource == "root" {
		account = arn.Account
	}
	if len(account) != 12 || strings.Trim(account, "0123456789") != "" {
		return nil, invalid("%s is invalid", *in.TargetPrincipal)
	}
	if in.TaskPolicyArn.Arn == nil || !strings.Contains(*in.TaskPolicyArn.Arn, rootTasks) {
		return nil, invalid("The task policy must be one of arn:aws:iam::aws:policy/root-task/")
	}
	partition := aws.Partition(r.Call.Region)
	root := identity.Principal{Account: account, ID: account, ARN: "arn:" + partition + ":iam::" + account + ":root"}
	lasts := duration(in.DurationSeconds, sessionOfRoot)
	if lasts > sessionOfRoot {
		return nil, invalid("The requested DurationSeconds exceeds the MaxSessionDuration of 900 seconds of root sessions.")
	}
	credentials, err := s.issue(r, root, lasts, "")
	if err != nil {
		return nil, err
	}
	return &AssumeRootResponse{Credentials: credentials}, nil
}
