package cloudwatch

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	// shortestInterval is how often the most eager alarms are evaluated.
	shortestInterval = 10 * time.Second
	// collectEvery is how often calls are collected: the journal keeps them for two minutes.
	collectEvery = 30 * time.Second
	forgetEvery  = 30 * time.Minute
)

// schedule is the one timer of the service. It fires at whole multiples of what is needed next.
type schedule struct {
	mutex     sync.Mutex
	on        bool
	stop      func() bool
	running   sync.WaitGroup
	forgotten time.Time
	// evaluated is when each alarm was last looked at; only the timer's function uses it.
	evaluated map[alarmName]time.Time
}

func (s *Service) start() {
	s.schedule.mutex.Lock()
	defer s.schedule.mutex.Unlock()
	s.schedule.on = true
	s.schedule.forgotten = s.now()
	s.schedule.evaluated = map[alarmName]time.Time{}
	s.arm()
}

// halt returns when no evaluation runs any more.
func (s *Service) halt() {
	s.schedule.mutex.Lock()
	s.schedule.on = false
	if s.schedule.stop != nil {
		s.schedule.stop()
	}
	s.schedule.mutex.Unlock()
	s.schedule.running.Wait()
}

// rearm sets the timer anew: an alarm has come that may be due before it.
func (s *Service) rearm() {
	s.schedule.mutex.Lock()
	defer s.schedule.mutex.Unlock()
	if s.schedule.on && s.schedule.stop != nil && s.schedule.stop() {
		s.arm()
	}
}

// arm sets the timer. The schedule's mutex is held.
func (s *Service) arm() {
	step := collectEvery
	s.mutex.RLock()
	for _, a := range s.alarms {
		if a.Metric != nil && a.Metric.interval() < step {
			step = shortestInterval
		}
	}
	s.mutex.RUnlock()
	now := s.now()
	s.schedule.stop = s.clock.AfterFunc(now.Truncate(step).Add(step).Sub(now), s.tick)
}

func (s *Service) tick() {
	s.schedule.mutex.Lock()
	if !s.schedule.on {
		s.schedule.mutex.Unlock()
		return
	}
	s.schedule.running.Add(1)
	s.schedule.mutex.Unlock()
	defer s.schedule.running.Done()

	now := s.now()
	s.calls.collect(now)
	s.evaluateDue(now)
	s.schedule.mutex.Lock()
	forget := now.Sub(s.schedule.forgotten) >= forgetEvery
	if forget {
		s.schedule.forgotten = now
	}
	s.schedule.mutex.Unlock()
	if forget {
		if err := errors.Join(s.metrics.forget(context.Background(), now), s.forgetHistory(context.Background(), now)); err != nil {
			s.log.Error("cloudwatch: old data could not be deleted", "error", err)
		}
	}

	s.schedule.mutex.Lock()
	defer s.schedule.mutex.Unlock()
	if s.schedule.on {
		s.arm()
	}
}

// evaluateDue evaluates every alarm for which a whole interval has passed.
func (s *Service) evaluateDue(now time.Time) {
	s.mutex.Lock()
	var due []alarmName
	for name, a := range s.alarms {
		if a.Metric == nil {
			continue
		}
		at := now.Truncate(a.Metric.interval())
		if at.After(s.schedule.evaluated[name]) {
			s.schedule.evaluated[name] = at
			due = append(due, name)
		}
	}
	for name := range s.schedule.evaluated {
		if s.alarms[name] == nil {
			delete(s.schedule.evaluated, name)
		}
	}
	s.mutex.Unlock()
	for _, name := range due {
		if err := s.evaluateAlarm(name, now); err != nil {
			s.log.Error("cloudwatch: an alarm could not be evaluated", "alarm", name.name, "error", err)
		}
	}
}

// evaluateAlarm looks at one alarm, and tells those who follow of its new state.
func (s *Service) evaluateAlarm(name alarmName, now time.Time) error {
	s.mutex.Lock()
	a := s.alarms[name]
	if a == nil || a.Metric == nil || now.Before(a.HeldUntil) {
		s.mutex.Unlock()
		return nil
	}
	told, err := func() ([]Transition, error) {
		points, err := s.points(context.Background(), a, now)
		if err != nil {
			return nil, err
		}
		v := a.Metric.judge(points)
		if v.state == "" || v.state == value(a.Metric.StateValue) {
			return nil, nil
		}
		reason, data := a.Metric.reason(&v), a.Metric.reasonData(&v, points, now)
		return s.transit(context.Background(), a, state{Value: &v.state, Reason: &reason, Data: &data}, now)
	}()
	s.mutex.Unlock()
	s.followers.tell(told)
	return err
}
