package dynamodb

import (
	"slices"

	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
	"github.com/brownoutdev/brownout/store"
)

func init() { services.Add(&operations, "TransactWriteItems", (*Service).transactWriteItems) }

// transactWriteItems carries all actions out, or none. Transactions and writes that meet at an item
// wait for each other: a TransactionConflict never happens by accident.
func (s *Service) transactWriteItems(r *services.Request, in *TransactWriteItemsInput) (*TransactWriteItemsOutput, error) {
	actions, err := checkTransactWriteItems(s.voice(older), in)
	if err != nil {
		return nil, err
	}
	t := &writeTransaction{actions: actions, token: s.tokenOf(r, in)}
	if err := t.find(s, r); err != nil {
		return nil, err
	}
	if err := s.transactActions(r, t); err != nil {
		return nil, err
	}
	return t.describe(in), nil
}

// transactActions carries out actions whose tables are found.
func (s *Service) transactActions(r *services.Request, t *writeTransaction) error {
	if err := inProgress(r, t.token); err != nil {
		return err
	}
	if err := canceledBy(r, len(t.actions)); err != nil {
		return err
	}
	err := writingAll(t.tables(), func() error {
		locks, err := t.bind()
		if err != nil {
			return err
		}
		return s.transact(r, t, locks)
	})
	if err == nil {
		s.sweepTokens(r, t.token)
	}
	return err
}

// writeTransaction is a TransactWriteItems on its way.
type writeTransaction struct {
	actions []*action
	token   *token // nil: the call has none
	// replayed is true when the token says that all is done already.
	replayed bool
	reasons  *reasons
}

// action is one of its actions.
type action struct {
	name string // the table's, as the call gives it
	// exactly one of item and key is set: of a Put, and of the others.
	item, key item.Item
	write     *pending
	update    *updating // of an Update; write is its pending
	isCheck   bool      // a ConditionCheck, which writes nothing
	table     *table
	st        *state
	size      int // of the item as it is after the action, or as it was when it is deleted
}

func (t *writeTransaction) find(s *Service, r *services.Request) error {
	for _, a := range t.actions {
		var err error
		if a.table, err = s.table(r, a.name); err != nil {
			return err
		}
	}
	return nil
}

func (t *writeTransaction) tables() []*table {
	tables := make([]*table, len(t.actions))
	for i, a := range t.actions {
		tables[i] = a.table
	}
	return tables
}

// writingAll calls fn while none of the tables can change or go. They are held in one order, in which
// batches and resets hold them, too: nobody waits for each other.
func writingAll(tables []*table, fn func() error) error {
	tables = slices.Clone(tables)
	slices.SortFunc(tables, func(a, b *table) int { return int(int64(a.number) - int64(b.number)) })
	for _, t := range slices.Compact(tables) {
		t.mutex.RLock()
		defer t.mutex.RUnlock()
		if t.deleted {
			return errNoTable()
		}
	}
	return fn()
}

// bind judges the actions by their tables' schemas, and answers what must be locked.
func (t *writeTransaction) bind() ([][]byte, error) {
	t.reasons = newReasons(len(t.actions))
	locks := make([][]byte, 0, len(t.actions)+1)
	for i, a := range t.actions {
		a.st = a.table.state.Load()
		if err := t.reasons.add(i, a.bind()); err != nil {
			return nil, err
		}
		if a.write.key != nil {
			locks = append(locks, a.write.key)
		}
	}
	if hasDuplicates(locks) {
		return nil, invalid(textSeveralActions)
	}
	if t.token != nil {
		locks = append(locks, t.token.key)
	}
	return locks, nil
}

// bind leaves the write without a key when it returns an error.
func (a *action) bind() error {
	switch {
	case a.update != nil:
		if err := a.update.bind(a.st); err != nil {
			a.write.key = nil
			return err
		}
	case a.item != nil:
		if err := a.st.checkItem(a.item); err != nil {
			return err
		}
		a.write.key, _ = a.st.itemKey(a.item)
		a.write.change = putChange(a.item)
	default:
		if err := a.st.checkKey(a.key); err != nil {
			return err
		}
		a.write.key, _ = a.st.itemKey(a.key)
	}
	return nil
}

