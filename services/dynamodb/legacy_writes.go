package dynamodb

import (
	"maps"
	"slices"
	"strconv"

	"github.com/brownoutdev/brownout/services/dynamodb/expression"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// expected reads Expected; nil when there is none.
func (v voice) expected(expected map[string]ExpectedAttributeValue, conditional *string) (*condition, error) {
	conditions := make([]expression.Condition, 0, len(expected))
	for _, name := range slices.Sorted(maps.Keys(expected)) {
		e := expected[name]
		if err := v.checkExpected(name, &e); err != nil {
			return nil, err
		}
		how, arguments := "EQ", e.AttributeValueList
		if e.Value != nil {
			arguments = []item.Value{*e.Value}
		}
		switch {
		case e.ComparisonOperator != nil:
			how = *e.ComparisonOperator
		case e.Exists != nil && !*e.Exists:
			how = "NULL"
		}
		o := operators[how]
		if err := o.check(v, how, arguments); err != nil {
			return nil, err
		}
		conditions = append(conditions, o.condition(name, arguments))
	}
	return combined(conditions, conditional), nil
}

// expect sets the write's condition when the request has Expected.
func (p *pending) expect(v voice, expected map[string]ExpectedAttributeValue, conditional *string) error {
	c, err := v.expected(expected, conditional)
	if c != nil {
		p.condition = c
	}
	return err
}

// checkExpected judges which members stand together.
func (v voice) checkExpected(name string, e *ExpectedAttributeValue) error {
	attribute := " for Attribute: " + name
	switch o := e.ComparisonOperator; {
	case e.Value != nil && e.AttributeValueList != nil:
		return v.parameter("Value and AttributeValueList cannot be used together" + attribute)
	case o != nil && e.Exists != nil:
		return v.parameter("Exists and ComparisonOperator cannot be used together" + attribute)
	case o != nil:
		if e.Value == nil && e.AttributeValueList == nil && *o != "NULL" && *o != "NOT_NULL" {
			return v.parameter("Value or AttributeValueList must be used with ComparisonOperator: " + *o + attribute)
		}
	case e.AttributeValueList != nil:
		return v.parameter("AttributeValueList can only be used with a ComparisonOperator" + attribute)
	case e.Exists == nil && e.Value == nil:
		return v.parameter("Value must be provided when Exists is null" + attribute)
	case e.Exists != nil && *e.Exists && e.Value == nil:
		return v.parameter("Value must be provided when Exists is " + strconv.FormatBool(*e.Exists) + attribute)
	case e.Exists != nil && !*e.Exists && e.Value != nil:
		return v.parameter("Value cannot be used when Exists is false" + attribute)
	}
	return nil
}

// attributeUpdates reads AttributeUpdates; nil when there are none.
func (v voice) attributeUpdates(updates map[string]AttributeValueUpdate) (*expression.Update, error) {
	if len(updates) == 0 {
		return nil, nil
	}
	actions := make([]expression.Action, 0, len(updates))
	for _, name := range slices.Sorted(maps.Keys(updates)) {
		if err := item.CheckName(name); err != nil {
			return nil, v.fault(err)
		}
		a, err := v.attributeUpdate(name, updates[name])
		if err != nil {
			return nil, err
		}
		actions = append(actions, a)
	}
	return expression.NewUpdate(actions), nil
}

func (v voice) attributeUpdate(name string, u AttributeValueUpdate) (expression.Action, error) {
	how := "PUT"
	if u.Action != nil {
		how = *u.Action
	}
	a := expression.Action{Kind: expression.Remove, Path: expression.AttributePath(name)}
	if u.Value == nil {
		if how != "DELETE" {
			return a, v.parameter("Only DELETE action is allowed when no attribute value is specified")
		}
		return a, nil
	}
	if err := u.Value.Validate(); err != nil {
		return a, v.fault(err)
	}
	a.Operand = expression.Literal(*u.Value)
	switch t := u.Value.Type; {
	case how == "PUT":
		a.Kind = expression.Set
	case how == "DELETE" && !t.IsSet():
		return a, v.parameter("DELETE action with value is not supported for the type " + t.String())
	case how == "DELETE":
		a.Kind = expression.Delete
	case t == item.L:
		// ADD appends to a list, and makes one where there is none.
		path, none := expression.PathTo(a.Path), expression.Literal(item.List([]item.Value{}))
		list := expression.Operand{Kind: expression.IfNotExistsOperand, Arguments: []expression.Operand{path, none}}
		a.Kind, a.Operand = expression.Set, expression.Operand{Kind: expression.ListAppendOperand, Arguments: []expression.Operand{list, a.Operand}}
	case t != item.N && !t.IsSet():
		return a, v.parameter("ADD action is not supported for the type " + t.String())
	default:
		a.Kind = expression.Add
	}
	return a, nil
}

// legacyWrite checks the members of Expected, and in the older words ConditionalOperator.
func (c *constraints) legacyWrite(v voice, expected map[string]ExpectedAttributeValue, conditional *string) {
	if v == older {
		c.oneOf("conditionalOperator", conditional, enumConditional)
	}
	for _, name := range slices.Sorted(maps.Keys(expected)) {
		c.oneOf("expected."+name+".member.comparisonOperator", expected[name].ComparisonOperator, enumComparison)
	}
}

// legacyUpdates checks the members of AttributeUpdates.
func (c *constraints) legacyUpdates(updates map[string]AttributeValueUpdate) {
	for _, name := range slices.Sorted(maps.Keys(updates)) {
		c.oneOf("attributeUpdates."+name+".member.action", updates[name].Action, enumAction)
	}
}
