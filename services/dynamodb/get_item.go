package dynamodb

import (
	"errors"

	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
	"github.com/brownoutdev/brownout/store"
)

func init() { services.Add(&operations, "GetItem", (*Service).getItem) }

func (s *Service) getItem(r *services.Request, in *GetItemInput) (*getItemAnswer, error) {
	project, err := checkGetItem(s.voice(bare), in)
	if err != nil {
		return nil, err
	}
	t, err := s.table(r, *in.TableName)
	if err != nil {
		return nil, err
	}
	st := t.state.Load()
	stored, err := s.point(st, in.Key)
	if err != nil {
		return nil, err
	}
	k, _ := st.itemKey(in.Key)
	stored = st.staleItem(r, isTrue(in.ConsistentRead), k, stored)
	if err := s.limits(r).spendRead(st, nil, k, readUnits(stored.size(), isTrue(in.ConsistentRead))); err != nil {
		return nil, err
	}
	out := new(getItemAnswer)
	if wanted(in.ReturnConsumedCapacity) {
		out.ConsumedCapacity = consumption{table: readUnits(stored.size(), isTrue(in.ConsistentRead))}.describe(in.ReturnConsumedCapacity, *in.TableName)
	}
	out.Item, err = stored.shown(project)
	return out, err
}

// found is what a point read found; nil is no item. It is valid for ever.
type found item.Stored

// point reads one item by its Key.
func (s *Service) point(st *state, key item.Item) (found, error) {
	if err := st.checkKey(key); err != nil {
		return nil, err
	}
	k, _ := st.itemKey(key)
	value, err := s.store.Get(k)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return value, err
}

func (f found) size() int {
	if f == nil {
		return 0
	}
	return item.Stored(f).Size()
}

// shown is the item's JSON as the projection has it; nil when there is no item.
func (f found) shown(project *projection) (rawJSON, error) {
	switch {
	case f == nil:
		return nil, nil
	case project == nil:
		return item.Stored(f).JSON(), nil
	}
	return project.of(item.Stored(f))
}

// checkGetItem judges the request as far as it can without the table.
func checkGetItem(v voice, in *GetItemInput) (*projection, error) {
	var c constraints
	if v == older {
		c.oneOf("returnConsumedCapacity", in.ReturnConsumedCapacity, enumCapacity)
		c.legacyNames("attributesToGet", in.AttributesToGet)
	}
	if c.dataTable(v, in.TableName) {
		return nil, c.err()
	}
	c.required("key", in.Key == nil)
	if v != older {
		c.oneOf("returnConsumedCapacity", in.ReturnConsumedCapacity, enumCapacity)
		c.legacyNames("attributesToGet", in.AttributesToGet)
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	if err := v.mixed([]parameter{{"AttributesToGet", in.AttributesToGet != nil}},
		[]parameter{{"ProjectionExpression", in.ProjectionExpression != nil}}); err != nil {
		return nil, err
	}
	if err := v.checkKeyValues(in.Key); err != nil {
		return nil, err
	}
	if in.ProjectionExpression == nil && in.ExpressionAttributeNames == nil {
		return v.attributesToGet(in.AttributesToGet)
	}
	x := v.expressions(in.ExpressionAttributeNames, nil)
	project := x.projection(in.ProjectionExpression)
	return project, x.end("")
}
