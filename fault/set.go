package fault

import (
	"errors"
	"slices"
	"sync/atomic"

	"github.com/brownoutdev/brownout/aws"
)

// Set is compiled rules: immutable, so that matching takes no lock.
type Set struct {
	rules []*armed
	// byOperation remembers which rules can match an operation at all. It is copied to be extended,
	// and holds at most as many entries as the catalogue has operations.
	byOperation atomic.Pointer[map[operation]*candidates]
	attempts    bool
	resources   bool
}

type operation struct{ service, operation string }

// armed is a rule ready to match.
type armed struct {
	Rule
	effect   Effect
	schedule schedule
	counters *counters
	memory   any // of an effect that remembers
	state    *State
}

// counters live in State, so that they survive recompiling.
type counters struct {
	matched atomic.Uint64 // calls that the rule matched: also the position of its next draw
	hits    atomic.Uint64
	memory  any // of the effect; compiling changes it, matching only reads it
}

// State holds what outlives a Set: hit counters, draw positions and what effects remember, by rule ID.
type State struct {
	counters   map[string]*counters
	registered map[string]map[string]Parse // kinds that services carry out themselves: kind, then service
	hanging    atomic.Int64
	maxHanging int
}

// NewState is a state without counters.
func NewState() *State {
	return &State{counters: map[string]*counters{}, registered: map[string]map[string]Parse{}, maxHanging: MaxHanging}
}

// Compile makes a set of all rules, in this order, or says which field of which rule is wrong (a
// *RuleError). It does not ask the catalogue: see Rules.Put. Counters of rules that are not among
// them are dropped from state.
func Compile(rules []Rule, state *State) (*Set, error) {
	set := &Set{rules: make([]*armed, 0, len(rules))}
	kept := make(map[string]*counters, len(rules))
	for i, r := range rules {
		a, err := arm(r, state)
		if err != nil {
			var e *RuleError
			if errors.As(err, &e) {
				e.Index, e.ID = i, r.ID
			}
			return nil, err
		}
		kept[r.ID] = a.counters
		set.rules = append(set.rules, a)
		set.attempts = set.attempts || a.schedule.highest > 0
		set.resources = set.resources || len(r.Match.Resource) > 0 || r.Match.Except != nil && len(r.Match.Except.Resource) > 0
	}
	for i := range set.rules { // only now that no rule is refused
		a := set.rules[i]
		if r, ok := a.effect.(remembering); ok {
			a.counters.memory = r.memory(a.counters.memory)
			a.memory = a.counters.memory
		} else {
			a.counters.memory = nil
		}
	}
	state.counters = kept
	set.byOperation.Store(&map[operation]*candidates{})
	return set, nil
}

func arm(r Rule, state *State) (*armed, error) {
	if r.ID == "" {
		return nil, &RuleError{Field: "id", Message: "must not be empty"}
	}
	effect, err := parseEffect(r.Effect, state.registered, r.Match.Service)
	if err != nil {
		return nil, err
	}
	schedule, err := newSchedule(&r)
	if err != nil {
		return nil, err
	}
	r.Match = r.Match.canonical()
	a := &armed{Rule: r, effect: effect, schedule: schedule, state: state}
	if a.counters = state.counters[r.ID]; a.counters == nil {
		a.counters = &counters{}
	}
	return a, nil
}

// canonical spells the headers' names as requests have them.
func (m Match) canonical() Match {
	if m.Header != nil {
		header := make(map[string]Patterns, len(m.Header))
		for name, patterns := range m.Header {
			header[canonicalHeader(name)] = patterns
		}
		m.Header = header
	}
	if m.Except != nil {
		except := m.Except.canonical()
		m.Except = &except
	}
	return m
}

// AsksAttempts reports whether a rule asks for the number of a call's attempt.
func (s *Set) AsksAttempts() bool { return s.attempts }

