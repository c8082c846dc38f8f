package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "DeleteRole", (*Service).deleteRole) }

func (s *Service) deleteRole(r *services.Request, in *DeleteRoleRequest) (*nothing, error) {
	return none(s.change(r, func(t *transaction) error {
		role, err := t.role(*in.RoleName)
		switch {
		case err != nil:
			return err
		case role.linked():
			return protected(*in.RoleName)
		}
		used, err := t.profiles(func(p *profileRecord) bool { return p.Role == *in.RoleName })
		if err != nil {
			return err
		}
		if len(used) > 0 {
			return inUse("Cannot delete entity, must remove roles from instance profile first.")
		}
		if err := role.empty(); err != nil {
			return err
		}
		return t.writer.Delete(t.key(roleLetter, *in.RoleName))
	}))
}
