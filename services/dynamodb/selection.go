package dynamodb

import (
	"bytes"
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/dynamodb/expression"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
	"github.com/brownoutdev/brownout/services/dynamodb/partiql"
	"github.com/brownoutdev/brownout/store"
)

// mostPartitions is how many partitions one SELECT reads at most.
const mostPartitions = 50

// selection is a SELECT bound to a table: a reading that goes through ranges one after the other.
type selection struct {
	reading
	name   string
	ranges []store.Range
	// isOne is true when the statement names one item by its whole key.
	isOne bool
}

// branch is a part of a WHERE clause that confines a SELECT to partitions.
type branch struct {
	hash []item.Value
	sort *expression.KeyCondition // nil: the whole partition
	// negated is true when something negative is said of the sort key: such branches may overlap.
	negated bool
	// whole is true when the branch says no more than that.
	whole bool
}

// selection judges a SELECT by the table's schema.
func (st *state) selection(name string, statement *partiql.Statement, consistent bool) (*selection, error) {
	q := &selection{name: name, reading: reading{st: st, consistent: consistent}}
	keys, space := &st.keys, st.space
	if statement.Index != "" {
		x, err := st.statementIndex(statement.Index, consistent)
		if err != nil {
			return nil, err
		}
		q.index, keys, space = x, &x.keys, x.space
	}
	if err := q.columns(statement); err != nil {
		return nil, err
	}
	if statement.Condition != nil {
		q.matches = (*condition)(statement.Condition).holds
	}
	branches, err := branchesOf(statement.Condition, keys)
	if err != nil {
		return nil, err
	}
	if branches == nil {
		q.ranges = []store.Range{store.Prefix(space)}
		return q, checkOrder(statement, keys, 0)
	}
	if err := q.checkFilter(statement, branches); err != nil {
		return nil, err
	}
	return q, q.bind(statement, branches, keys, space)
}

func (st *state) statementIndex(name string, consistent bool) (*index, error) {
	x := st.index(name)
	switch {
	case x == nil:
		return nil, invalid(textStatementIndex)
	case x.hasSeveralKeyParts():
		return nil, invalid(textSeveralKeyParts)
	case x.building:
		return nil, invalid("Cannot read from backfilling global secondary index: " + name)
	case x.global && consistent:
		return nil, invalid(textConsistentGlobal)
	}
	return x, nil
}

// hasSeveralKeyParts reports whether the index has a key that PartiQL does not read.
func (x *index) hasSeveralKeyParts() bool { return len(x.keys.hash) > 1 || len(x.keys.sort) > 1 }

// columns sets what the reading takes of items. A local index fetches from the table what it does not have.
func (q *selection) columns(statement *partiql.Statement) error {
	columns := statement.Columns
	if columns == nil {
		return nil
	}
	q.project = func(stored item.Stored) ([]byte, error) {
		return partiql.AppendRow(make([]byte, 0, len(stored)), columns, stored)
	}
	if q.index == nil || q.index.all {
		return nil
	}
	var missing []string
	for _, column := range columns {
		if attribute := column.Path.Attribute(); !q.index.projected[attribute] {
			missing = append(missing, attribute)
		}
	}
	if len(missing) > 0 && q.index.global {
		return invalidParameter("Global secondary index " + q.index.name + " does not project [" + strings.Join(missing, ", ") + "]")
	}
	q.fetch = len(missing) > 0
	return nil
}

// checkFilter refuses to look at what an index does not have, in partitions of it.
func (q *selection) checkFilter(statement *partiql.Statement, branches []branch) error {
	if q.index == nil || q.index.all || len(branches) > 1 {
		return nil
	}
	var missing []string
	statement.Condition.EachPath(func(path expression.Path) {
		if name := path.Attribute(); !q.index.projected[name] && !slices.Contains(missing, name) {
			missing = append(missing, name)
		}
	})
	if missing == nil {
		return nil
	}
	return invalidParameter("Secondary index " + q.index.name + " does not project one or more filter attributes: [" + strings.Join(missing, ", ") + "]")
}

