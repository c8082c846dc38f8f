package fault

import "github.com/brownoutdev/brownout/aws"

// matchesResource reports whether one of the call's resources is matched by one of the patterns.
func matchesResource(Patterns, *aws.Call) bool { return false }