// transact runs the bound transaction. The tables are held.
func (s *Service) transact(r *services.Request, t *writeTransaction, locks [][]byte) error {
	limits := s.limits(r)
	err := s.store.Update(r, locks, func(w store.Writer) error {
		seen, err := t.token.seen(w)
		if err != nil {
			return err
		}
		if seen {
			t.replayed = true
			return t.reread(w)
		}
		return t.perform(w, limits)
	})
	if err != nil || t.replayed {
		return err
	}
	for _, a := range t.actions {
		a.table.count(a.st, &a.write.effect)
	}
	return nil
}

// perform carries all actions out, also those behind one that fails: each has its reason.
func (t *writeTransaction) perform(w store.Writer, th *throttle) error {
	total := 0
	for i, a := range t.actions {
		if a.write.key == nil {
			continue // bind has its reason
		}
		if err := t.reasons.add(i, a.perform(w, th)); err != nil {
			return err
		}
		total += a.size
	}
	if err := t.reasons.err(); err != nil {
		return err
	}
	if total > transactionBytes {
		return invalid(textTooMuch)
	}
	return t.token.keep(w)
}

func (a *action) perform(w store.Writer, th *throttle) error {
	var err error
	if a.isCheck {
		err = a.check(w)
	} else {
		err = a.st.perform(w, a.write)
	}
	if err == nil {
		err = th.spendWrite(a.st, a.write, transactional)
	}
	switch {
	case a.item != nil:
		a.size = a.item.Size()
	case a.isCheck:
	case a.update != nil && a.update.encoded != nil:
		a.size = item.Stored(a.update.encoded).Size()
	case a.write.old != nil:
		a.size = a.write.old.Size()
	}
	return err
}

// check costs like a write of the item.
func (a *action) check(w store.Writer) error {
	old, err := load(w, a.write.key)
	if err != nil {
		return err
	}
	a.write.old = old
	if old != nil {
		a.size = old.Size()
	}
	a.write.effect = effect{units: writeUnits(a.size)}
	return a.write.check()
}

// reread stands in for performing a transaction that is done already: it costs reads.
func (t *writeTransaction) reread(w store.Writer) error {
	for _, a := range t.actions {
		if a.write.key == nil {
			continue
		}
		old, err := load(w, a.write.key)
		if err != nil {
			return err
		}
		a.write.old, a.size = old, 0
		if old != nil {
			a.size = old.Size()
		}
	}
	return nil
}

// describe is the answer: a table's actions are summed up under the name that the call gave it.
func (t *writeTransaction) describe(in *TransactWriteItemsInput) *TransactWriteItemsOutput {
	out := new(TransactWriteItemsOutput)
	byName := map[string][]*action{}
	var names []string
	for _, a := range t.actions {
		if byName[a.name] == nil {
			names = append(names, a.name)
		}
		byName[a.name] = append(byName[a.name], a)
	}
	slices.Sort(names)
	for _, name := range names {
		actions := byName[name]
		if wanted(in.ReturnConsumedCapacity) {
			cost := t.cost(actions).times(transactional)
			out.ConsumedCapacity = append(out.ConsumedCapacity, *cost.transactionCost(in.ReturnConsumedCapacity, name, !t.replayed))
		}
		for _, a := range actions {
			if a.isCheck {
				continue
			}
			out.addCollection(name, a.st.collection(in.ReturnItemCollectionMetrics, slices.Concat(a.item, a.key)))
		}
	}
	return out
}

func (t *writeTransaction) cost(actions []*action) consumption {
	if t.replayed {
		var c consumption
		for _, a := range actions {
			c.table += readUnits(a.size, true)
		}
		return c
	}
	var sum effect
	for _, a := range actions {
		e := a.write.effect
		e.indexes = slices.Clone(e.indexes)
		sum.add(e)
	}
	return actions[0].st.writes(&sum)
}

func (out *TransactWriteItemsOutput) addCollection(name string, metrics *ItemCollectionMetrics) {
	if metrics == nil {
		return
	}
	if out.ItemCollectionMetrics == nil {
		out.ItemCollectionMetrics = map[string][]ItemCollectionMetrics{}
	}
	if !slices.ContainsFunc(out.ItemCollectionMetrics[name], func(m ItemCollectionMetrics) bool {
		return item.EqualItems(m.ItemCollectionKey, metrics.ItemCollectionKey)
	}) {
		out.ItemCollectionMetrics[name] = append(out.ItemCollectionMetrics[name], *metrics)
	}
}
