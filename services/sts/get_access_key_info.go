package sts

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "GetAccessKeyInfo", (*Service).getAccessKeyInfo) }

func (s *Service) getAccessKeyInfo(_ *services.Request, in *GetAccessKeyInfoRequest) (*GetAccessKeyInfoResponse, error) {
	return &GetAccessKeyInfoResponse{Account: new(s.Identities.Of(*in.AccessKeyId).Account)}, nil
}
