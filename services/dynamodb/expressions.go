package dynamodb

import (
	"errors"
	"strings"

	"github.com/brownoutdev/brownout/services/dynamodb/expression"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// expressions reads the expressions of one request. The first fault is kept for end, so that a
// request's expressions are read in a row.
type expressions struct {
	voice        voice
	names        map[string]string
	values       item.Item
	placeholders *expression.Placeholders // made with the first expression
	keyCondition *expression.Condition
	keys         expression.KeyConditions
	err          error
}

func (v voice) expressions(names map[string]string, values item.Item) expressions {
	return expressions{voice: v, names: names, values: values}
}

// begin is true when there is an expression to read, and nothing wrong so far.
func (x *expressions) begin(text *string) bool {
	if text == nil || x.err != nil {
		return false
	}
	if x.placeholders == nil {
		x.placeholders = expression.NewPlaceholders(x.names, x.values)
		if err := x.placeholders.Check(); err != nil {
			x.err = x.voice.fault(err)
			return false
		}
	}
	return true
}

func (x *expressions) fail(err error) {
	if err != nil && x.err == nil {
		x.err = x.voice.fault(err)
	}
}

// condition is a ConditionExpression; nil when the request has none.
func (x *expressions) condition(text *string) *condition {
	return x.parse(expression.ConditionExpression, text)
}

// filter is a FilterExpression; nil when the request has none.
func (x *expressions) filter(text *string) *condition {
	return x.parse(expression.FilterExpression, text)
}

func (x *expressions) parse(kind expression.Kind, text *string) *condition {
	if !x.begin(text) {
		return nil
	}
	c, err := expression.ParseCondition(kind, *text, x.placeholders)
	x.fail(err)
	return (*condition)(c)
}

// projection is a ProjectionExpression; nil when the request has none.
func (x *expressions) projection(text *string) *projection {
	if !x.begin(text) {
		return nil
	}
	p, err := expression.ParseProjection(*text, x.placeholders)
	x.fail(err)
	return (*projection)(p)
}

// keyConditions reads a KeyConditionExpression; end leaves its conditions in keys.
func (x *expressions) keyConditions(text *string) {
	x.keyCondition = (*expression.Condition)(x.parse(expression.KeyConditionExpression, text))
}

// What Classic says behind values that no expression can use.
const textConditionNull = "ConditionExpression is null"

// end is the first fault of all. absent says, for Classic, which expressions the values lack.
func (x *expressions) end(absent string) error {
	if x.err != nil {
		return x.err
	}
	if x.placeholders == nil {
		return x.unusable(absent)
	}
	if err := x.placeholders.Unused(); err != nil {
		return x.voice.fault(err)
	}
	if x.keyCondition != nil {
		var err error
		if x.keys, err = x.keyCondition.Keys(); err != nil {
			return x.voice.fault(err)
		}
	}
	return nil
}

// unusable refuses placeholders without any expression.
func (x *expressions) unusable(absent string) error {
	switch {
	case x.names != nil:
		return x.voice.request("ExpressionAttributeNames can only be specified when using expressions")
	case x.values == nil:
		return nil
	}
	text := "ExpressionAttributeValues can only be specified when using expressions"
	if x.voice == older {
		text += ": " + absent
	}
	return x.voice.request(text)
}

// condition is a ConditionExpression or FilterExpression.
type condition expression.Condition

// holds tells whether the condition holds of an item; nil is no item.
func (c *condition) holds(stored item.Stored) (bool, error) {
	if stored == nil {
		return (*expression.Condition)(c).Matches(item.Item(nil))
	}
	return (*expression.Condition)(c).Matches(stored)
}

// projection is a ProjectionExpression.
type projection expression.Projection

// of is the JSON of what the projection takes of an item.
func (p *projection) of(stored item.Stored) ([]byte, error) {
	return (*expression.Projection)(p).AppendJSON(make([]byte, 0, len(stored)), stored)
}

// beyond lists the attributes that the projection takes and the index does not have.
func (p *projection) beyond(x *index) string {
	if p == nil {
		return ""
	}
	var missing []string
	(*expression.Projection)(p).EachPath(func(path expression.Path) {
		if name := path.Attribute(); !x.projected[name] {
			missing = append(missing, name)
		}
	})
	return strings.Join(missing, ", ")
}

// faultAfter is fault with words of the older generation before it, which today's leaves out.
func (v voice) faultAfter(words string, err error) error {
	var e *item.Error
	if v != older || !errors.As(err, &e) || e.Early {
		return v.fault(err)
	}
	return v.request(words + e.Text(true))
}

// update is an UpdateExpression; nil when the request has none.
func (x *expressions) update(text *string) *expression.Update {
	if !x.begin(text) {
		return nil
	}
	u, err := expression.ParseUpdate(*text, x.placeholders)
	x.fail(err)
	return u
}
