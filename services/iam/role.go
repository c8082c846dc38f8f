package iam

import (
	"strings"

	"github.com/brownoutdev/brownout/services"
)

// roleRecord is a role as it is stored. Its trust policy is stored as it came.
type roleRecord struct {
	Role Role
	holder
}

const (
	mostInlineOfRole = 10240
	mostTrust        = 2048
	linkedPath       = "/aws-service-role/"
)

// role is a role of the account, or AWS's error that it does not exist.
func (t *transaction) role(name string) (*roleRecord, error) {
	role, ok, err := read[roleRecord](t, t.key(roleLetter, name))
	if err != nil {
		return nil, err
	}
	if !ok || *role.Role.RoleName != name {
		return nil, noSuch("The role with name %s cannot be found.", name)
	}
	return role, nil
}

func (t *transaction) putRole(role *roleRecord) error {
	return t.put(t.key(roleLetter, *role.Role.RoleName), role)
}

// changeRole changes one role. Those that belong to a service stay as they are, except for their descriptions.
func (s *Service) changeRole(r *services.Request, name string, fn func(*transaction, *roleRecord) error) error {
	return s.change(r, func(t *transaction) error {
		role, err := t.role(name)
		if err != nil {
			return err
		}
		if role.linked() {
			return protected(name)
		}
		if err := fn(t, role); err != nil {
			return err
		}
		return t.putRole(role)
	})
}

// viewRole reads one role.
func (s *Service) viewRole(r *services.Request, name string) (role *roleRecord, err error) {
	err = s.view(r, func(t *transaction) error {
		role, err = t.role(name)
		return err
	})
	return role, err
}

// linked reports whether the role belongs to a service.
func (r *roleRecord) linked() bool { return strings.HasPrefix(*r.Role.Path, linkedPath) }

func protected(name string) error {
	return refused("UnmodifiableEntity", 400, "Cannot perform the operation on the protected role '%s' - this role is only modifiable by AWS", name)
}

// shown is the role as GetRole answers it.
func (r *roleRecord) shown() *Role {
	role := r.Role
	role.AssumeRolePolicyDocument = escaped(*role.AssumeRolePolicyDocument)
	role.RoleLastUsed = &RoleLastUsed{}
	return &role
}

// listed is the role as lists and instance profiles have it.
func (r *roleRecord) listed() Role {
	role := r.Role
	role.AssumeRolePolicyDocument = escaped(*role.AssumeRolePolicyDocument)
	role.Tags, role.PermissionsBoundary = nil, nil
	return role
}
