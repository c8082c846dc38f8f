package fault

import (
	"strings"

	"github.com/brownoutdev/brownout/aws"
)

// matchesResource reports whether one of the call's resources is matched by one of the patterns.
func matchesResource(patterns Patterns, c *aws.Call) bool {
	resources := c.Resources()
	for i := range resources {
		r := &resources[i]
		arn := r.FullARN()
		relative := aws.RelativeName(arn)
		for _, pattern := range patterns {
			if match(pattern, r.Name) || match(pattern, relative) || match(pattern, arn) || matchesTyped(pattern, r) {
				return true
			}
		}
	}
	return false
}

// matchesTyped takes "queue/jobs" and "function/work" for what AWS writes in other ways.
func matchesTyped(pattern string, r *aws.Resource) bool {
	kind, name, ok := strings.Cut(pattern, "/")
	return ok && r.Type != "" && match(kind, r.Type) && match(name, r.Name)
}
