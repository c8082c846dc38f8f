package expression

import (
	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// KeyCondition is a condition on one key attribute: Equal, Less, LessEqual, Greater, GreaterEqual,
// Between (two values) or BeginsWith.
type KeyCondition struct {
	Attribute string
	Operator  Operator
	Values    []item.Value
}

// KeyConditions are the conditions of a KeyConditionExpression, one for an attribute, in the order in which they stand.
type KeyConditions []KeyCondition

// For is the condition on an attribute, nil when there is none.
func (k KeyConditions) For(attribute string) *KeyCondition {
	for i := range k {
		if k[i].Attribute == attribute {
			return &k[i]
		}
	}
	return nil
}

// Matches is whether a key attribute's value satisfies the condition.
func (k *KeyCondition) Matches(v item.Value) bool {
	switch k.Operator {
	case Equal:
		return item.Equal(v, k.Values[0])
	case Between:
		return ordered(GreaterEqual, v, k.Values[0]) && ordered(LessEqual, v, k.Values[1])
	case BeginsWith:
		return beginsWith(v, k.Values[0])
	}
	return ordered(k.Operator, v, k.Values[0])
}

// Keys are the conditions on key attributes that a parsed KeyConditionExpression consists of. The
// fault that it is more than that is reported after those of all the request's expressions, and of
// placeholders that none of them uses. Which attributes the key has is the caller's to check.
func (c *Condition) Keys() (KeyConditions, error) {
	keys := make(KeyConditions, 0, 2)
	if err := c.keys(&keys); err != nil {
		return nil, err
	}
	return keys, nil
}

func (c *Condition) keys(keys *KeyConditions) error {
	switch c.Operator {
	case And:
		for i := range c.Conditions {
			if err := c.Conditions[i].keys(keys); err != nil {
				return err
			}
		}
		return nil
	case Or, Not, In, NotEqual, AttributeExists, AttributeNotExists, AttributeType, Contains:
		return keyFault("Invalid operator used in KeyConditionExpression: " + c.Operator.String())
	}
	key, err := c.key()
	if err != nil {
		return err
	}
	if keys.For(key.Attribute) != nil {
		return keyFault("KeyConditionExpressions must only contain one condition per key")
	}
	*keys = append(*keys, key)
	return nil
}

// KeyCondition is the condition as one on a top-level attribute, if it can be one on a key.
func (c *Condition) KeyCondition() (KeyCondition, bool) {
	switch c.Operator {
	case Equal, Less, LessEqual, Greater, GreaterEqual, Between, BeginsWith:
		k, err := c.key()
		return k, err == nil && len(k.Values) > 0
	}
	return KeyCondition{}, false
}

// key is a condition on one attribute; for the comparators the attribute may stand on the right.
func (c *Condition) key() (KeyCondition, error) {
	key := KeyCondition{Operator: c.Operator}
	if (c.Operator == Between || c.Operator == BeginsWith) && c.Operands[0].Kind == ValueOperand {
		return key, keyFault("Invalid condition in KeyConditionExpression: " + c.Operator.String() + " operator must have the key attribute as its first operand")
	}
	key.Values = make([]item.Value, 0, len(c.Operands)-1)
	for i := range c.Operands {
		switch o := &c.Operands[i]; o.Kind {
		case PathOperand:
			switch {
			case key.Attribute != "":
				return key, keyFault("Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition")
			case len(o.Path) > 1:
				return key, keyFault("KeyConditionExpressions cannot have conditions on nested attributes")
			}
			key.Attribute = o.Path.Attribute()
			if i > 0 {
				key.Operator = mirrored(c.Operator)
			}
		case ValueOperand:
			key.Values = append(key.Values, *o.Value)
		default:
			return key, keyFault("KeyConditionExpressions cannot contain nested operations")
		}
	}
	if key.Attribute == "" {
		return key, keyFault("Invalid condition in KeyConditionExpression: No key attribute specified")
	}
	return key, nil
}

// mirrored is the operator with its operands changed over.
func mirrored(operator Operator) Operator {
	switch operator {
	case Less:
		return Greater
	case LessEqual:
		return GreaterEqual
	case Greater:
		return Less
	case GreaterEqual:
		return LessEqual
	}
	return operator
}

// keyFault is about an expression that is no key condition; the older words do not name it.
func keyFault(text string) error {
	return &item.Error{Today: "Invalid KeyConditionExpression: " + text, Classic: text}
}
