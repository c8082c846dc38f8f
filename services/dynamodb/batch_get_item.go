package dynamodb

import (
	"maps"
	"slices"
	"strconv"

	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

func init() { services.Add(&operations, "BatchGetItem", (*Service).batchGetItem) }

const (
	mostBatchKeys     = 100
	batchGetBytes     = 16 << 20
	textMapKeys       = "Map keys must satisfy constraint: [Member must have length less than or equal to 255, Member must have length greater than or equal to 3, " + textPattern + "]"
	textDuplicateKeys = "Provided list of item keys contains duplicates"
)

// tableKeys is one table's part of a BatchGetItem.
type tableKeys struct {
	name    string
	in      KeysAndAttributes
	project *projection
	st      *state
	left    []item.Item // keys that a fault or the capacity leaves unread
	empty   error       // the last error of a key that was throttled
	read    bool        // a key was not
}

func (s *Service) batchGetItem(r *services.Request, in *BatchGetItemInput) (*batchGetItemAnswer, error) {
	parts, err := checkBatchGetItem(s.voice(bare), in)
	if err != nil {
		return nil, err
	}
	for _, p := range parts {
		t, err := s.table(r, p.name)
		if err != nil {
			return nil, err
		}
		p.st = t.state.Load()
	}
	for _, p := range parts {
		if err := p.check(); err != nil {
			return nil, err
		}
	}
	leaveKeys(r, parts)
	out := &batchGetItemAnswer{Responses: map[string]rawList{}, UnprocessedKeys: map[string]KeysAndAttributes{}}
	room := batchGetBytes
	for _, p := range parts {
		if err := s.batchGet(r, p, in.ReturnConsumedCapacity, &room, out); err != nil {
			return nil, err
		}
	}
	return out, throttledKeys(parts)
}

// check judges the keys by the table's schema.
func (p *tableKeys) check() error {
	seen := make(map[string]bool, len(p.in.Keys))
	for _, key := range p.in.Keys {
		if err := p.st.checkKey(key); err != nil {
			return err
		}
		k, _ := p.st.itemKey(key)
		if seen[string(k)] {
			return invalid(textDuplicateKeys)
		}
		seen[string(k)] = true
	}
	return nil
}

// batchGet reads one table's keys, as long as there is room in the answer.
func (s *Service) batchGet(r *services.Request, p *tableKeys, mode *string, room *int, out *batchGetItemAnswer) error {
	items := make(rawList, 0, len(p.in.Keys))
	limits := s.limits(r)
	var cost consumption
	for i, key := range p.in.Keys {
		stored, err := s.point(p.st, key)
		if err != nil {
			return err
		}
		k, _ := p.st.itemKey(key)
		stored = p.st.staleItem(r, isTrue(p.in.ConsistentRead), k, stored)
		if err := p.spend(limits, key, stored); err != nil {
			p.left = append(p.left, key)
			continue
		}
		p.read = true
		if *room -= stored.size(); *room < 0 {
			rest := p.in
			rest.Keys = p.in.Keys[i:]
			out.UnprocessedKeys[p.name] = rest
			break
		}
		cost.table += readUnits(stored.size(), isTrue(p.in.ConsistentRead))
		json, err := stored.shown(p.project)
		if err != nil {
			return err
		}
		if json != nil {
			items = append(items, json)
		}
	}
	out.Responses[p.name] = items
	p.describeLeft(out)
	if described := cost.describe(mode, p.name); described != nil {
		out.ConsumedCapacity = append(out.ConsumedCapacity, *described)
	}
	return nil
}

// checkBatchGetItem judges the request as far as it can without the tables. The parts are in order
// of their tables' names.
func checkBatchGetItem(v voice, in *BatchGetItemInput) ([]*tableKeys, error) {
	var c constraints
	if len(in.RequestItems) == 0 && v == older {
		c.oneOf("returnConsumedCapacity", in.ReturnConsumedCapacity, enumCapacity)
		return nil, c.noRequestItems(in.RequestItems == nil)
	}
	if len(in.RequestItems) == 0 {
		return nil, v.noRequestItems("BatchGetItem", true)
	}
	names := slices.Sorted(maps.Keys(in.RequestItems))
	c.batchTables(names, func() string { return shownKeys(names, in.RequestItems) })
	keys := 0
	for _, name := range names {
		part := in.RequestItems[name]
		c.required("requestItems."+name+".member.keys", part.Keys == nil)
		c.batchKeys(v, name, part.Keys)
		c.legacyNames("requestItems."+name+".member.attributesToGet", part.AttributesToGet)
		keys += len(part.Keys)
	}
	c.oneOf("returnConsumedCapacity", in.ReturnConsumedCapacity, enumCapacity)
	if err := c.err(); err != nil {
		return nil, err
	}
	if keys > mostBatchKeys {
		return nil, v.request("Too many items requested for the BatchGetItem call")
	}
	parts := make([]*tableKeys, len(names))
	for i, name := range names {
		parts[i] = &tableKeys{name: name, in: in.RequestItems[name]}
		if err := parts[i].parse(v); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// noRequestItems refuses a batch of nothing in the words of the Classic generation.
func (c *constraints) noRequestItems(missing bool) error {
	if c.required("requestItems", missing); !missing {
		c.add("requestItems", "{}", "Member must have length greater than or equal to 1")
	}
	return c.err()
}

// noRequestItems refuses a batch of nothing; not all batch operations have today's words yet.
func (v voice) noRequestItems(operation string, today bool) error {
	if !today {
		return invalid("The requestItems parameter is required for " + operation)
	}
	var c constraints
	c.addToday("RequestItems", "Member must have length greater than or equal to 1")
	return c.err()
}

// batchTables checks the keys of RequestItems. shown is the member as the message echoes it.
func (c *constraints) batchTables(names []string, shown func() string) {
	for _, name := range names {
		if !isTableARN(name) && (len(name) < 3 || len(name) > 255 || !isName(name)) {
			c.add("requestItems", shown(), textMapKeys)
			return
		}
	}
}

func (c *constraints) batchKeys(v voice, table string, keys []item.Item) {
	limit, shown := "", "["+strconv.Itoa(len(keys))+" keys]"
	switch n := len(keys); {
	case keys == nil || n > 0 && n <= mostBatchKeys:
		return
	case n == 0:
		limit, shown = "Member must have length greater than or equal to 1", "[]"
	default:
		limit = "Member must have length less than or equal to " + strconv.Itoa(mostBatchKeys)
	}
	if v == older {
		c.add("requestItems."+table+".member.keys", shown, limit)
	} else {
		c.addToday("RequestItems."+table+".member.Keys", limit)
	}
}

// shownKeys is RequestItems as AWS's messages echo it: JSON.
func shownKeys(names []string, items map[string]KeysAndAttributes) string {
	b := []byte{'{'}
	for i, name := range names {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(strconv.AppendQuote(b, name), ":{"...)
		if items[name].Keys == nil {
			b = append(b, '}')
			continue
		}
		b = append(b, `"Keys":[`...)
		for j, key := range items[name].Keys {
			if j > 0 {
				b = append(b, ',')
			}
			b = key.AppendJSON(b)
		}
		b = append(b, "]}"...)
	}
	return string(append(b, '}'))
}

// parse judges one table's part.
func (p *tableKeys) parse(v voice) error {
	if err := v.mixed([]parameter{{"AttributesToGet", p.in.AttributesToGet != nil}},
		[]parameter{{"ProjectionExpression", p.in.ProjectionExpression != nil}}); err != nil {
		return err
	}
	for _, key := range p.in.Keys {
		if err := v.checkKeyValues(key); err != nil {
			return err
		}
	}
	x := v.expressions(p.in.ExpressionAttributeNames, nil)
	p.project = x.projection(p.in.ProjectionExpression)
	if err := x.end(""); err != nil || p.in.AttributesToGet == nil {
		return err
	}
	var err error
	p.project, err = v.attributesToGet(p.in.AttributesToGet)
	return err
}
