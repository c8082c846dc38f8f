package dynamodb

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
	"github.com/brownoutdev/brownout/store"
)

func init() { services.Add(&operations, "BatchWriteItem", (*Service).batchWriteItem) }

const (
	mostBatchWrites = 25
	textMapValues   = "Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must have length greater than or equal to 1]"
)

// tableWrites is one table's part of a BatchWriteItem.
type tableWrites struct {
	name   string
	in     []WriteRequest
	table  *table
	st     *state
	writes []pending
	left   []bool // writes that a fault leaves undone; nil: none
	empty  error  // the last error of a write that was throttled
	effect effect
}

// batchWriteItem does what AWS does not promise: all the writes are one transaction.
func (s *Service) batchWriteItem(r *services.Request, in *BatchWriteItemInput) (*BatchWriteItemOutput, error) {
	parts, err := checkBatchWriteItem(s.voice(older), s.wording, in)
	if err != nil {
		return nil, err
	}
	for _, p := range parts {
		if p.table, err = s.table(r, p.name); err != nil {
			return nil, err
		}
	}
	// One order for all batches: two that wait for the deletion of each other's tables cannot meet.
	slices.SortFunc(parts, func(a, b *tableWrites) int { return int(int64(a.table.number) - int64(b.table.number)) })
	leaveWrites(r, parts)
	if err := s.batchWrite(r, parts); err != nil {
		return nil, err
	}
	slices.SortFunc(parts, func(a, b *tableWrites) int { return strings.Compare(a.name, b.name) })
	out := &BatchWriteItemOutput{UnprocessedItems: map[string][]WriteRequest{}}
	for _, p := range parts {
		p.describe(in, out)
		if rest := p.unprocessed(); rest != nil {
			out.UnprocessedItems[p.name] = rest
		}
	}
	return out, nil
}

// batchWrite carries the writes out. While it calls itself it holds one table more each time.
func (s *Service) batchWrite(r *services.Request, parts []*tableWrites) error {
	return holdTables(parts, 0, func() error {
		var locks [][]byte
		for _, p := range parts {
			if err := p.bind(); err != nil {
				return err
			}
			for i := range p.writes {
				locks = append(locks, p.writes[i].key)
			}
		}
		if hasDuplicates(locks) {
			return invalid(textDuplicateKeys)
		}
		limits := s.limits(r)
		err := s.store.Update(r, locks, func(w store.Writer) error {
			for _, p := range parts {
				for i := range p.writes {
					if p.leaves(i) || p.throttled(i, limits) {
						continue
					}
					if err := p.st.perform(w, &p.writes[i]); err != nil {
						return err
					}
					limits.owe(p.st, &p.writes[i])
				}
			}
			return nil
		})
		if err == nil {
			err = throttledBatch(parts)
		}
		if err != nil {
			return err
		}
		for _, p := range parts {
			for i := range p.writes {
				if !p.leaves(i) {
					p.effect.add(p.writes[i].effect)
				}
			}
			p.table.count(p.st, &p.effect)
		}
		return nil
	})
}

// holdTables calls fn while none of the parts' tables can change or go.
func holdTables(parts []*tableWrites, i int, fn func() error) error {
	if i == len(parts) {
		return fn()
	}
	p := parts[i]
	if i > 0 && parts[i-1].table == p.table { // one table by its name and by its ARN
		p.st = parts[i-1].st
		return holdTables(parts, i+1, fn)
	}
	return p.table.writing(func(st *state) error {
		p.st = st
		return holdTables(parts, i+1, fn)
	})
}

func hasDuplicates(keys [][]byte) bool {
	seen := make(map[string]bool, len(keys))
	for _, key := range keys {
		if seen[string(key)] {
			return true
		}
		seen[string(key)] = true
	}
	return false
}

// bind judges the writes by the table's schema. Of an item that lacks its key, or has it in another
// type, a batch says less than PutItem.
func (p *tableWrites) bind() error {
	p.writes = make([]pending, len(p.in))
	for i := range p.in {
		w := &p.writes[i]
		if put := p.in[i].PutRequest; put != nil {
			key, ok := p.st.itemKey(put.Item)
			if !ok {
				return errKeyMismatch()
			}
			if err := p.st.checkItem(put.Item); err != nil {
				return err
			}
			w.key, w.change = key, putChange(put.Item)
			continue
		}
		if err := p.st.checkKey(p.in[i].DeleteRequest.Key); err != nil {
			return err
		}
		w.key, _ = p.st.itemKey(p.in[i].DeleteRequest.Key)
		w.change = deleteChange
	}
	return nil
}

