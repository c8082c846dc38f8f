package dynamodb

import (
	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// checkTransactWriteItems judges the request as far as it can without the tables: first the members by
// the model's constraints, then each action, in order.
func checkTransactWriteItems(v voice, in *TransactWriteItemsInput) ([]*action, error) {
	var c constraints
	c.length("clientRequestToken", in.ClientRequestToken, 1, 36)
	c.returns(v, returns{capacity: in.ReturnConsumedCapacity, metrics: in.ReturnItemCollectionMetrics})
	c.actionCount(len(in.TransactItems), in.TransactItems == nil)
	if len(in.TransactItems) <= mostActions {
		for i := range in.TransactItems {
			c.action(i, &in.TransactItems[i])
		}
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	actions := make([]*action, len(in.TransactItems))
	tables, keys := make([]string, len(actions)), make([]item.Item, len(actions))
	total := 0
	for i := range in.TransactItems {
		a, err := v.action(&in.TransactItems[i])
		if err != nil {
			return nil, err
		}
		actions[i], tables[i], keys[i] = a, a.name, a.key
		total += a.item.Size() + a.key.Size()
	}
	switch {
	case hasKeyTwice(tables, keys):
		return nil, invalid(textSeveralActions)
	case total > transactionBytes:
		return nil, invalid(textTooMuch)
	}
	return actions, nil
}

// action checks one action's members.
func (c *constraints) action(i int, in *TransactWriteItem) {
	at := func(kind, name string) string { return member("transactItems", i) + "." + kind + "." + name }
	common := func(kind string, table, onFailure *string) {
		c.tableAt(at(kind, "tableName"), table)
		c.oneOf(at(kind, "returnValuesOnConditionCheckFailure"), onFailure, enumOnFailure)
	}
	if a := in.ConditionCheck; a != nil {
		c.required(at("conditionCheck", "key"), a.Key == nil)
		c.required(at("conditionCheck", "conditionExpression"), a.ConditionExpression == nil)
		common("conditionCheck", a.TableName, a.ReturnValuesOnConditionCheckFailure)
	}
	if a := in.Put; a != nil {
		c.required(at("put", "item"), a.Item == nil)
		common("put", a.TableName, a.ReturnValuesOnConditionCheckFailure)
	}
	if a := in.Delete; a != nil {
		c.required(at("delete", "key"), a.Key == nil)
		common("delete", a.TableName, a.ReturnValuesOnConditionCheckFailure)
	}
	if a := in.Update; a != nil {
		c.required(at("update", "key"), a.Key == nil)
		c.required(at("update", "updateExpression"), a.UpdateExpression == nil)
		common("update", a.TableName, a.ReturnValuesOnConditionCheckFailure)
	}
}

// tableAt checks the name or ARN of a table somewhere in a request.
func (c *constraints) tableAt(path string, name *string) {
	switch {
	case name == nil:
		c.required(path, true)
	case isTableARN(*name):
		c.length(path, name, 1, 1024)
	default:
		c.length(path, name, 1, 255)
		c.pattern(path, name)
	}
}

// action reads one action.
func (v voice) action(in *TransactWriteItem) (*action, error) {
	kinds := 0
	for _, given := range []bool{in.ConditionCheck != nil, in.Put != nil, in.Delete != nil, in.Update != nil} {
		if given {
			kinds++
		}
	}
	if kinds != 1 {
		return nil, v.request("TransactItems can only contain one of Check, Put, Update or Delete")
	}
	switch {
	case in.ConditionCheck != nil:
		return v.checkAction(in.ConditionCheck)
	case in.Put != nil:
		return v.putAction(in.Put)
	case in.Delete != nil:
		return v.deleteAction(in.Delete)
	}
	return v.updateAction(in.Update)
}

// What an action says is judged before the item's key.
func (v voice) checkAction(in *ConditionCheck) (*action, error) {
	x := v.expressions(in.ExpressionAttributeNames, in.ExpressionAttributeValues)
	p := &pending{showOld: is(in.ReturnValuesOnConditionCheckFailure, returnAllOld), condition: x.condition(in.ConditionExpression)}
	return &action{name: *in.TableName, key: in.Key, write: p, isCheck: true}, v.endAction(&x, "", in.Key)
}

func (v voice) putAction(in *Put) (*action, error) {
	if err := checkActionItem(in.Item); err != nil {
		return nil, v.fault(err)
	}
	x := v.expressions(in.ExpressionAttributeNames, in.ExpressionAttributeValues)
	p := &pending{showOld: is(in.ReturnValuesOnConditionCheckFailure, returnAllOld), condition: x.condition(in.ConditionExpression)}
	if err := x.end(textConditionNull); err != nil {
		return nil, err
	}
	if in.Item.Size() > item.MaxSize {
		return nil, v.request(textItemTooLarge)
	}
	return &action{name: *in.TableName, item: in.Item, write: p}, nil
}

func (v voice) deleteAction(in *Delete) (*action, error) {
	x := v.expressions(in.ExpressionAttributeNames, in.ExpressionAttributeValues)
	p := &pending{
		showOld: is(in.ReturnValuesOnConditionCheckFailure, returnAllOld), condition: x.condition(in.ConditionExpression), change: deleteChange,
	}
	return &action{name: *in.TableName, key: in.Key, write: p}, v.endAction(&x, textConditionNull, in.Key)
}

func (v voice) updateAction(in *Update) (*action, error) {
	x := v.expressions(in.ExpressionAttributeNames, in.ExpressionAttributeValues)
	u := &updating{key: in.Key, update: x.update(in.UpdateExpression)}
	u.condition = x.condition(in.ConditionExpression)
	u.showOld = is(in.ReturnValuesOnConditionCheckFailure, returnAllOld)
	u.change = u.apply
	return &action{name: *in.TableName, key: in.Key, write: &u.pending, update: u}, v.endAction(&x, "", in.Key)
}

func (v voice) endAction(x *expressions, absent string, key item.Item) error {
	if err := x.end(absent); err != nil {
		return err
	}
	return v.checkKeyValues(key)
}

// checkActionItem is Validate in the order that transactions have: names at the top, then how deep it all is.
func checkActionItem(it item.Item) error {
	if err := it.ValidateNames(); err != nil {
		return err
	}
	err := it.Validate()
	if err != nil && it.ValidateDepth() != nil {
		return it.ValidateDepth()
	}
	return err
}