// branchesOf are the branches of a WHERE clause; nil when one of them is for all partitions.
func branchesOf(where *expression.Condition, keys *keySchema) ([]branch, error) {
	if where == nil {
		return nil, nil
	}
	alternatives := []expression.Condition{*where}
	if where.Operator == expression.Or {
		alternatives = where.Conditions
	}
	var branches []branch
	partitions := 0
	for i := range alternatives {
		b := branchOf(&alternatives[i], keys)
		if b.hash == nil {
			return nil, nil
		}
		if partitions += len(b.hash); partitions > mostPartitions {
			return nil, invalid("Too many decomposed read operations for a given query.")
		}
		branches = append(branches, b)
	}
	return branches, nil
}

func branchOf(c *expression.Condition, keys *keySchema) branch {
	var b branch
	conditions := conjuncts(c)
	used := 0
	for i := range conditions {
		c := &conditions[i]
		if values := hashValues(c, keys.hash[0].name); values != nil && b.hash == nil {
			b.hash = values
			used++
			continue
		}
		if len(keys.sort) == 0 {
			continue
		}
		name := keys.sort[0].name
		k, ok := c.KeyCondition()
		switch {
		case ok && k.Attribute == name && b.sort == nil:
			b.sort = &k
			used++
		case isNegative(c, name):
			b.negated = true
		}
	}
	b.whole = used == len(conditions)
	return b
}

// hashValues are the values that a condition allows the partition key to have; nil when it is about something else.
func hashValues(c *expression.Condition, name string) []item.Value {
	if k, ok := c.KeyCondition(); ok {
		if k.Attribute == name && k.Operator == expression.Equal {
			return k.Values
		}
		return nil
	}
	var values []item.Value
	switch c.Operator {
	case expression.In:
		if first := c.Operands[0]; first.Kind != expression.PathOperand || len(first.Path) > 1 || first.Path.Attribute() != name {
			return nil
		}
		for _, o := range c.Operands[1:] {
			if o.Kind != expression.ValueOperand {
				return nil
			}
			values = append(values, *o.Value)
		}
	case expression.Or:
		for i := range c.Conditions {
			more := hashValues(&c.Conditions[i], name)
			if more == nil {
				return nil
			}
			values = append(values, more...)
		}
	}
	return values
}

// isNegative is whether a condition says what an attribute is not.
func isNegative(c *expression.Condition, name string) bool {
	if c.Operator != expression.NotEqual && c.Operator != expression.Not {
		return false
	}
	found := false
	c.EachPath(func(path expression.Path) { found = found || path.Attribute() == name })
	return found
}

// partition is what a SELECT reads of one partition.
type partition struct {
	value   item.Value
	ranges  []store.Range
	sorted  bool // a branch has a condition on the sort key
	negated bool
	all     store.Range
}

// bind turns branches into ranges.
func (q *selection) bind(statement *partiql.Statement, branches []branch, keys *keySchema, space []byte) error {
	var partitions []*partition
	for i := range branches {
		for _, v := range branches[i].hash {
			if err := branches[i].add(&partitions, v, keys, space); err != nil {
				return err
			}
		}
	}
	if err := checkOrder(statement, keys, len(partitions)); err != nil {
		return err
	}
	q.order(statement, partitions, keys)
	for _, p := range partitions {
		ranges, err := p.merged()
		if err != nil {
			return err
		}
		q.ranges = append(q.ranges, ranges...)
	}
	b := &branches[0]
	single := len(branches) == 1 && len(partitions) == 1 && !b.negated
	if single && b.whole {
		q.matches = nil
	}
	q.isOne = single && q.index == nil && (len(keys.sort) == 0 || b.sort != nil && b.sort.Operator == expression.Equal)
	return nil
}

// add adds the branch's range in the partition of a value.
func (b *branch) add(partitions *[]*partition, v item.Value, keys *keySchema, space []byte) error {
	k := &keyRange{keys: keys, hash: item.Item{{Name: keys.hash[0].name, Value: v}}}
	if err := k.checkValues(); err != nil {
		return err
	}
	at := slices.IndexFunc(*partitions, func(p *partition) bool { return item.Equal(p.value, v) })
	if at < 0 {
		at = len(*partitions)
		*partitions = append(*partitions, &partition{value: v, all: k.rangeIn(space)})
	}
	p := (*partitions)[at]
	if b.sort != nil {
		k.sort = []*expression.KeyCondition{b.sort}
		if err := k.checkValues(); err != nil {
			return err
		}
		p.sorted = true
	}
	p.negated = p.negated || b.negated
	p.ranges = append(p.ranges, k.rangeIn(space))
	return nil
}

