package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "UntagRole", (*Service).untagRole) }

func (s *Service) untagRole(r *services.Request, in *UntagRoleRequest) (*nothing, error) {
	return none(s.changeRole(r, *in.RoleName, func(_ *transaction, role *roleRecord) error {
		role.Role.Tags = dropTags(role.Role.Tags, in.TagKeys)
		return nil
	}))
}
