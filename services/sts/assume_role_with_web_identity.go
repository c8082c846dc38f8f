package sts

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/brownoutdev/brownout/services"
)

func init() {
	services.Add(&operations, "AssumeRoleWithWebIdentity", (*Service).assumeRoleWithWebIdentity)
}

// assumeRoleWithWebIdentity believes every token: its signature, issuer and dates are not checked.
func (s *Service) assumeRoleWithWebIdentity(r *services.Request, in *AssumeRoleWithWebIdentityRequest) (*AssumeRoleWithWebIdentityResponse, error) {
	size, err := checkSession(in.Policy, in.PolicyArns, nil)
	if err != nil {
		return nil, err
	}
	lasts := duration(in.DurationSeconds, sessionOfRole)
	p, err := s.roleSession(r, *in.RoleArn, *in.RoleSessionName, lasts)
	if err != nil {
		return nil, err
	}
	claims := claimsOf(*in.WebIdentityToken)
	source := text(claims, "https://aws.amazon.com/source_identity")
	credentials, err := s.issue(r, p, lasts, source)
	if err != nil {
		return nil, err
	}
	out := &AssumeRoleWithWebIdentityResponse{
		Credentials: credentials, AssumedRoleUser: assumedBy(p), PackedPolicySize: size, Provider: in.ProviderId,
		SubjectFromWebIdentityToken: optional(text(claims, "sub")), Audience: optional(text(claims, "aud")), SourceIdentity: optional(source),
	}
	if out.Provider == nil {
		out.Provider = optional(text(claims, "iss"))
	}
	return out, nil
}

// claimsOf are the claims of a JSON web token; nil when it is none.
func claimsOf(token string) (claims map[string]any) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil || json.Unmarshal(payload, &claims) != nil {
		return nil
	}
	return claims
}

// text is a claim; of a list the first.
func text(claims map[string]any, name string) string {
	value := claims[name]
	if list, ok := value.([]any); ok && len(list) > 0 {
		value = list[0]
	}
	said, _ := value.(string)
	return said
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
