// Package expression is DynamoDB's expression language: conditions, filters, key conditions,
// projections and updates. Each is parsed, checked as far as it can be without an item, and then
// carried out on items.
//
// The syntax trees (Condition, Operand, Action, Path) can be built by others, too: the legacy
// parameters and PartiQL share the evaluator.
//
// Faults are *item.Error in AWS's bare words. Those that show only when an update meets an item
// are an *ItemError around one, since AWS words and orders them apart.
package expression

import "github.com/brownoutdev/brownout/services/dynamodb/item"

// Kind is which of a request's expressions a text is; it stands at the beginning of its faults.
type Kind uint8

// The kinds of expressions.
const (
	ConditionExpression Kind = iota
	FilterExpression
	KeyConditionExpression
	ProjectionExpression
	UpdateExpression
)

var kindNames = [...]string{
	"ConditionExpression", "FilterExpression", "KeyConditionExpression", "ProjectionExpression", "UpdateExpression",
}

// String is the name of the request parameter.
func (k Kind) String() string { return kindNames[k] }

// AWS's limits on one expression.
const (
	maxLength    = 4096 // bytes
	maxOperators = 300  // operators and functions
	maxInList    = 100  // operands of IN
	maxDepth     = 32   // elements of a document path
	maxIndex     = 1<<31 - 1
)

// Document is what a condition looks at: it gives one top-level attribute. item.Item and
// item.Stored are documents; the latter decodes only what is asked for.
type Document interface {
	Attribute(name string) (v item.Value, ok bool, err error)
}

// ItemError is a fault that shows only when an update meets an item: an operand that is missing or of
// the wrong type, a path that leads nowhere, a number out of range.
type ItemError struct{ Err *item.Error }

// Error is today's text.
func (e *ItemError) Error() string { return e.Err.Error() }

// Unwrap gives the *item.Error to errors.As.
func (e *ItemError) Unwrap() error { return e.Err }

// IsWrongType is whether an operand has a type that the action cannot take.
func (e *ItemError) IsWrongType() bool { return e.Err.Today == textWrongType }

func fault(text string) *item.Error { return &item.Error{Today: text} }

func itemFault(text string) error { return &ItemError{fault(text)} }
