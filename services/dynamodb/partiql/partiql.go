// Package partiql reads DynamoDB's dialect of PartiQL: SELECT, INSERT, UPDATE (also in its FROM-first
// form), DELETE and EXISTS. What a statement asks of an item is compiled to the syntax trees of package
// expression, so that both languages are carried out by one evaluator.
//
// The grammar is PartiQL's; a statement outside of DynamoDB's dialect is refused in AWS's words where
// they are known. All faults are *item.Error.
package partiql

import (
	"github.com/brownoutdev/brownout/services/dynamodb/expression"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// Kind is what a statement does.
type Kind uint8

// The kinds of statements. Exists is a condition check within a transaction.
const (
	Select Kind = iota
	Exists
	Insert
	Update
	Delete
)

// Reads is whether a statement of the kind only looks at items; an Exists belongs to writes.
func (k Kind) Reads() bool { return k == Select }

// Returning is which attributes a write gives back.
type Returning uint8

// The RETURNING clauses.
const (
	ReturningNothing Returning = iota
	ReturningAllOld
	ReturningModifiedOld
	ReturningAllNew
	ReturningModifiedNew
)

var returningTexts = [...]string{"", "ALL OLD *", "MODIFIED OLD *", "ALL NEW *", "MODIFIED NEW *"}

// String is the clause as statements write it.
func (r Returning) String() string { return returningTexts[r] }

// Order is one attribute of an ORDER BY.
type Order struct {
	Attribute  string
	Descending bool
}

// Statement is a statement with its parameters filled in.
type Statement struct {
	Kind  Kind
	Table string
	// Index is what a SELECT reads in place of the table; empty for the table.
	Index string
	// Columns are what a SELECT asks for; nil: everything.
	Columns []Column
	// Condition is the WHERE clause; nil: there is none.
	Condition *expression.Condition
	// Order is the ORDER BY of a SELECT.
	Order []Order
	// Item is what an INSERT puts.
	Item item.Item
	// Actions are what an UPDATE does.
	Actions []expression.Action
	// Returning is the clause of an UPDATE or a DELETE.
	Returning Returning
}

// AWS's texts that more than one place needs.
const (
	textMalformed       = "Statement wasn't well formed, can't be processed: "
	textParameters      = "Number of parameters in request and statement don't match."
	textSingleTable     = "FROM clause may only contain a single table name in data manipulation statements"
	textAliasing        = "Aliasing is not supported"
	textEmptyComponent  = "Path component cannot be an empty string"
	textUnexpectedPath  = "Unexpected path component"
	textUnsupported     = "Unsupported operation: "
	textUnrecognized    = "Unrecognized function: "
	textManyComponents  = "A path may contain at most 2 components in the FROM clause"
	textIndexOperation  = "This operation is not supported on an index"
	textSeveralItems    = textUnsupported + `Inserting multiple items in a single statement is not supported, use "INSERT INTO tableName VALUE item" instead`
	textConditionNeeded = "WHERE clause must contain an expression that resolves to a boolean"
)

func fault(text string) *item.Error { return &item.Error{Today: text} }

func malformed(detail string) *item.Error { return fault(textMalformed + detail) }

// Parse reads a statement. The parameters, which have been validated, stand for its question marks in order.
func Parse(text string, parameters []item.Value) (*Statement, error) {
	tokens, questions, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := parser{tokens: tokens}
	root, err := p.statement()
	if err != nil {
		return nil, err
	}
	if questions != len(parameters) {
		return nil, fault(textParameters)
	}
	c := compiler{parameters: parameters}
	return c.statement(root)
}
