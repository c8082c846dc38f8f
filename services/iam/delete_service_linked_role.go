package iam

import (
	"time"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "DeleteServiceLinkedRole", (*Service).deleteServiceLinkedRole) }

func (s *Service) deleteServiceLinkedRole(r *services.Request, in *DeleteServiceLinkedRoleRequest) (*DeleteServiceLinkedRoleResponse, error) {
	var task string
	err := s.change(r, func(t *transaction) error {
		role, err := t.role(*in.RoleName)
		switch {
		case err != nil:
			return err
		case !role.linked():
			return invalid("Role %s is not a service-linked role.", *in.RoleName)
		}
		task = "task" + *role.Role.Path + *in.RoleName + "/" + s.IDs.UUID()
		if err := t.writer.Delete(t.key(roleLetter, *in.RoleName)); err != nil {
			return err
		}
		return t.put(t.key(deletionLetter, task), &deletionRecord{At: t.now})
	})
	return &DeleteServiceLinkedRoleResponse{DeletionTaskId: &task}, err
}

// deletionRecord says that a service-linked role was deleted: it happens at once.
type deletionRecord struct{ At time.Time }
