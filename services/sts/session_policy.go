package sts

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

const (
	mostPolicyCharacters = 2048
	mostPolicies         = 10
	mostTags             = 50
)

// checkSession judges what narrows a session, and answers how much of AWS's packed size it takes in
// percent; nil when nothing does. AWS does not say how it packs: ours is the share of the 2,048 characters.
func checkSession(policy *string, arns []PolicyDescriptorType, tags []Tag) (packed *int64, err error) {
	if len(arns) > mostPolicies {
		return nil, invalid("1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to 10")
	}
	if policy == nil && len(arns) == 0 && len(tags) == 0 {
		return nil, nil
	}
	size := 0
	if policy != nil {
		var document map[string]any
		if json.Unmarshal([]byte(*policy), &document) != nil || document["Statement"] == nil {
			return nil, refused("MalformedPolicyDocument", "This policy contains invalid Json")
		}
		size += utf8.RuneCountInString(*policy)
	}
	for _, arn := range arns {
		if arn.Arn != nil {
			size += utf8.RuneCountInString(*arn.Arn)
		}
	}
	if size > mostPolicyCharacters {
		return nil, refused("PackedPolicyTooLarge", "Packed policy consumes %d%% of allotted space, please use smaller policy.", size*100/mostPolicyCharacters)
	}
	seen := map[string]bool{}
	for _, tag := range tags {
		key := strings.ToLower(*tag.Key)
		if seen[key] {
			return nil, invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
		}
		if strings.HasPrefix(key, "aws:") {
			return nil, invalid("System tags cannot be added/updated by requester")
		}
		seen[key] = true
		size += len(*tag.Key) + len(*tag.Value)
	}
	if len(tags) > mostTags {
		return nil, invalid("1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50")
	}
	return new(int64(min(100, max(1, size*100/mostPolicyCharacters)))), nil
}
