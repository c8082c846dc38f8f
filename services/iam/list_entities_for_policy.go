package iam

import (
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "ListEntitiesForPolicy", (*Service).listEntitiesForPolicy) }

func (s *Service) listEntitiesForPolicy(r *services.Request, in *ListEntitiesForPolicyRequest) (*ListEntitiesForPolicyResponse, error) {
	var entities []entity
	err := s.view(r, func(t *transaction) (err error) {
		if !isAWSManaged(*in.PolicyArn) {
			if _, err := t.policy(*in.PolicyArn); err != nil {
				return err
			}
		}
		entities, err = t.entities(in)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := &ListEntitiesForPolicyResponse{PolicyGroups: []PolicyGroup{}, PolicyUsers: []PolicyUser{}, PolicyRoles: []PolicyRole{}}
	entities, out.IsTruncated, out.Marker, err = page(entities, func(e *entity) string { return e.kind + strings.ToLower(*e.name) }, in.Marker, in.MaxItems)
	for _, e := range entities {
		if e.kind == roleEntity {
			out.PolicyRoles = append(out.PolicyRoles, PolicyRole{RoleName: e.name, RoleId: e.id})
		} else {
			out.PolicyUsers = append(out.PolicyUsers, PolicyUser{UserName: e.name, UserId: e.id})
		}
	}
	return out, err
}

// entity is a role or a user that a policy is attached to.
type entity struct {
	kind     string
	name, id *string
}

const roleEntity, userEntity = "Role", "User"

// entities are those that use a policy as asked, roles first.
func (t *transaction) entities(in *ListEntitiesForPolicyRequest) (found []entity, err error) {
	fits := func(kind string, path *string, h *holder, bound *AttachedPermissionsBoundary) bool {
		attached := slices.Contains(h.Attached, *in.PolicyArn) && value(in.PolicyUsageFilter) != "PermissionsBoundary"
		bounds := bound != nil && *bound.PermissionsBoundaryArn == *in.PolicyArn && value(in.PolicyUsageFilter) != "PermissionsPolicy"
		return (attached || bounds) && hasPrefix(path, in.PathPrefix) && (in.EntityFilter == nil || *in.EntityFilter == kind)
	}
	err = each(t, t.key(roleLetter, ""), func(r *roleRecord) error {
		if fits(roleEntity, r.Role.Path, &r.holder, r.Role.PermissionsBoundary) {
			found = append(found, entity{roleEntity, r.Role.RoleName, r.Role.RoleId})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return found, each(t, t.key(userLetter, ""), func(u *userRecord) error {
		if fits(userEntity, u.User.Path, &u.holder, u.User.PermissionsBoundary) {
			found = append(found, entity{userEntity, u.User.UserName, u.User.UserId})
		}
		return nil
	})
}
