package cloudwatch

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Transition is a new state of an alarm.
type Transition struct {
	Account, Region, Name, ARN string
	// From and To are OK, ALARM or INSUFFICIENT_DATA.
	From, To, Reason string
	At               time.Time
}

// followers are told of transitions.
type followers struct {
	mutex sync.Mutex
	next  int
	all   map[int]func(Transition)
}

// Follow calls fn for each new state of any alarm, one after the other, until stop is called. For a
// state that an evaluation has found, it is called by the clock's timer: who advances a movable clock
// waits for fn. fn may ask the service; it must not wait for another transition.
func (s *Service) Follow(fn func(Transition)) (stop func()) {
	s.followers.mutex.Lock()
	defer s.followers.mutex.Unlock()
	if s.followers.all == nil {
		s.followers.all = map[int]func(Transition){}
	}
	number := s.followers.next
	s.followers.next++
	s.followers.all[number] = fn
	return func() {
		s.followers.mutex.Lock()
		defer s.followers.mutex.Unlock()
		delete(s.followers.all, number)
	}
}

func (f *followers) tell(all []Transition) {
	if len(all) == 0 {
		return
	}
	f.mutex.Lock()
	var told []func(Transition)
	for i := range f.next {
		if fn := f.all[i]; fn != nil {
			told = append(told, fn)
		}
	}
	f.mutex.Unlock()
	for _, t := range all {
		for _, fn := range told {
			fn(t)
		}
	}
}

// transit puts an alarm into a state and composite alarms into what follows from it. The mutex is held.
func (s *Service) transit(ctx context.Context, a *alarm, to state, now time.Time) ([]Transition, error) {
	changed := map[alarmName]*change{}
	var order []alarmName
	var told []Transition
	put := func(a *alarm, to state) {
		before, name := a.state(), a.name()
		to.Updated, to.Transitioned = &now, &now
		if value(before.Value) == value(to.Value) {
			to.Transitioned = before.Transitioned
		}
		after := a.with(to)
		c := changed[name]
		if c == nil {
			c = &change{name: name}
			changed[name] = c
			order = append(order, name)
		}
		c.alarm = after
		if value(before.Value) != value(to.Value) {
			c.items = append(c.items, transition(a, after, now))
			told = append(told, Transition{
				Account: a.Account, Region: a.Region, Name: name.name, ARN: a.arn(), From: value(before.Value), To: value(to.Value), Reason: value(to.Reason), At: now,
			})
		}
	}
	current := func(name alarmName) *alarm {
		if c := changed[name]; c != nil {
			return c.alarm
		}
		return s.alarms[name]
	}
	put(a, to)
	s.follow(a, current, put, now)
	changes := make([]change, 0, len(order))
	for _, name := range order {
		changes = append(changes, *changed[name])
	}
	if err := s.apply(ctx, changes); err != nil {
		return nil, err
	}
	return told, nil
}

// follow evaluates composite alarms until none of them changes: each one once at most, since they have no cycles.
func (s *Service) follow(a *alarm, current func(alarmName) *alarm, put func(*alarm, state), now time.Time) {
	var composites []alarmName
	for name, c := range s.alarms {
		if c.Composite != nil && name.account == a.Account && name.region == a.Region && name != a.name() {
			composites = append(composites, name)
		}
	}
	slices.SortFunc(composites, func(a, b alarmName) int {
		if a.name < b.name {
			return -1
		}
		return 1
	})
	cause := a
	for range composites {
		again := false
		for _, name := range composites {
			c := current(name)
			to := c.compositeState(current)
			if to == value(c.Composite.StateValue) {
				continue
			}
			reason, data := compositeReason(current(cause.name()), now)
			put(c, state{Value: &to, Reason: &reason, Data: &data})
			again = true
		}
		if !again {
			return
		}
	}
}
