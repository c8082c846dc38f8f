package fault

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/brownoutdev/brownout/clock"
)

// Rules are the rules in force in one server. What Put and Remove have returned from holds for every
// call that comes in afterwards.
type Rules struct {
	set   atomic.Pointer[Set]
	clock clock.Clock

	mutex   sync.Mutex
	list    []Rule
	state   *State
	seed    uint64
	seeded  uint64 // numbers the rules that got their seed from ours
	named   uint64 // numbers the rules that got their id from us
	version uint64
}

// NewRules is an empty list. The seed decides the draws of all rules that bring none.
func NewRules(c clock.Clock, seed uint64) *Rules {
	r := &Rules{clock: c, state: NewState(), seed: seed}
	r.set.Store(&Set{})
	return r
}

// Set is the compiled rules of this moment.
func (r *Rules) Set() *Set { return r.set.Load() }

// Register makes the kinds known that a service carries out itself, before rules are put.
func (r *Rules) Register(service string, kinds map[string]Parse) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for kind, parse := range kinds {
		if r.state.registered[kind] == nil {
			r.state.registered[kind] = map[string]Parse{}
		}
		r.state.registered[kind][service] = parse
	}
}

// Kinds are the names of all effects that rules can have here, in order.
func (r *Rules) Kinds() []string {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return allKinds(r.state.registered)
}

// View is what a service sees of the rules outside of calls.
func (r *Rules) View(service string) View { return serviceView{r, service} }

// Put adds rules, or replaces those whose IDs exist. Either all are in force when it returns, or none
// and the error (a *RuleError) says why.
func (r *Rules) Put(rules ...Rule) error {
	_, _, err := r.Replace(nil, rules...)
	return err
}

// PutChecked is Put that also answers the rules as they are in force (with id, seed, and names as calls
// have them) and what may surprise their author.
func (r *Rules) PutChecked(rules ...Rule) ([]Status, []Warning, error) {
	return r.Replace(nil, rules...)
}

// Replace takes out all rules that old is true of and puts others, in one step: no call sees anything
// in between. Rules whose IDs existed keep their place and their counters. Either all is done, or nothing
// and the error is a *RuleError. old may be nil: no rule.
func (r *Rules) Replace(old func(Rule) bool, rules ...Rule) ([]Status, []Warning, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	next, err := r.prepare(rules)
	if err != nil {
		return nil, nil, err
	}
	var warnings []Warning
	for i := range next.rules {
		warnings = append(warnings, next.rules[i].warnings(i, r.clock.Now())...)
	}
	list := r.living()
	if old != nil {
		list = slices.DeleteFunc(list, func(rule Rule) bool {
			return old(rule) && !slices.ContainsFunc(next.rules, func(n Rule) bool { return n.ID == rule.ID })
		})
	}
	for _, rule := range next.rules {
		if at := indexOf(list, rule.ID); at >= 0 {
			list[at] = rule
		} else {
			list = append(list, rule)
		}
	}
	if err := r.swap(list); err != nil {
		return nil, nil, placed(err, next.rules)
	}
	r.seeded, r.named = next.seeded, next.named
	statuses := make([]Status, len(next.rules))
	for i, rule := range next.rules {
		statuses[i] = r.status(rule)
	}
	return statuses, warnings, nil
}

// prepared are rules with all that they did not bring themselves.
type prepared struct {
	rules         []Rule
	seeded, named uint64
}

// prepare checks rules against the catalogue and gives them ids, seeds and times. The mutex is held.
func (r *Rules) prepare(rules []Rule) (prepared, error) {
	p := prepared{make([]Rule, len(rules)), r.seeded, r.named}
	for i, rule := range rules {
		normal, err := rule.normalised()
		if err != nil {
			var e *RuleError
			if errors.As(err, &e) {
				e.Index, e.ID = i, rule.ID
			}
			return p, err
		}
		for normal.ID == "" {
			p.named++
			if id := "rule-" + strconv.FormatUint(p.named, 10); indexOf(r.list, id) < 0 && indexOf(rules, id) < 0 {
				normal.ID = id
			}
		}
		if indexOf(p.rules[:i], normal.ID) >= 0 {
			return p, &RuleError{Index: i, ID: normal.ID, Field: "id", Message: fmt.Sprintf("%q is the id of an earlier rule of the same list", normal.ID)}
		}
		if normal.Seed == 0 {
			if at := indexOf(r.list, normal.ID); at >= 0 {
				normal.Seed = r.list[at].Seed
			} else {
				p.seeded++
				// 53 bits, so that every JSON reader shows the seed as it is.
				normal.Seed = max(1, splitmix64(r.seed+p.seeded*golden)>>11)
			}
		}
		if normal.Made.IsZero() {
			normal.Made = r.clock.Now()
		}
		p.rules[i] = normal
	}
	return p, nil
}

