package iam

import (
	"maps"
	"slices"
)

// holder is what roles and users have in common: policies.
type holder struct {
	// Inline are the documents of the policies of its own, by name.
	Inline map[string]string `json:",omitempty"`
	// Attached are the ARNs of managed policies, in order.
	Attached []string `json:",omitempty"`
}

const mostAttached = 10

// attach attaches a managed policy; one that is attached already stays.
func (h *holder) attach(t *transaction, arn, quota string) error {
	if !isAWSManaged(arn) {
		if _, err := t.policy(arn); missing(err) {
			return noSuch("Policy %s does not exist or is not attachable.", arn)
		} else if err != nil {
			return err
		}
	}
	at, found := slices.BinarySearch(h.Attached, arn)
	if found {
		return nil
	}
	if len(h.Attached) >= mostAttached {
		return tooMany(quota, mostAttached)
	}
	h.Attached = slices.Insert(h.Attached, at, arn)
	return nil
}

func (h *holder) detach(arn string) error {
	at, found := slices.BinarySearch(h.Attached, arn)
	if !found {
		return noSuch("Policy %s was not found.", arn)
	}
	h.Attached = slices.Delete(h.Attached, at, at+1)
	return nil
}

// attached are the managed policies below a path.
func (h *holder) attached(prefix *string) (all []AttachedPolicy) {
	for _, arn := range h.Attached {
		path, name := policyPath(arn)
		if hasPrefix(&path, prefix) {
			all = append(all, AttachedPolicy{PolicyName: &name, PolicyArn: &arn})
		}
	}
	return all
}

// setInline sets a policy of its own. whose and most are for the message when all of them together become too large.
func (h *holder) setInline(name, document, whose string, most int) error {
	if err := checkPolicy(document); err != nil {
		return err
	}
	total := size(document)
	for other, text := range h.Inline {
		if other != name {
			total += size(text)
		}
	}
	if total > most {
		return refused("LimitExceeded", 409, "Maximum policy size of %d bytes exceeded for %s", most, whose)
	}
	if h.Inline == nil {
		h.Inline = map[string]string{}
	}
	h.Inline[name] = document
	return nil
}

func (h *holder) names() []string { return slices.Sorted(maps.Keys(h.Inline)) }

// empty says why somebody who still has policies cannot be deleted.
func (h *holder) empty() error {
	switch {
	case len(h.Attached) > 0:
		return inUse("Cannot delete entity, must detach all policies first.")
	case len(h.Inline) > 0:
		return inUse("Cannot delete entity, must delete policies first.")
	}
	return nil
}

// boundary is a permissions boundary as answers have it.
func boundary(arn string) *AttachedPermissionsBoundary {
	return &AttachedPermissionsBoundary{PermissionsBoundaryType: new("Policy"), PermissionsBoundaryArn: &arn}
}

// checkBoundary judges the ARN of a policy that is to bound somebody.
func (t *transaction) checkBoundary(arn *string) error {
	if arn == nil || isAWSManaged(*arn) {
		return nil
	}
	if _, account := nameOf(*arn, "policy/"); account == "" {
		return invalid("Value (%s) passed in for permissions boundary ARN is invalid.", *arn)
	}
	_, err := t.policy(*arn)
	if missing(err) {
		return noSuch("Scope ARN: %s does not exist or is not attachable.", *arn)
	}
	return err
}
