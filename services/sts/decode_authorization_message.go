package sts

import "github.com/brownoutdev/brownout/services"

func init() {
	services.Add(&operations, "DecodeAuthorizationMessage", (*Service).decodeAuthorizationMessage)
}

// decodeAuthorizationMessage knows no message: Brownout never makes one.
func (s *Service) decodeAuthorizationMessage(*services.Request, *DecodeAuthorizationMessageRequest) (*DecodeAuthorizationMessageResponse, error) {
	return nil, refused("InvalidAuthorizationMessageException", "Message is not valid")
}
