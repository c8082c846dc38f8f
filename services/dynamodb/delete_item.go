package dynamodb

import (
	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "DeleteItem", (*Service).deleteItem) }

func (s *Service) deleteItem(r *services.Request, in *DeleteItemInput) (*writeAnswer, error) {
	p := &pending{lost: losesRace(r), limits: s.limits(r), showOld: is(in.ReturnValuesOnConditionCheckFailure, returnAllOld), change: deleteChange}
	if err := s.judge(func(v voice) error { return checkDeleteItem(v, in, p) }, in.Key, in.ExpressionAttributeValues, in.Expected); err != nil {
		return nil, err
	}
	t, err := s.table(r, *in.TableName)
	if err != nil {
		return nil, err
	}
	out := new(writeAnswer)
	err = t.writing(func(st *state) error {
		if err := st.checkKey(in.Key); err != nil {
			return err
		}
		p.key, _ = st.itemKey(in.Key)
		err := s.writeOne(r, t, st, p, func() error {
			if p.old != nil && is(in.ReturnValues, returnAllOld) {
				out.Attributes = p.old.JSON()
			}
			return nil
		})
		out.describe(st, p, in.Key, *in.TableName, in.ReturnConsumedCapacity, in.ReturnItemCollectionMetrics)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// checkDeleteItem judges the request as far as it can without the table, and sets its condition.
func checkDeleteItem(v voice, in *DeleteItemInput, p *pending) error {
	c := constraints{more: func(c *constraints) { c.legacyWrite(v, in.Expected, in.ConditionalOperator) }}
	if err := c.single(v, in.TableName, "key", in.Key == nil, returns{in.ReturnConsumedCapacity, in.ReturnValues, in.ReturnItemCollectionMetrics, in.ReturnValuesOnConditionCheckFailure}); err != nil {
		return err
	}
	if err := v.checkCondition(in.Expected, in.ConditionalOperator, in.ConditionExpression); err != nil {
		return err
	}
	if err := v.checkReturnValues(in.ReturnValues); err != nil {
		return err
	}
	if err := v.checkKeyValues(in.Key); err != nil {
		return err
	}
	x := v.expressions(in.ExpressionAttributeNames, in.ExpressionAttributeValues)
	p.condition = x.condition(in.ConditionExpression)
	if err := x.end(textConditionNull); err != nil {
		return err
	}
	return p.expect(v, in.Expected, in.ConditionalOperator)
}
