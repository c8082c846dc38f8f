package iam

import (
	"strings"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "ListRoles", (*Service).listRoles) }

func (s *Service) listRoles(r *services.Request, in *ListRolesRequest) (*ListRolesResponse, error) {
	var roles []Role
	err := s.view(r, func(t *transaction) error {
		return each(t, t.key(roleLetter, ""), func(role *roleRecord) error {
			if hasPrefix(role.Role.Path, in.PathPrefix) {
				roles = append(roles, role.listed())
			}
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	out := &ListRolesResponse{}
	out.Roles, out.IsTruncated, out.Marker, err = page(roles, func(r *Role) string { return strings.ToLower(*r.RoleName) }, in.Marker, in.MaxItems)
	return out, err
}
