package iam

import (
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/services"
)

// policyRecord is a managed policy of a user's as it is stored; documents are stored as they came.
type policyRecord struct {
	Policy Policy
	// Versions are in the order in which they were made.
	Versions []PolicyVersion
	// Last is the number of the newest version that ever was.
	Last int
}

const (
	mostVersions = 5
	mostPolicy   = 6144
)

// isAWSManaged reports whether an ARN is that of a policy that AWS has made. Brownout does not know
// which there are, and takes every name for one.
func isAWSManaged(arn string) bool {
	rest, ok := strings.CutPrefix(arn, "arn:aws")
	at := strings.Index(rest, ":iam::aws:policy/")
	return ok && at >= 0 && !strings.Contains(rest[:at], ":") && !strings.HasSuffix(rest, "/")
}

// policyPath splits a policy's ARN into path and name.
func policyPath(arn string) (path, name string) {
	_, rest, _ := strings.Cut(arn, ":policy")
	at := strings.LastIndexByte(rest, '/') + 1
	return rest[:at], rest[at:]
}

// policy is a managed policy of the account, or AWS's error that it does not exist.
func (t *transaction) policy(arn string) (*policyRecord, error) {
	name, account := nameOf(arn, "policy/")
	if name == "" {
		return nil, badInput("ARN %s is not valid.", arn)
	}
	if account == t.account {
		policy, ok, err := read[policyRecord](t, t.key(policyLetter, name))
		if err != nil {
			return nil, err
		}
		if ok && *policy.Policy.Arn == arn {
			return policy, nil
		}
	}
	return nil, noSuch("Policy %s was not found.", arn)
}

func (t *transaction) putPolicy(policy *policyRecord) error {
	return t.put(t.key(policyLetter, *policy.Policy.PolicyName), policy)
}

func (s *Service) changePolicy(r *services.Request, arn string, fn func(*transaction, *policyRecord) error) error {
	if isAWSManaged(arn) {
		return refused("AccessDenied", 403, "User is not authorized to perform this operation on resource: policy %s", arn)
	}
	return s.change(r, func(t *transaction) error {
		policy, err := t.policy(arn)
		if err != nil {
			return err
		}
		if err := fn(t, policy); err != nil {
			return err
		}
		return t.putPolicy(policy)
	})
}

// version is one version of the policy, or AWS's error that it does not exist.
func (p *policyRecord) version(id string) (*PolicyVersion, error) {
	at := slices.IndexFunc(p.Versions, func(v PolicyVersion) bool { return *v.VersionId == id })
	if at < 0 {
		return nil, noSuch("Policy %s version %s does not exist or is not attachable.", *p.Policy.Arn, id)
	}
	return &p.Versions[at], nil
}

// setDefault makes one version the one in force.
func (p *policyRecord) setDefault(id string, now time.Time) {
	for i := range p.Versions {
		p.Versions[i].IsDefaultVersion = new(*p.Versions[i].VersionId == id)
	}
	p.Policy.DefaultVersionId, p.Policy.UpdateDate = &id, &now
}

// uses counts by ARN where managed policies are attached, and where they are boundaries.
type uses struct{ attached, bounds map[string]int64 }

func (t *transaction) uses() (uses, error) {
	u := uses{map[string]int64{}, map[string]int64{}}
	count := func(h *holder, bound *AttachedPermissionsBoundary) {
		for _, arn := range h.Attached {
			u.attached[arn]++
		}
		if bound != nil {
			u.bounds[*bound.PermissionsBoundaryArn]++
		}
	}
	err := each(t, t.key(roleLetter, ""), func(r *roleRecord) error { count(&r.holder, r.Role.PermissionsBoundary); return nil })
	if err != nil {
		return u, err
	}
	return u, each(t, t.key(userLetter, ""), func(r *userRecord) error { count(&r.holder, r.User.PermissionsBoundary); return nil })
}

// shown is a policy with how often it is used.
func (u uses) shown(p Policy) *Policy {
	p.AttachmentCount = new(u.attached[*p.Arn])
	p.PermissionsBoundaryUsageCount = new(u.bounds[*p.Arn])
	return &p
}

// awsManaged is what Brownout knows of a policy of AWS's: no more than its ARN says.
func awsManaged(arn string) Policy {
	path, name := policyPath(arn)
	sum := sha256.Sum256([]byte(arn))
	id := "ANPA" + base32.StdEncoding.EncodeToString(sum[:])[:17]
	began := time.Date(2015, 2, 6, 18, 39, 46, 0, time.UTC) // when AWS published its first ones
	return Policy{
		PolicyName: &name, PolicyId: &id, Arn: &arn, Path: &path, DefaultVersionId: new("v1"), IsAttachable: new(true),
		CreateDate: &began, UpdateDate: &began,
	}
}
