package iam

import (
	"strings"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "CreateRole", (*Service).createRole) }

func (s *Service) createRole(r *services.Request, in *CreateRoleRequest) (*CreateRoleResponse, error) {
	path, err := checkPath(in.Path)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(path, linkedPath) {
		return nil, invalid("Path %s is reserved for service-linked roles", path)
	}
	if err := checkTrust(*in.AssumeRolePolicyDocument); err != nil {
		return nil, err
	}
	if size(*in.AssumeRolePolicyDocument) > mostTrust {
		return nil, tooMany("ACLSizePerRole", mostTrust)
	}
	tags, err := setTags(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	var role *roleRecord
	err = s.change(r, func(t *transaction) error {
		if err := t.checkBoundary(in.PermissionsBoundary); err != nil {
			return err
		}
		role = t.newRole(path, *in.RoleName, *in.AssumeRolePolicyDocument)
		role.Role.Description, role.Role.Tags = in.Description, tags
		if in.MaxSessionDuration != nil {
			role.Role.MaxSessionDuration = in.MaxSessionDuration
		}
		if in.PermissionsBoundary != nil {
			role.Role.PermissionsBoundary = boundary(*in.PermissionsBoundary)
		}
		return t.addRole(role)
	})
	if err != nil {
		return nil, err
	}
	shown := role.shown()
	shown.RoleLastUsed = nil // only GetRole answers it
	return &CreateRoleResponse{Role: shown}, nil
}

// newRole is a role that is not stored yet.
func (t *transaction) newRole(path, name, trust string) *roleRecord {
	return &roleRecord{Role: Role{
		Path: &path, RoleName: &name, RoleId: new(t.uniqueID("AROA")), Arn: new(t.arn("role" + path + name)), CreateDate: &t.now,
		AssumeRolePolicyDocument: &trust, MaxSessionDuration: new(int64(3600)),
	}}
}

// addRole stores a new role.
func (t *transaction) addRole(role *roleRecord) error {
	_, taken, err := read[roleRecord](t, t.key(roleLetter, *role.Role.RoleName))
	if err != nil {
		return err
	}
	if taken {
		return exists("Role with name %s already exists.", *role.Role.RoleName)
	}
	return t.putRole(role)
}
