package dynamodb

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/store"
)

// tableName is what makes a table: tables of different accounts and regions are different tables.
type tableName struct{ account, region, name string }

// table is one table.
type table struct {
	name   tableName
	number uint32
	// mutex is held for reading by whoever writes items, from before it reads the state until its
	// counts are in, and for writing by what must not meet a writer: deletion, a new state, and
	// the moment at which counting begins. Readers of items do without.
	mutex   sync.RWMutex
	deleted bool // guarded by mutex
	// state is replaced, under mutex, when the table's descriptor changes.
	state atomic.Pointer[state]
	size  tally
	// counting is held while the sizes are counted; counted is guarded by it.
	counting sync.Mutex
	counted  bool
}

// state is a descriptor and what follows from it. It never changes.
type state struct {
	*schema
	descriptor *descriptor
	// watch follows the table's writes; nil: nobody does.
	watch   *watch
	history *history
}

func (s *Service) newState(d *descriptor, old *state) (*state, error) {
	var before *schema
	if old != nil {
		before = old.schema
	}
	sc, err := newSchema(d, s.tableSpace(d.Number), before)
	if err != nil {
		return nil, err
	}
	return &state{schema: sc, descriptor: d, watch: s.watchOf(d), history: s.historyOf(d)}, nil
}

// loadTables reads the descriptors of all tables.
func (s *Service) loadTables(ctx context.Context) error {
	tables := map[tableName]*table{}
	prefix := append(append([]byte(nil), s.prefix...), letterTable)
	err := s.store.View(ctx, func(r store.Reader) error {
		return r.Scan(store.Prefix(prefix), func(_, value []byte) (bool, error) {
			d, err := decodeDescriptor(value)
			if err != nil {
				return false, err
			}
			t, err := s.newTable(d)
			if err != nil {
				return false, err
			}
			tables[t.name] = t
			s.lastNumber = max(s.lastNumber, d.Number)
			return true, nil
		})
	})
	if err != nil {
		return fmt.Errorf("dynamodb: reading the tables: %w", err)
	}
	s.tables.Store(&tables)
	return nil
}

func (s *Service) newTable(d *descriptor) (*table, error) {
	st, err := s.newState(d, nil)
	if err != nil {
		return nil, err
	}
	t := &table{name: tableName{d.Account, d.Region, d.Name}, number: d.Number}
	t.state.Store(st)
	return t, nil
}

// register makes a table known, or forgets it when t is nil. s.changing is held.
func (s *Service) register(name tableName, t *table) {
	tables := maps.Clone(*s.tables.Load())
	if t == nil {
		delete(tables, name)
	} else {
		tables[name] = t
	}
	s.tables.Store(&tables)
}

func isTableARN(name string) bool { return strings.HasPrefix(name, "arn:") }

// resolve is the table that a call means by a name or an ARN. ok is false for an ARN that can be
// no table of the caller's account in the call's region.
func resolve(call *aws.Call, name string) (_ tableName, ok bool) {
	if !isTableARN(name) {
		return tableName{call.Account, call.Region, name}, true
	}
	arn, ok := aws.ParseARN(name)
	if !ok || arn.Service != "dynamodb" || arn.Region != call.Region || arn.Account != call.Account {
		return tableName{name: name}, false
	}
	short, ok := strings.CutPrefix(arn.Resource, "table/")
	return tableName{call.Account, call.Region, short}, ok
}

// find is the table that a call names; nil when there is none.
func (s *Service) find(call *aws.Call, name string) *table {
	resolved, ok := resolve(call, name)
	if !ok {
		return nil
	}
	return (*s.tables.Load())[resolved]
}

// table is the table that a data operation names.
func (s *Service) table(r *services.Request, name string) (*table, error) {
	if t := s.find(r.Call, name); t != nil {
		return t, nil
	}
	return nil, errNoTable()
}

// writing calls fn with the table's state while the table can neither change nor go.
func (t *table) writing(fn func(st *state) error) error {
	t.mutex.RLock()
	defer t.mutex.RUnlock()
	if t.deleted {
		return errNoTable()
	}
	return fn(t.state.Load())
}

// change stores another descriptor for the table, with what that does to its streams, and goes on with
// it. s.changing is held.
func (s *Service) change(ctx context.Context, t *table, d *descriptor, streams ...*streamChange) (*state, error) {
	var st *state
	encoded, err := d.encode()
	if err == nil {
		st, err = s.newState(d, t.state.Load())
	}
	if err != nil {
		for _, c := range streams {
			c.end(s, err)
		}
		return nil, err
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if err := s.put(ctx, s.descriptorKey(t.name), encoded, streams...); err != nil {
		return nil, err
	}
	t.state.Store(st)
	return st, nil
}

// put stores a descriptor, with what the change does to streams.
func (s *Service) put(ctx context.Context, key, value []byte, streams ...*streamChange) error {
	err := s.store.Update(ctx, [][]byte{key}, func(w store.Writer) error {
		for _, c := range streams {
			if err := c.save(s, w); err != nil {
				return err
			}
		}
		return w.Set(key, value)
	})
	for _, c := range streams {
		c.end(s, err)
	}
	return err
}
