package dynamodb

import (
	"maps"
	"slices"

	"github.com/brownoutdev/brownout/services/dynamodb/expression"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// The parameters from before expressions are read into the trees that expressions are read into, and
// carried out by the same evaluator. Where a parameter is a map, attributes are taken in the order of
// their names.

const (
	enumComparison  = "IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS"
	enumConditional = "OR, AND"
	enumAction      = "ADD, PUT, DELETE"
)

// operator is a legacy comparison.
type operator struct {
	as expression.Operator
	// negated is of attributes that are there and of which the condition is false.
	negated bool
	// arguments is how many there must be; -1 is one or more.
	arguments int
	// takes are the types of arguments that it knows; nil is all.
	takes []item.Type
}

var (
	scalars   = []item.Type{item.S, item.N, item.B}
	contained = []item.Type{item.S, item.N, item.B, item.BOOL, item.NULL}
)

var operators = map[string]operator{
	"EQ":           {as: expression.Equal, arguments: 1},
	"NE":           {as: expression.NotEqual, arguments: 1},
	"LE":           {as: expression.LessEqual, arguments: 1, takes: scalars},
	"LT":           {as: expression.Less, arguments: 1, takes: scalars},
	"GE":           {as: expression.GreaterEqual, arguments: 1, takes: scalars},
	"GT":           {as: expression.Greater, arguments: 1, takes: scalars},
	"NOT_NULL":     {as: expression.AttributeExists},
	"NULL":         {as: expression.AttributeNotExists},
	"CONTAINS":     {as: expression.Contains, arguments: 1, takes: contained},
	"NOT_CONTAINS": {as: expression.Contains, arguments: 1, takes: contained, negated: true},
	"BEGINS_WITH":  {as: expression.BeginsWith, arguments: 1, takes: []item.Type{item.S, item.B}},
	"IN":           {as: expression.In, arguments: -1, takes: scalars},
	"BETWEEN":      {as: expression.Between, arguments: 2, takes: scalars},
}

// check judges the arguments of a comparison.
func (o operator) check(v voice, name string, arguments []item.Value) error {
	for i := range arguments {
		if err := arguments[i].Validate(); err != nil {
			return v.fault(err)
		}
	}
	if n := len(arguments); o.arguments >= 0 && n != o.arguments || o.arguments < 0 && n == 0 {
		return v.parameter("Invalid number of argument(s) for the " + name + " ComparisonOperator")
	}
	for i := range arguments {
		if t := arguments[i].Type; o.takes != nil && !slices.Contains(o.takes, t) {
			return v.parameter("ComparisonOperator " + name + " is not valid for " + t.String() + " AttributeValue type")
		}
	}
	for i := range arguments {
		if arguments[i].Type != arguments[0].Type {
			return v.parameter("AttributeValues inside AttributeValueList must be of same type")
		}
	}
	if o.as == expression.Between {
		if order, ok := item.Compare(arguments[0], arguments[1]); ok && order > 0 {
			return v.request("The BETWEEN condition was provided a range where the lower bound is greater than the upper bound")
		}
	}
	return nil
}

// condition is the comparison of an attribute.
func (o operator) condition(attribute string, arguments []item.Value) expression.Condition {
	operands := make([]expression.Operand, 0, len(arguments)+1)
	operands = append(operands, expression.PathTo(expression.AttributePath(attribute)))
	for _, a := range arguments {
		operands = append(operands, expression.Literal(a))
	}
	c := expression.Condition{Operator: o.as, Operands: operands}
	if o.negated { // unlike NE, NOT_CONTAINS is false of an attribute that is not there
		exists := expression.Condition{Operator: expression.AttributeExists, Operands: operands[:1:1]}
		not := expression.Condition{Operator: expression.Not, Conditions: []expression.Condition{c}}
		return expression.Condition{Operator: expression.And, Conditions: []expression.Condition{exists, not}}
	}
	return c
}

// parameter is the kind of fault of the request that AWS begins with these words.
func (v voice) parameter(text string) error {
	return v.request("One or more parameter values were invalid: " + text)
}

// combined is what ConditionalOperator makes of several conditions; nil of none.
func combined(conditions []expression.Condition, operator *string) *condition {
	switch len(conditions) {
	case 0:
		return nil
	case 1:
		return (*condition)(&conditions[0])
	}
	c := &condition{Operator: expression.And, Conditions: conditions}
	if is(operator, "OR") {
		c.Operator = expression.Or
	}
	return c
}

// checkCondition refuses a write whose condition is told in both ways, or with an operator that combines nothing.
func (v voice) checkCondition(expected map[string]ExpectedAttributeValue, operator, conditionExpression *string) error {
	if err := v.mixed([]parameter{{"Expected", expected != nil}, {"ConditionalOperator", operator != nil}},
		[]parameter{{"ConditionExpression", conditionExpression != nil}}); err != nil {
		return err
	}
	return v.conditionalOperator(operator, len(expected))
}

// conditionalOperator refuses the parameter where there are no conditions that it could combine.
func (v voice) conditionalOperator(operator *string, conditions int) error {
	switch {
	case operator == nil:
		return nil
	case conditions > 1:
		return v.unknownOperator(operator)
	case conditions == 1:
		return v.request("ConditionalOperator can only be used when Filter or Expected has two or more elements")
	}
	return v.request("ConditionalOperator cannot be used without Filter or Expected")
}

// unknownOperator refuses what is no ConditionalOperator in today's words; the older ones are among the constraints.
func (v voice) unknownOperator(operator *string) error {
	if v == older || operator == nil || inSet(*operator, enumConditional) {
		return nil
	}
	return v.request("Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]") // AWS means AND
}

// filter reads QueryFilter or ScanFilter; nil when there is none.
func (v voice) filter(filter map[string]Condition, operator *string) (*condition, error) {
	conditions := make([]expression.Condition, 0, len(filter))
	for _, name := range slices.Sorted(maps.Keys(filter)) {
		c := filter[name]
		o := operators[*c.ComparisonOperator]
		if err := o.check(v, *c.ComparisonOperator, c.AttributeValueList); err != nil {
			return nil, err
		}
		conditions = append(conditions, o.condition(name, c.AttributeValueList))
	}
	return combined(conditions, operator), nil
}

// keyConditions reads KeyConditions. Comparisons that no key can answer are found out with the schema.
func (v voice) keyConditions(in map[string]Condition) (expression.KeyConditions, error) {
	keys := make(expression.KeyConditions, 0, len(in))
	for _, name := range slices.Sorted(maps.Keys(in)) {
		c := in[name]
		o := operators[*c.ComparisonOperator]
		if err := o.check(v, *c.ComparisonOperator, c.AttributeValueList); err != nil {
			return nil, err
		}
		keys = append(keys, expression.KeyCondition{Attribute: name, Operator: o.as, Values: c.AttributeValueList})
	}
	if len(keys) == 0 || len(keys) > 2 {
		return nil, v.request(textConditions)
	}
	return keys, nil
}

const textConditions = "Conditions can be of length 1 or 2 only"

// attributesToGet reads AttributesToGet; nil when there is none.
func (v voice) attributesToGet(names []string) (*projection, error) {
	if names == nil {
		return nil, nil
	}
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return nil, v.parameter("Duplicate value in attribute name: " + name)
		}
		if err := item.CheckName(name); err != nil && name != "" {
			return nil, v.fault(err)
		}
	}
	return (*projection)(expression.ProjectAttributes(names...)), nil
}

// legacyFilter checks the members of a filter or of KeyConditions.
func (c *constraints) legacyConditions(path string, conditions map[string]Condition) {
	for _, name := range slices.Sorted(maps.Keys(conditions)) {
		at := path + "." + name + ".member.comparisonOperator"
		c.required(at, conditions[name].ComparisonOperator == nil)
		c.oneOf(at, conditions[name].ComparisonOperator, enumComparison)
	}
}

// legacyNames checks AttributesToGet.
func (c *constraints) legacyNames(path string, names []string) {
	if names != nil && len(names) == 0 {
		c.add(path, "[]", "Member must have length greater than or equal to 1")
	}
}
