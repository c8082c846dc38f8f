package fault

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/brownoutdev/brownout/aws"
)

// Set is compiled rules: immutable, so that matching takes no lock.
type Set struct {
	rules []*armed
	// byOperation remembers which rules can match an operation at all. It is copied to be extended,
	// and holds at most as many entries as the catalogue has operations.
	byOperation atomic.Pointer[map[operation][]*armed]
}

type operation struct{ service, operation string }

// armed is a rule ready to match.
type armed struct {
	Rule
	effect    Effect
	end       int64  // Unix nanoseconds; 0: none
	threshold uint64 // a draw below it hits
	always    bool
	counters  *counters
}

// counters live in State, so that they survive recompiling.
type counters struct {
	matched atomic.Uint64 // calls that the rule matched: also the position of its next draw
	hits    atomic.Uint64
}

// State holds hit counters and draw positions by rule ID.
type State struct{ counters map[string]*counters }

// NewState is a state without counters.
func NewState() *State { return &State{counters: map[string]*counters{}} }

// Compile makes a set of all rules, in this order, or says which field of which rule is wrong.
// Counters of rules that are not among them are dropped from state.
func Compile(rules []Rule, state *State) (*Set, error) {
	set := &Set{rules: make([]*armed, 0, len(rules))}
	kept := make(map[string]*counters, len(rules))
	for _, r := range rules {
		if err := r.Check(); err != nil {
			return nil, err
		}
		effect, err := parseEffect(r.Effect)
		if err != nil {
			return nil, err
		}
		a := &armed{Rule: r, effect: effect, always: r.When.Share == nil || *r.When.Share >= 100}
		if !a.always {
			a.threshold = uint64(*r.When.Share / 100 * (1 << 63) * 2)
		}
		if r.When.End != nil {
			a.end = r.When.End.UnixNano()
		}
		if a.counters = state.counters[r.ID]; a.counters == nil {
			a.counters = &counters{}
		}
		kept[r.ID] = a.counters
		set.rules = append(set.rules, a)
	}
	state.counters = kept
	set.byOperation.Store(&map[operation][]*armed{})
	return set, nil
}

// Plan is what is to happen to one call.
type Plan struct {
	// Delay is the sum of all delays that hit.
	Delay time.Duration
	hits  []*armed
	end   Before
}

// Hit is true when a rule does something to the call.
func (p *Plan) Hit() bool { return len(p.hits) > 0 }

// Owners are the owners of the rules that hit, in the order of the rules.
func (p *Plan) Owners() []string {
	owners := make([]string, len(p.hits))
	for i, a := range p.hits {
		owners[i] = a.Owner
	}
	return owners
}

// Before runs the terminal effect, if there is one: its error is the call's answer.
func (p *Plan) Before(ctx context.Context, call *aws.Call) error {
	if p.end == nil {
		return nil
	}
	return p.end.Before(ctx, call)
}

// Match fills the plan: every matching delay whose draw hits adds up, then the first terminal rule
// whose draw hits decides, and a draw that misses falls through to the next rule.
func (s *Set) Match(c *aws.Call, plan *Plan) {
	if len(s.rules) == 0 {
		return
	}
	var ended string      // the group that has had its match; rules of one group stand together
	candidates := s.rules // an ambiguous call can be hit under any of its names, in the order of the rules
	if len(c.Others) == 0 {
		candidates = s.candidates(operation{c.Service, c.Operation})
	}
	for _, a := range candidates {
		if a.end != 0 && c.At.UnixNano() >= a.end || !a.Rule.Match.matches(c) || a.Group != "" && a.Group == ended {
			continue
		}
		ended = a.Group
		before, terminal := a.effect.(Before)
		if terminal && plan.end != nil {
			continue // decided: a later rule neither draws nor counts
		}
		random, hit := a.draw()
		if !hit {
			continue
		}
		plan.hits = append(plan.hits, a)
		if terminal {
			plan.end = before
		} else if d, ok := a.effect.(Delay); ok {
			plan.Delay += d.Delay(random)
		}
	}
}

// draw takes the rule's next draw and counts.
func (a *armed) draw() (random uint64, hit bool) {
	n := a.counters.matched.Add(1)
	random = splitmix64(a.Seed + n*0x9e3779b97f4a7c15)
	if a.always || random < a.threshold {
		a.counters.hits.Add(1)
		return random, true
	}
	return random, false
}

// splitmix64 is the output function of the generator of that name: consecutive positions give
// independent draws, which the first outputs of a PCG seeded with them do not.
func splitmix64(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// maxOperations bounds what Set remembers; a request can name operations that do not exist.
const maxOperations = 20_000

func (s *Set) candidates(op operation) []*armed {
	known := s.byOperation.Load()
	if found, ok := (*known)[op]; ok {
		return found
	}
	var found []*armed
	for _, a := range s.rules {
		if a.Rule.Match.matchesOperation(op.service, op.operation) {
			found = append(found, a)
		}
	}
	if len(*known) < maxOperations {
		extended := make(map[operation][]*armed, len(*known)+1)
		for k, v := range *known {
			extended[k] = v
		}
		extended[op] = found
		s.byOperation.CompareAndSwap(known, &extended) // a lost race only costs another look
	}
	return found
}
