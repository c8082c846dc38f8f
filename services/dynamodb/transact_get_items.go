package dynamodb

import (
	"slices"

	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
	"github.com/brownoutdev/brownout/services/dynamodb/partiql"
	"github.com/brownoutdev/brownout/store"
)

func init() { services.Add(&operations, "TransactGetItems", (*Service).transactGetItems) }

// transactGetItemsAnswer is the output of TransactGetItems.
type transactGetItemsAnswer struct {
	ConsumedCapacity []ConsumedCapacity
	Responses        []getResponse
}

type getResponse struct{ Item rawJSON }

// get is one of its reads.
type get struct {
	name    string // the table's, as the call gives it
	key     item.Item
	project *projection
	columns []partiql.Column // of a SELECT; nil: project says what is shown
	st      *state
	stored  []byte // where the item is stored
}

// transactGetItems reads all items from one state of the store: it sees no transaction by halves.
func (s *Service) transactGetItems(r *services.Request, in *TransactGetItemsInput) (*transactGetItemsAnswer, error) {
	gets, err := checkTransactGetItems(s.voice(older), in)
	if err != nil {
		return nil, err
	}
	for _, g := range gets {
		t, err := s.table(r, g.name)
		if err != nil {
			return nil, err
		}
		g.st = t.state.Load()
	}
	responses, costs, err := s.readTransaction(r, gets)
	if err != nil {
		return nil, err
	}
	return &transactGetItemsAnswer{Responses: responses, ConsumedCapacity: describeReads(in.ReturnConsumedCapacity, costs)}, nil
}

// readTransaction reads the items of tables that are found. Its costs are by the tables' names.
func (s *Service) readTransaction(r *services.Request, gets []*get) ([]getResponse, map[string]float64, error) {
	if err := bindGets(gets); err != nil {
		return nil, nil, err
	}
	if err := canceledBy(r, len(gets)); err != nil {
		return nil, nil, err
	}
	responses, limits := make([]getResponse, len(gets)), s.limits(r)
	costs, why := map[string]float64{}, newReasons(len(gets))
	err := s.store.View(r, func(reader store.Reader) error {
		total := 0
		for i, g := range gets {
			stored, err := load(reader, g.stored)
			if err != nil {
				return err
			}
			if total += found(stored).size(); total > transactionBytes {
				return invalid(textTooMuch)
			}
			units := readUnits(found(stored).size(), true) * transactional
			if err := why.add(i, limits.spendRead(g.st, nil, g.stored, units)); err != nil {
				return err
			}
			costs[g.name] += units
			if responses[i].Item, err = g.shown(stored); err != nil {
				return err
			}
		}
		return why.err()
	})
	return responses, costs, err
}

// shown is what the read asks of the item; nil is none.
func (g *get) shown(stored item.Stored) (rawJSON, error) {
	if g.columns == nil || stored == nil {
		return found(stored).shown(g.project)
	}
	return partiql.AppendRow(make([]byte, 0, len(stored)), g.columns, stored)
}

// describeReads is what a transaction's reads cost, as answers say it.
func describeReads(mode *string, costs map[string]float64) (described []ConsumedCapacity) {
	if !wanted(mode) {
		return nil
	}
	names := make([]string, 0, len(costs))
	for name := range costs {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		described = append(described, *consumption{table: costs[name]}.transactionCost(mode, name, false))
	}
	return described
}

// bindGets judges the keys by the tables' schemas.
func bindGets(gets []*get) error {
	why := newReasons(len(gets))
	keys := make([][]byte, 0, len(gets))
	for i, g := range gets {
		if err := g.st.checkKey(g.key); err != nil {
			if err := why.add(i, err); err != nil {
				return err
			}
			continue
		}
		g.stored, _ = g.st.itemKey(g.key)
		keys = append(keys, g.stored)
	}
	if hasDuplicates(keys) {
		return invalid(textSeveralActions)
	}
	return why.err()
}

// checkTransactGetItems judges the request as far as it can without the tables.
func checkTransactGetItems(v voice, in *TransactGetItemsInput) ([]*get, error) {
	var c constraints
	c.oneOf("returnConsumedCapacity", in.ReturnConsumedCapacity, enumCapacity)
	c.actionCount(len(in.TransactItems), in.TransactItems == nil)
	if len(in.TransactItems) <= mostActions {
		for i, t := range in.TransactItems {
			path := member("transactItems", i) + ".get"
			c.required(path, t.Get == nil)
			if t.Get != nil {
				c.required(path+".key", t.Get.Key == nil)
				c.tableAt(path+".tableName", t.Get.TableName)
			}
		}
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	gets := make([]*get, len(in.TransactItems))
	tables, keys := make([]string, len(gets)), make([]item.Item, len(gets))
	for i, t := range in.TransactItems {
		if err := v.checkKeyValues(t.Get.Key); err != nil {
			return nil, err
		}
		x := v.expressions(t.Get.ExpressionAttributeNames, nil)
		gets[i] = &get{name: *t.Get.TableName, key: t.Get.Key, project: x.projection(t.Get.ProjectionExpression)}
		if err := x.end(""); err != nil {
			return nil, err
		}
		tables[i], keys[i] = gets[i].name, gets[i].key
	}
	if hasKeyTwice(tables, keys) {
		return nil, invalid(textSeveralActions)
	}
	return gets, nil
}
