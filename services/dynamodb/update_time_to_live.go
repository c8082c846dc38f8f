package dynamodb

import (
	"strings"
	"time"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "UpdateTimeToLive", (*Service).updateTimeToLive) }

// timeToLiveRest is how long TTL stays as it was changed.
const timeToLiveRest = time.Hour

func (s *Service) updateTimeToLive(r *services.Request, in *UpdateTimeToLiveInput) (*UpdateTimeToLiveOutput, error) {
	if err := checkUpdateTimeToLive(in); err != nil {
		return nil, err
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	t, err := s.named(r, in.TableName)
	if err != nil {
		return nil, err
	}
	spec := in.TimeToLiveSpecification
	if err := t.state.Load().descriptor.TimeToLive.accepts(spec, s.now()); err != nil {
		return nil, err
	}
	next := &timeToLive{Attribute: strings.Clone(*spec.AttributeName), Enabled: *spec.Enabled, Changed: s.now()}
	for _, member := range s.group(t) { // replicas have the same TTL
		d, err := member.state.Load().descriptor.copy()
		if err != nil {
			return nil, err
		}
		d.TimeToLive = next
		if _, err := s.change(r, member, d); err != nil {
			return nil, err
		}
	}
	return &UpdateTimeToLiveOutput{TimeToLiveSpecification: spec}, nil
}

func checkUpdateTimeToLive(in *UpdateTimeToLiveInput) error {
	var c constraints
	c.controlTable(in.TableName)
	spec := in.TimeToLiveSpecification
	c.required("timeToLiveSpecification", spec == nil)
	if spec != nil {
		c.required("timeToLiveSpecification.enabled", spec.Enabled == nil)
		c.required("timeToLiveSpecification.attributeName", spec.AttributeName == nil)
		c.length("timeToLiveSpecification.attributeName", spec.AttributeName, 1, 255)
	}
	return c.err()
}

// accepts judges a change of TTL; nil is a table that never had any. What is wrong with the change itself
// comes before the rest that AWS gives each change.
func (l *timeToLive) accepts(spec *TimeToLiveSpecification, now time.Time) error {
	switch enabled := l != nil && l.Enabled; {
	case !enabled && !*spec.Enabled:
		return invalid("TimeToLive is already disabled")
	case enabled && *spec.AttributeName != l.Attribute:
		return invalid("TimeToLive is active on a different AttributeName: current AttributeName is " + l.Attribute)
	case enabled && *spec.Enabled:
		return invalid("TimeToLive is already enabled")
	case l != nil && now.Before(l.Changed.Add(timeToLiveRest)):
		return invalid("Time to live has been modified multiple times within a fixed interval")
	}
	return nil
}