// AsksResources reports whether a rule that can match the call asks for its resources.
func (s *Set) AsksResources(c *aws.Call) bool {
	return s.resources && slices.ContainsFunc(s.candidatesOf(c).all, func(a *armed) bool {
		return len(a.Match.Resource) > 0 || a.Match.Except != nil && len(a.Match.Except.Resource) > 0
	})
}

// Match fills the plan: every matching delay that hits adds up, then the first terminal rule that hits
// decides, and a rule that does not hit falls through to the next.
func (s *Set) Match(c *aws.Call, plan *Plan) {
	if len(s.rules) == 0 {
		return
	}
	plan.set, plan.at = s, c.At.UnixNano()
	found := s.candidatesOf(c)
	var buffer [mostFound]int32
	if places, ok := found.places(c, buffer[:0]); ok {
		for _, place := range places {
			plan.try(c, found.all[place])
		}
		return
	}
	for _, a := range found.all {
		plan.try(c, a)
	}
}

// try lets a rule have its say about the call.
func (p *Plan) try(c *aws.Call, a *armed) {
	if !a.schedule.open(p.at) || !a.matches(c) || !a.schedule.attempt(c.Attempt) || a.Group != "" && a.Group == p.group {
		return
	}
	p.group = a.Group
	terminal := isTerminal(a.effect)
	if terminal && p.end.rule != nil {
		return // decided: a later rule neither draws nor counts
	}
	random, hit := a.draw()
	if !hit {
		return
	}
	s := Strike{Call: c, Random: splitmix64(random + golden), rule: a} // the share's own draw would be a small one
	p.hits = append(p.hits, s)
	switch effect := a.effect.(type) {
	case Delay:
		d, after := effect.Delay(s.Random)
		if after {
			p.DelayAfter += d
		} else {
			p.Delay += d
		}
	default:
		if terminal {
			p.end = s
		}
	}
}

// matches judges a candidate: service and operation fit already, unless the call could be several.
func (a *armed) matches(c *aws.Call) bool {
	if len(c.Others) > 0 {
		return a.Match.matches(c)
	}
	return a.Match.matchesOrigin(c) && (a.Match.Except == nil || !a.Match.excepts(c, c.Service, c.Operation))
}

func isTerminal(e Effect) bool {
	switch e.(type) {
	case Before, After, Body:
		return true
	}
	return false
}

// draw takes the rule's next number and draw, and counts.
func (a *armed) draw() (random uint64, hit bool) {
	n := a.counters.matched.Add(1)
	random = splitmix64(a.Seed + n*golden)
	if !a.schedule.selects(n, random) {
		return random, false
	}
	if g, ok := a.effect.(gate); ok && !g.shut(a.memory) {
		return random, false
	}
	if !a.schedule.hasMost {
		a.counters.hits.Add(1)
		return random, true
	}
	for {
		hits := a.counters.hits.Load()
		if hits >= a.schedule.most {
			return random, false
		}
		if a.counters.hits.CompareAndSwap(hits, hits+1) {
			return random, true
		}
	}
}

// maxOperations bounds what Set remembers; a request can name operations that do not exist.
const maxOperations = 20_000

func (s *Set) candidatesOf(c *aws.Call) *candidates {
	if len(c.Others) > 0 {
		return &candidates{all: s.rules} // an ambiguous call can be hit under any of its names, in the order of the rules
	}
	if len(s.rules) == 0 {
		return &candidates{}
	}
	op := operation{c.Service, c.Operation}
	known := s.byOperation.Load()
	if found, ok := (*known)[op]; ok {
		return found
	}
	var all []*armed
	for _, a := range s.rules {
		if a.Match.matchesOperation(op.service, op.operation) {
			all = append(all, a)
		}
	}
	found := newCandidates(all)
	if len(*known) < maxOperations {
		extended := make(map[operation]*candidates, len(*known)+1)
		for k, v := range *known {
			extended[k] = v
		}
		extended[op] = found
		s.byOperation.CompareAndSwap(known, &extended) // a lost race only costs another look
	}
	return found
}