// merged are the partition's ranges, which AWS wants apart from each other.
func (p *partition) merged() ([]store.Range, error) {
	if len(p.ranges) == 1 && !p.negated {
		return p.ranges, nil
	}
	if p.negated || !p.sorted {
		return []store.Range{p.all}, nil
	}
	for i, a := range p.ranges {
		for _, b := range p.ranges[:i] {
			if bytes.Compare(a.Start, b.End) < 0 && bytes.Compare(b.Start, a.End) < 0 {
				return nil, invalid("Overlapping conditions with range keys are not supported in where clause")
			}
		}
	}
	return p.ranges, nil
}

// checkOrder judges the ORDER BY of a SELECT from so many partitions; 0 are all.
func checkOrder(statement *partiql.Statement, keys *keySchema, partitions int) error {
	if len(statement.Order) == 0 {
		return nil
	}
	switch {
	case statement.Condition == nil:
		return invalid("Must have WHERE clause in the statement when using ORDER BY clause.")
	case partitions == 0:
		return invalid("Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.")
	}
	hasHash := false
	for _, o := range statement.Order {
		if !keys.has(o.Attribute) {
			return invalid("Variable reference " + o.Attribute + " in ORDER BY clause must be part of the primary key")
		}
		hasHash = hasHash || o.Attribute == keys.hash[0].name
	}
	if partitions > 1 && !hasHash {
		return invalid("Must have hash key in ORDER BY clause when more than one hash key condition specified in WHERE clause.")
	}
	return nil
}

func (q *selection) order(statement *partiql.Statement, partitions []*partition, keys *keySchema) {
	for _, o := range statement.Order {
		if o.Attribute != keys.hash[0].name {
			for _, p := range partitions {
				p.all.Reverse = o.Descending
				for i := range p.ranges {
					p.ranges[i].Reverse = o.Descending
				}
			}
			continue
		}
		slices.SortStableFunc(partitions, func(a, b *partition) int {
			order, _ := item.Compare(a.value, b.value)
			if o.Descending {
				return -order
			}
			return order
		})
	}
}

// resume is where a page begins: in which range, and behind which key.
type resume struct {
	at  int
	key []byte // nil: the range's beginning
}

// page reads from a place on, and answers where the next page begins; nil when all is read.
func (q *selection) page(r *services.Request, s *Service, from resume, limit int64) (*page, *resume, float64, error) {
	total, units := &page{items: rawList{}}, 0.0
	q.limit = limit
	q.shorten(r)
	limit = q.limit
	for at := from.at; at < len(q.ranges); at++ {
		if q.over = q.ranges[at]; at == from.at && from.key != nil {
			q.over = startAfter(q.over, from.key)
		}
		if limit > 0 {
			q.limit = limit - total.scanned
		}
		p, err := q.run(r, s.reads(r, q.st, q.consistent))
		if err != nil {
			return nil, nil, 0, err
		}
		if err := s.limits(r).page(&q.reading, p, q.over.Start); err != nil {
			return nil, nil, 0, err
		}
		total.items = append(total.items, p.items...)
		total.scanned += p.scanned
		total.bytes += p.bytes
		total.fetched += p.fetched
		total.last = p.last
		units += readUnits(p.bytes, q.consistent)
		switch {
		case p.last != nil && q.isOne:
			total.last = nil
		case p.last != nil:
			return total, &resume{at, p.last}, units, nil
		case total.bytes >= pageBytes && at+1 < len(q.ranges):
			return total, &resume{at: at + 1}, units, nil
		}
	}
	return total, nil, units, nil
}

// cost is what a page cost.
func (q *selection) cost(p *page, units float64) consumption {
	if q.index == nil {
		return consumption{table: units}
	}
	return consumption{table: p.fetched, indexes: []indexUnits{{q.index, units}}}
}

// space is what all keys of what is read begin with.
func (q *selection) space() []byte {
	if q.index != nil {
		return q.index.space
	}
	return q.st.space
}
