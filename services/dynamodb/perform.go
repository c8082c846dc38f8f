package dynamodb

import (
	"context"

	"github.com/brownoutdev/brownout/services/dynamodb/item"
	"github.com/brownoutdev/brownout/store"
)

// pending is one item's write, checked against the schema and ready to be carried out.
type pending struct {
	// key is where the item is stored, and what must be locked.
	key []byte
	// condition must hold of the item as it is; nil always does.
	condition *condition
	// lost lets the condition fail whatever the item is: a fault.
	lost bool
	// showOld puts the item into the error when the condition fails.
	showOld bool
	// limits are what a call has to keep to; nil: nothing, as for the work that time brings.
	limits *throttle
	// inserts says that the item must be new: that it is not has an error of its own.
	inserts bool
	// change makes the item that is to be, and its encoding, from the one that is (nil: none).
	// A nil item deletes; keep leaves everything as it is.
	change func(old item.Stored) (to item.Item, encoded []byte, err error)

	// expired marks the deletion of an item whose time to live is over, and replicated a write that
	// comes from another region.
	expired    bool
	replicated *version

	// old is the item as it was, nil when there was none; effect is what came of it.
	old    item.Stored
	effect effect
}

// perform carries a write out within a transaction.
func (st *state) perform(w store.Writer, p *pending) error {
	old, err := load(w, p.key)
	if err != nil {
		return err
	}
	p.old = old
	if err := p.check(); err != nil {
		return err
	}
	to, encoded, err := p.change(old)
	if err != nil {
		return err
	}
	if p.effect, err = st.apply(st.history.recording(w), p.key, old, to, encoded); err != nil || st.watch == nil {
		return err
	}
	return st.watch.changed(w, st, p, to, encoded)
}

func (p *pending) check() error {
	if p.condition == nil {
		return nil
	}
	holds, err := p.condition.holds(p.old)
	if err != nil || holds && !p.lost {
		return err
	}
	if p.inserts {
		return refused(codeDuplicate, "Duplicate primary key exists in table")
	}
	failed := refused(codeConditional, "The conditional request failed")
	if p.showOld && p.old != nil {
		failed.Detail = &conditionFailure{Item: p.old.JSON()}
	}
	return failed
}

// conditionFailure is what the error carries besides its message.
type conditionFailure struct{ Item rawJSON }

// writeOne carries out one item's write as a transaction of its own and then calls done, still within it.
func (s *Service) writeOne(ctx context.Context, t *table, st *state, p *pending, done func() error) error {
	err := s.store.Update(ctx, [][]byte{p.key}, func(w store.Writer) error {
		if err := st.perform(w, p); err != nil {
			return err
		}
		if err := p.limits.spendWrite(st, p, 1); err != nil {
			return err
		}
		return done()
	})
	if err == nil {
		t.count(st, &p.effect)
	}
	return err
}

// putChange puts this item, whatever was there.
func putChange(it item.Item) func(item.Stored) (item.Item, []byte, error) {
	encoded := item.Encode(it)
	return func(item.Stored) (item.Item, []byte, error) { return it, encoded, nil }
}

// deleteChange deletes the item, if there is one.
func deleteChange(item.Stored) (item.Item, []byte, error) { return nil, nil, nil }

// checkReturnValues refuses what only UpdateItem can return.
func (v voice) checkReturnValues(values *string) error {
	if values == nil || *values == "NONE" || *values == returnAllOld {
		return nil
	}
	return v.request("ReturnValues can only be ALL_OLD or NONE")
}

const (
	returnAllOld     = "ALL_OLD"
	returnAllNew     = "ALL_NEW"
	returnUpdatedOld = "UPDATED_OLD"
	returnUpdatedNew = "UPDATED_NEW"
)