// placed makes an error of compiling the whole list one about the rules that were put.
func placed(err error, rules []Rule) error {
	var e *RuleError
	if errors.As(err, &e) {
		e.Index = max(0, indexOf(rules, e.ID))
	}
	return err
}

func indexOf(list []Rule, id string) int {
	return slices.IndexFunc(list, func(rule Rule) bool { return rule.ID == id })
}

// Check is Put that changes nothing: it answers what Put would.
func (r *Rules) Check(rules ...Rule) ([]Warning, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	next, err := r.prepare(rules)
	if err != nil {
		return nil, err
	}
	scratch := NewState()
	scratch.registered = r.state.registered
	if _, err := Compile(next.rules, scratch); err != nil {
		return nil, err
	}
	var warnings []Warning
	for i := range next.rules {
		warnings = append(warnings, next.rules[i].warnings(i, r.clock.Now())...)
	}
	return warnings, nil
}

// Remove takes out all rules of an owner and answers how many there were.
func (r *Rules) Remove(owner string) (removed int) {
	return r.RemoveFunc(func(rule Rule) bool { return rule.Owner == owner })
}

// RemoveID takes out one rule; ok is false when there is none of this id.
func (r *Rules) RemoveID(id string) (ok bool) {
	return r.RemoveFunc(func(rule Rule) bool { return rule.ID == id }) > 0
}

// RemoveFunc takes out all rules that fn is true of and answers how many there were.
func (r *Rules) RemoveFunc(fn func(Rule) bool) (removed int) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	list := r.living()
	before := len(list)
	list = slices.DeleteFunc(list, fn)
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
	r.version++
	return nil
}

// living is a copy of the list without rules whose end has passed. The mutex is held.
func (r *Rules) living() []Rule {
	now := r.clock.Now()
	list := make([]Rule, 0, len(r.list)+1)
	for _, rule := range r.list {
		if end := rule.end(); end.IsZero() || now.Before(end) {
			list = append(list, rule)
		}
	}
	return list
}

// Status is a rule with what has come of it so far.
type Status struct {
	Rule
	// Matched calls were within the rule's Match, at its time; Hits are those that the effect was meant
	// for, Misses the others.
	Matched uint64 `json:"matched"`
	Hits    uint64 `json:"hits"`
	Misses  uint64 `json:"misses"`
}

func (r *Rules) status(rule Rule) Status {
	s := Status{Rule: rule}
	if c := r.state.counters[rule.ID]; c != nil {
		s.Hits = c.hits.Load() // first, so that it is never more than matched
		s.Matched = c.matched.Load()
		s.Misses = s.Matched - s.Hits
	}
	return s
}

// List is all rules in force, in order.
func (r *Rules) List() []Status {
	list, _ := r.Snapshot()
	return list
}

// Snapshot is all rules in force, in order, and the version of the list: a number that changes whenever
// rules are put or removed, or end.
func (r *Rules) Snapshot() ([]Status, string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	living := r.living()
	list := make([]Status, len(living))
	for i, rule := range living {
		list[i] = r.status(rule)
	}
	return list, fmt.Sprintf("%d.%d", r.version, len(r.list)-len(living))
}

// Get is one rule in force; ok is false when there is none of this id.
func (r *Rules) Get(id string) (status Status, ok bool) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	living := r.living()
	if at := indexOf(living, id); at >= 0 {
		return r.status(living[at]), true
	}
	return Status{}, false
}
