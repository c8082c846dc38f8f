package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "TagRole", (*Service).tagRole) }

func (s *Service) tagRole(r *services.Request, in *TagRoleRequest) (*nothing, error) {
	return none(s.changeRole(r, *in.RoleName, func(_ *transaction, role *roleRecord) (err error) {
		role.Role.Tags, err = setTags(role.Role.Tags, in.Tags)
		return err
	}))
}
