package dynamodb

import (
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

func init() { services.Add(&operations, "PutItem", (*Service).putItem) }

func (s *Service) putItem(r *services.Request, in *PutItemInput) (*writeAnswer, error) {
	p := &pending{lost: losesRace(r), limits: s.limits(r), showOld: is(in.ReturnValuesOnConditionCheckFailure, returnAllOld)}
	if err := s.judge(func(v voice) error { return checkPutItem(v, in, p) }, in.Item, in.ExpressionAttributeValues, in.Expected); err != nil {
		return nil, err
	}
	t, err := s.table(r, *in.TableName)
	if err != nil {
		return nil, err
	}
	out := new(writeAnswer)
	err = t.writing(func(st *state) error {
		if err := st.checkItem(in.Item); err != nil {
			return err
		}
		p.key, _ = st.itemKey(in.Item)
		p.change = putChange(in.Item)
		err := s.writeOne(r, t, st, p, func() error {
			if p.old != nil && is(in.ReturnValues, returnAllOld) {
				out.Attributes = p.old.JSON()
			}
			return nil
		})
		out.describe(st, p, in.Item, *in.TableName, in.ReturnConsumedCapacity, in.ReturnItemCollectionMetrics)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// checkPutItem judges the request as far as it can without the table, and sets its condition.
func checkPutItem(v voice, in *PutItemInput, p *pending) (err error) {
	c := constraints{more: func(c *constraints) { c.legacyWrite(v, in.Expected, in.ConditionalOperator) }}
	if err := c.single(v, in.TableName, "item", in.Item == nil, returns{in.ReturnConsumedCapacity, in.ReturnValues, in.ReturnItemCollectionMetrics, in.ReturnValuesOnConditionCheckFailure}); err != nil {
		return err
	}
	if err := v.checkCondition(in.Expected, in.ConditionalOperator, in.ConditionExpression); err != nil {
		return err
	}
	if err := v.checkReturnValues(in.ReturnValues); err != nil {
		return err
	}
	if err := in.Item.Validate(); err != nil {
		return v.fault(err)
	}
	x := v.expressions(in.ExpressionAttributeNames, in.ExpressionAttributeValues)
	p.condition = x.condition(in.ConditionExpression)
	if err := x.end(textConditionNull); err != nil {
		return err
	}
	if err := p.expect(v, in.Expected, in.ConditionalOperator); err != nil {
		return err
	}
	if in.Item.Size() > item.MaxSize {
		return v.request(textItemTooLarge)
	}
	return nil
}

// describe fills in what answers of single writes say besides attributes. key has the key attributes.
func (out *writeAnswer) describe(st *state, p *pending, key item.Item, name string, capacity, metrics *string) {
	if wanted(capacity) {
		out.ConsumedCapacity = st.writes(&p.effect).describe(capacity, name)
	}
	out.ItemCollectionMetrics = st.collection(metrics, key)
}
