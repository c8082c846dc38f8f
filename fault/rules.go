package fault

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/brownoutdev/brownout/clock"
)

// Rules are the rules in force in one server. What Put and Remove have returned from holds for every
// call that comes in afterwards.
type Rules struct {
	set   atomic.Pointer[Set]
	clock clock.Clock

	mutex sync.Mutex
	list  []Rule
	state *State
	seed  uint64
	put   uint64 // numbers the rules that got their seed from ours
}

// NewRules is an empty list. The seed decides the draws of all rules that bring none.
func NewRules(c clock.Clock, seed uint64) *Rules {
	r := &Rules{clock: c, state: NewState(), seed: seed}
	r.set.Store(&Set{})
	return r
}

// Set is the compiled rules of this moment.
func (r *Rules) Set() *Set { return r.set.Load() }

// Put adds rules, or replaces those whose IDs exist. Either all are in force when it returns, or none
// and the error (a *RuleError) says why.
func (r *Rules) Put(rules ...Rule) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	list, put := r.living(), r.put
	for _, rule := range rules {
		at := slices.IndexFunc(list, func(old Rule) bool { return old.ID == rule.ID })
		if rule.Seed == 0 {
			if at >= 0 {
				rule.Seed = list[at].Seed
			} else {
				put++
				rule.Seed = splitmix64(r.seed + put*0x9e3779b97f4a7c15)
			}
		}
		if at >= 0 {
			list[at] = rule
		} else {
			list = append(list, rule)
		}
	}
	if err := r.swap(list); err != nil {
		return err
	}
	r.put = put
	return nil
}

// Remove takes out all rules of an owner and answers how many there were.
func (r *Rules) Remove(owner string) (removed int) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	list := r.living()
	before := len(list)
	list = slices.DeleteFunc(list, func(rule Rule) bool { return rule.Owner == owner })
	if err := r.swap(list); err != nil {
		panic(fmt.Sprintf("fault: rules that compiled before do not compile now: %v", err))
	}
	return before - len(list)
}

// swap compiles a list and puts it into force. The mutex is held.
func (r *Rules) swap(list []Rule) error {
	set, err := Compile(list, r.state)
	if err != nil {
		return err
	}
	r.list = list
	r.set.Store(set)
	return nil
}

// living is a copy of the list without rules whose end has passed. The mutex is held.
func (r *Rules) living() []Rule {
	now := r.clock.Now()
	list := make([]Rule, 0, len(r.list)+1)
	for _, rule := range r.list {
		if rule.When.End == nil || now.Before(*rule.When.End) {
			list = append(list, rule)
		}
	}
	return list
}

// Status is a rule with what has come of it so far.
type Status struct {
	Rule
	// Matched calls were within the rule's Match; Hits are those whose draw hit.
	Matched uint64 `json:"matched"`
	Hits    uint64 `json:"hits"`
}

// List is all rules in force, in order.
func (r *Rules) List() []Status {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	living := r.living()
	list := make([]Status, len(living))
	for i, rule := range living {
		list[i] = Status{Rule: rule}
		if c := r.state.counters[rule.ID]; c != nil {
			list[i].Matched, list[i].Hits = c.matched.Load(), c.hits.Load()
		}
	}
	return list
}
