package dynamodb

import (
	"errors"

	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/dynamodb/expression"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

func init() { services.Add(&operations, "UpdateItem", (*Service).updateItem) }

// updating is an UpdateItem on its way.
type updating struct {
	pending
	st     *state
	key    item.Item
	update *expression.Update // nil: the request has none
	// isLegacy is true when the update comes from AttributeUpdates.
	isLegacy bool
	// isCharged is true when the size of what the statement writes counts, besides the item's: so it
	// does in UpdateItem of today's generation, and nowhere else.
	isCharged bool
	// from and to are the item before (nil: there was none) and after; encoded is to, encoded.
	from, to item.Item
	encoded  []byte
}

func (s *Service) updateItem(r *services.Request, in *UpdateItemInput) (*writeAnswer, error) {
	u := &updating{key: in.Key, isCharged: s.wording == Current}
	u.lost, u.limits = losesRace(r), s.limits(r)
	u.showOld = is(in.ReturnValuesOnConditionCheckFailure, returnAllOld)
	u.change = u.apply
	if err := s.judge(func(v voice) error { return checkUpdateItem(v, in, u) }, in.Key, in.ExpressionAttributeValues, in.Expected); err != nil {
		return nil, err
	}
	t, err := s.table(r, *in.TableName)
	if err != nil {
		return nil, err
	}
	out := new(writeAnswer)
	err = t.writing(func(st *state) error {
		if err := u.bind(st); err != nil {
			return err
		}
		err := s.writeOne(r, t, st, &u.pending, func() error {
			if in.ReturnValues != nil {
				out.Attributes = u.returned(*in.ReturnValues)
			}
			return nil
		})
		out.describe(st, &u.pending, in.Key, *in.TableName, in.ReturnConsumedCapacity, in.ReturnItemCollectionMetrics)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// checkUpdateItem judges the request as far as it can without the table, and sets its expressions.
func checkUpdateItem(v voice, in *UpdateItemInput, u *updating) error {
	if v == enveloped && in.Key == nil {
		return checkKeylessUpdate(in)
	}
	c := constraints{metricsFirst: true, more: func(c *constraints) {
		c.legacyWrite(v, in.Expected, in.ConditionalOperator)
		c.legacyUpdates(in.AttributeUpdates)
	}}
	err := c.single(v, in.TableName, "key", in.Key == nil, returns{
		in.ReturnConsumedCapacity, in.ReturnValues, in.ReturnItemCollectionMetrics, in.ReturnValuesOnConditionCheckFailure,
	})
	if err != nil && v == enveloped {
		return c.first(textReturnValues) // today's UpdateItem stops at one
	}
	if err != nil {
		return err
	}
	if err := v.mixed([]parameter{
		{"AttributeUpdates", in.AttributeUpdates != nil}, {"Expected", in.Expected != nil}, {"ConditionalOperator", in.ConditionalOperator != nil},
	}, []parameter{
		{"UpdateExpression", in.UpdateExpression != nil}, {"ConditionExpression", in.ConditionExpression != nil},
	}); err != nil {
		return err
	}
	if err := v.conditionalOperator(in.ConditionalOperator, len(in.Expected)); err != nil {
		return err
	}
	if err := v.checkKeyValues(in.Key); err != nil {
		return err
	}
	x := v.expressions(in.ExpressionAttributeNames, in.ExpressionAttributeValues)
	u.update = x.update(in.UpdateExpression)
	u.condition = x.condition(in.ConditionExpression)
	if err := x.end("UpdateExpression and ConditionExpression are null"); err != nil {
		return err
	}
	return u.expect(v, in)
}

// checkKeylessUpdate judges an update without a Key, of which today's layer speaks in the older words, in an
// order of its own.
func checkKeylessUpdate(in *UpdateItemInput) error {
	var c constraints
	c.oneOf("returnConsumedCapacity", in.ReturnConsumedCapacity, enumCapacity)
	c.dataTable(older, in.TableName)
	c.oneOf("returnValues", in.ReturnValues, enumValues)
	c.oneOf("returnItemCollectionMetrics", in.ReturnItemCollectionMetrics, enumMetrics)
	c.oneOf("returnValuesOnConditionCheckFailure", in.ReturnValuesOnConditionCheckFailure, enumOnFailure)
	c.legacyUpdates(in.AttributeUpdates)
	c.legacyWrite(older, in.Expected, in.ConditionalOperator)
	c.required("key", true)
	return c.err()
}

// expect reads the parameters from before expressions.
func (u *updating) expect(v voice, in *UpdateItemInput) error {
	if in.AttributeUpdates != nil {
		var err error
		if u.update, err = v.attributeUpdates(in.AttributeUpdates); err != nil {
			return err
		}
		u.isLegacy = true
	}
	return u.pending.expect(v, in.Expected, in.ConditionalOperator)
}

// bind judges the update by the table's schema.
func (u *updating) bind(st *state) error {
	if err := st.checkKey(u.key); err != nil {
		return err
	}
	u.st = st
	u.pending.key, _ = st.itemKey(u.key)
	if u.update == nil {
		return nil
	}
	for _, name := range u.update.Attributes() {
		if st.keys.has(name) {
			return invalidParameter("Cannot update attribute " + name + ". This attribute is part of the key")
		}
	}
	if u.isCharged && u.update.Charge() > item.MaxSize {
		return invalid(textUpdateTooLarge)
	}
	return nil
}

// apply makes the new item. Where there is none, one with the key attributes comes to be, unless
// the update only removes.
func (u *updating) apply(old item.Stored) (to item.Item, encoded []byte, err error) {
	if old != nil {
		if u.from, err = old.Decode(); err != nil {
			return nil, nil, err
		}
	} else if u.update != nil && !u.update.Creates() {
		return nil, nil, nil
	}
	to = u.from
	if u.update != nil {
		if to, err = u.update.Apply(u.from); err != nil {
			return nil, nil, u.fault(err)
		}
	}
	if old == nil {
		to = append(append(make(item.Item, 0, len(u.key)+len(to)), u.key...), to...)
	}
	if err := u.st.checkUpdatedIndexKeys(u.from, to); err != nil {
		return nil, nil, err
	}
	if err := to.ValidateDepth(); err != nil {
		return nil, nil, itemFault(err)
	}
	encoded = item.Encode(to)
	if item.Stored(encoded).Size() > item.MaxSize {
		return nil, nil, invalid(textUpdateTooLarge)
	}
	u.to, u.encoded = to, encoded
	return to, encoded, nil
}

// fault renders an error of the update; AttributeUpdates have words of their own for wrong types.
func (u *updating) fault(err error) error {
	var e *expression.ItemError
	if u.isLegacy && errors.As(err, &e) && e.IsWrongType() {
		return invalid("Type mismatch for attribute to update")
	}
	return itemFault(err)
}

// itemFault renders what shows only when an update meets an item: it has no envelope.
func itemFault(err error) error {
	var e *item.Error
	if !errors.As(err, &e) {
		return err
	}
	return invalid(e.Today)
}

// returned are the attributes that ReturnValues asks for; nil for none.
func (u *updating) returned(values string) rawJSON {
	switch values {
	case returnAllOld:
		if u.old != nil {
			return u.old.JSON()
		}
	case returnAllNew:
		if u.encoded != nil {
			return item.Stored(u.encoded).JSON()
		}
	case returnUpdatedOld:
		return u.touched(u.from)
	case returnUpdatedNew:
		return u.touched(u.to)
	}
	return nil
}

func (u *updating) touched(it item.Item) rawJSON {
	if u.update == nil || it == nil {
		return nil
	}
	part := u.update.Touched(it)
	if len(part) == 0 {
		return nil
	}
	return part.AppendJSON(nil)
}
