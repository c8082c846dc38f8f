package dynamodb

import (
	"slices"

	"github.com/brownoutdev/brownout/services/dynamodb/expression"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
	"github.com/brownoutdev/brownout/services/dynamodb/partiql"
)

const mostStatementBytes = 8192

// AWS's texts about PartiQL statements that are well formed. Operations on statements speak in the
// words of the older generation.
const (
	textMandatoryKey     = "Where clause does not contain a mandatory equality on all key attributes"
	textExistsElsewhere  = "EXISTS can only be used in ExecuteTransaction write requests."
	textStatementIndex   = "The table does not have the specified index"
	textSeveralKeyParts  = "PartiQL statements cannot be executed on tables with multi-attribute HASH keys or multi-attribute RANGE keys."
	textConsistentGlobal = "Strongly consistent read is not supported on Global Secondary Indexes"
)

// readStatement reads a PartiQL statement; its parameters are judged before it.
func readStatement(text string, parameters []item.Value) (*partiql.Statement, error) {
	if err := checkParameters(parameters); err != nil {
		return nil, err
	}
	return parseStatement(text, parameters)
}

func checkParameters(parameters []item.Value) error {
	for i := range parameters {
		if err := parameters[i].Validate(); err != nil {
			return older.fault(err)
		}
	}
	return nil
}

func parseStatement(text string, parameters []item.Value) (*partiql.Statement, error) {
	s, err := partiql.Parse(text, parameters)
	if err != nil {
		return nil, older.fault(err)
	}
	return s, nil
}

// statement checks the members that say what to execute, at a path of the request.
func (c *constraints) statement(path string, text *string, parameters []item.Value) {
	c.required(path+"statement", text == nil)
	c.length(path+"statement", text, 1, mostStatementBytes)
	if parameters != nil && len(parameters) == 0 {
		c.add(path+"parameters", "[]", "Member must have length greater than or equal to 1")
	}
}

// conjuncts are the conditions that all must hold.
func conjuncts(c *expression.Condition) []expression.Condition {
	switch {
	case c == nil:
		return nil
	case c.Operator == expression.And:
		return c.Conditions
	}
	return []expression.Condition{*c}
}

// all is the condition that all of these hold; nil for none.
func all(conditions []expression.Condition) *expression.Condition {
	switch len(conditions) {
	case 0:
		return nil
	case 1:
		return &conditions[0]
	}
	return &expression.Condition{Operator: expression.And, Conditions: conditions}
}

// splitKey takes the equalities on the table's key attributes out of a WHERE clause; ok is false when
// it does not name one item by them.
func (st *state) splitKey(where *expression.Condition) (key item.Item, rest []expression.Condition, ok bool) {
	rest = slices.Clone(conjuncts(where))
	ok = st.keys.each(func(a attribute) bool {
		at := slices.IndexFunc(rest, func(c expression.Condition) bool {
			k, ok := c.KeyCondition()
			return ok && k.Attribute == a.name && k.Operator == expression.Equal
		})
		if at < 0 {
			return false
		}
		k, _ := rest[at].KeyCondition()
		key = append(key, item.Attribute{Name: a.name, Value: k.Values[0]})
		rest = slices.Delete(rest, at, at+1)
		return true
	})
	return key, rest, ok
}

// action makes a write of a statement that is one, or the check of an EXISTS.
func (s *Service) action(st *state, name string, statement *partiql.Statement, showOld bool) (*action, error) {
	hash := expression.PathTo(expression.AttributePath(st.keys.hash[0].name))
	is := func(operator expression.Operator) expression.Condition {
		return expression.Condition{Operator: operator, Operands: []expression.Operand{hash}}
	}
	if statement.Kind == partiql.Insert {
		if statement.Item.Size() > item.MaxSize {
			return nil, invalid(textItemTooLarge)
		}
		isNew := is(expression.AttributeNotExists)
		return &action{name: name, item: statement.Item, write: &pending{condition: (*condition)(&isNew), inserts: true}}, nil
	}
	key, rest, ok := st.splitKey(statement.Condition)
	if !ok {
		return nil, invalid(textMandatoryKey)
	}
	if err := older.checkKeyValues(key); err != nil {
		return nil, err
	}
	a := &action{name: name, key: key, write: &pending{showOld: showOld}}
	switch statement.Kind {
	case partiql.Exists:
		a.isCheck = true
		a.write.condition = (*condition)(all(rest))
	case partiql.Delete:
		a.write.change = deleteChange
		if left := all(rest); left != nil { // a DELETE of nothing never fails
			a.write.condition = (*condition)(&expression.Condition{
				Operator: expression.Or, Conditions: []expression.Condition{is(expression.AttributeNotExists), *left},
			})
		}
	default:
		u := &updating{pending: pending{showOld: showOld}, key: key, update: expression.NewUpdate(statement.Actions)}
		u.change = u.apply
		u.condition = (*condition)(all(append([]expression.Condition{is(expression.AttributeExists)}, rest...)))
		a.update, a.write = u, &u.pending
	}
	return a, nil
}

// returned are the attributes that a statement gives back of its write; nil for none.
func (a *action) returned(what partiql.Returning) rawJSON {
	switch {
	case what == partiql.ReturningNothing:
		return nil
	case a.update != nil:
		return a.update.returned(map[partiql.Returning]string{
			partiql.ReturningAllOld: returnAllOld, partiql.ReturningModifiedOld: returnUpdatedOld,
			partiql.ReturningAllNew: returnAllNew, partiql.ReturningModifiedNew: returnUpdatedNew,
		}[what])
	case a.write.old != nil:
		return a.write.old.JSON()
	}
	return nil
}
