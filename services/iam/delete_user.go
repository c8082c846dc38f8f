package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "DeleteUser", (*Service).deleteUser) }

func (s *Service) deleteUser(r *services.Request, in *DeleteUserRequest) (*nothing, error) {
	return none(s.change(r, func(t *transaction) error {
		user, err := t.user(*in.UserName)
		if err != nil {
			return err
		}
		if err := user.empty(); err != nil {
			return err
		}
		if len(user.Keys) > 0 {
			return inUse("Cannot delete entity, must delete access keys first.")
		}
		return t.writer.Delete(t.key(userLetter, *in.UserName))
	}))
}