// describe adds the table to the answer.
func (p *tableWrites) describe(in *BatchWriteItemInput, out *BatchWriteItemOutput) {
	if described := p.st.writes(&p.effect).describe(in.ReturnConsumedCapacity, p.name); described != nil {
		out.ConsumedCapacity = append(out.ConsumedCapacity, *described)
	}
	for i := range p.in {
		if p.leaves(i) {
			continue
		}
		var key item.Item
		if put := p.in[i].PutRequest; put != nil {
			key = put.Item
		} else {
			key = p.in[i].DeleteRequest.Key
		}
		metrics := p.st.collection(in.ReturnItemCollectionMetrics, key)
		if metrics == nil {
			return
		}
		if out.ItemCollectionMetrics == nil {
			out.ItemCollectionMetrics = map[string][]ItemCollectionMetrics{}
		}
		same := func(m ItemCollectionMetrics) bool {
			return item.EqualItems(m.ItemCollectionKey, metrics.ItemCollectionKey)
		}
		if !slices.ContainsFunc(out.ItemCollectionMetrics[p.name], same) {
			out.ItemCollectionMetrics[p.name] = append(out.ItemCollectionMetrics[p.name], *metrics)
		}
	}
}

// checkBatchWriteItem judges the request as far as it can without the tables. The parts are in
// order of their tables' names.
func checkBatchWriteItem(v voice, wording Wording, in *BatchWriteItemInput) ([]*tableWrites, error) {
	if len(in.RequestItems) == 0 && wording == Current {
		return nil, v.noRequestItems("BatchWriteItem", false)
	}
	names := slices.Sorted(maps.Keys(in.RequestItems))
	var c constraints
	c.returns(v, returns{capacity: in.ReturnConsumedCapacity, metrics: in.ReturnItemCollectionMetrics})
	if len(in.RequestItems) == 0 {
		return nil, c.noRequestItems(in.RequestItems == nil)
	}
	if err := c.err(); err != nil && wording == Current {
		return nil, err
	}
	c.batchTables(names, func() string { return shownWrites(names, in.RequestItems) })
	total := 0
	for _, name := range names {
		n := len(in.RequestItems[name])
		total += n
		c.batchWrites(name, in.RequestItems[name])
		if n > mostBatchWrites || n == 0 {
			c.add("requestItems", shownWrites(names, in.RequestItems), textMapValues)
		}
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	if total > mostBatchWrites {
		return nil, v.request("Too many items requested for the BatchWriteItem call")
	}
	parts := make([]*tableWrites, len(names))
	for i, name := range names {
		parts[i] = &tableWrites{name: name, in: in.RequestItems[name]}
		for _, w := range parts[i].in {
			if err := v.checkWrite(w); err != nil {
				return nil, err
			}
		}
	}
	return parts, nil
}

// batchWrites checks that each write of a table says what it writes.
func (c *constraints) batchWrites(table string, writes []WriteRequest) {
	for i, w := range writes {
		path := "requestItems." + table + ".member." + strconv.Itoa(i+1) + ".member."
		c.required(path+"deleteRequest.key", w.DeleteRequest != nil && w.DeleteRequest.Key == nil)
		c.required(path+"putRequest.item", w.PutRequest != nil && w.PutRequest.Item == nil)
	}
}

func (v voice) checkWrite(w WriteRequest) error {
	switch {
	case w.PutRequest == nil && w.DeleteRequest == nil:
		return v.request("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")
	case w.PutRequest != nil && w.DeleteRequest != nil:
		return v.request("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes")
	case w.DeleteRequest != nil:
		return v.checkKeyValues(w.DeleteRequest.Key)
	}
	if err := w.PutRequest.Item.Validate(); err != nil {
		return v.fault(err)
	}
	if w.PutRequest.Item.Size() > item.MaxSize {
		return v.request(textItemTooLarge)
	}
	return nil
}

// shownWrites is RequestItems as AWS's messages echo it: as Java prints a map.
func shownWrites(names []string, items map[string][]WriteRequest) string {
	var b strings.Builder
	b.WriteByte('{')
	for i, name := range names {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(name + "=[")
		for j, w := range items[name] {
			if j > 0 {
				b.WriteString(", ")
			}
			put, remove := "null", "null"
			if w.PutRequest != nil {
				put = "PutRequest(item={" + shownItem(w.PutRequest.Item) + "})"
			}
			if w.DeleteRequest != nil {
				remove = "DeleteRequest(key={" + shownItem(w.DeleteRequest.Key) + "})"
			}
			b.WriteString("WriteRequest(putRequest=" + put + ", deleteRequest=" + remove + ")")
		}
		b.WriteByte(']')
	}
	b.WriteByte('}')
	return b.String()
}

func shownItem(it item.Item) string {
	texts := make([]string, len(it))
	for i, a := range it {
		texts[i] = a.Name + "=" + string(a.Value.AppendJSON(nil))
	}
	return strings.Join(texts, ", ")
}
