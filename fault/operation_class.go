package fault

import "strings"

// The operation classes that match.operation knows besides names and globs.
const (
	ClassRead  = "read"
	ClassWrite = "write"
)

// readVerbs begin the names of operations that change nothing.
var readVerbs = []string{
	"Get", "List", "Describe", "Head", "Query", "Scan", "Search", "Lookup", "Select", "View", "Check", "Count", "Discover",
	"Estimate", "Filter", "Preview", "Retrieve", "Simulate", "Test", "Validate", "Verify",
	"BatchGet", "BatchList", "BatchDescribe", "BatchCheck", "TransactGet",
}

// IsRead reports whether an operation is of the class "read"; all others are of the class "write".
// The name decides: it begins with a verb such as Get, List, Describe, Query or BatchGet. An operation
// that may do either (ExecuteStatement, ReceiveMessage) is a write.
func IsRead(operation string) bool {
	for _, verb := range readVerbs {
		if rest, ok := strings.CutPrefix(operation, verb); ok && (rest == "" || rest[0] < 'a' || rest[0] > 'z') {
			return true
		}
	}
	return false
}

func operationMatches(patterns Patterns, operation string) bool {
	if len(patterns) == 0 {
		return true
	}
	for _, pattern := range patterns {
		switch {
		case pattern == ClassRead && IsRead(operation), pattern == ClassWrite && operation != "" && !IsRead(operation), match(pattern, operation):
			return true
		}
	}
	return false
}
