package cloudwatch

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/store"
)

// The states of an alarm.
const (
	stateOK           = "OK"
	stateAlarm        = "ALARM"
	stateInsufficient = "INSUFFICIENT_DATA"
)

type alarmName struct{ account, region, name string }

// alarm is a metric alarm or a composite one, as it is stored. It is never changed but replaced as a whole.
type alarm struct {
	Account, Region string
	Metric          *MetricAlarm    `json:",omitempty"`
	Composite       *CompositeAlarm `json:",omitempty"`
	Tags            []Tag           `json:",omitempty"`
	// HeldUntil is how long a state that SetAlarmState has set lasts at least.
	HeldUntil time.Time
}

func (a *alarm) name() alarmName {
	if a.Composite != nil {
		return alarmName{a.Account, a.Region, value(a.Composite.AlarmName)}
	}
	return alarmName{a.Account, a.Region, value(a.Metric.AlarmName)}
}

func (a *alarm) arn() string {
	return aws.NewARN("cloudwatch", a.Region, a.Account, "alarm:"+a.name().name).String()
}

// state is where an alarm keeps its state, whatever its kind.
type state struct {
	Value, Reason, Data   *string
	Updated, Transitioned *time.Time
}

func (a *alarm) state() state {
	if c := a.Composite; c != nil {
		return state{c.StateValue, c.StateReason, c.StateReasonData, c.StateUpdatedTimestamp, c.StateTransitionedTimestamp}
	}
	m := a.Metric
	return state{m.StateValue, m.StateReason, m.StateReasonData, m.StateUpdatedTimestamp, m.StateTransitionedTimestamp}
}

// with is the alarm in another state.
func (a *alarm) with(s state) *alarm {
	changed := *a
	if a.Composite != nil {
		c := *a.Composite
		c.StateValue, c.StateReason, c.StateReasonData, c.StateUpdatedTimestamp, c.StateTransitionedTimestamp = s.Value, s.Reason, s.Data, s.Updated, s.Transitioned
		changed.Composite = &c
		return &changed
	}
	m := *a.Metric
	m.StateValue, m.StateReason, m.StateReasonData, m.StateUpdatedTimestamp, m.StateTransitionedTimestamp = s.Value, s.Reason, s.Data, s.Updated, s.Transitioned
	changed.Metric = &m
	return &changed
}

func (a *alarm) kind() string {
	if a.Composite != nil {
		return "CompositeAlarm"
	}
	return "MetricAlarm"
}

func (s *Service) alarmKey(n alarmName) []byte {
	return s.metrics.key('a', n.account+"\x00"+n.region+"\x00"+n.name+"\x00")
}

func (s *Service) loadAlarms(ctx context.Context) error {
	return s.store.View(ctx, func(r store.Reader) error {
		return r.Scan(store.Prefix(s.metrics.key('a', "")), func(_, stored []byte) (bool, error) {
			a := &alarm{}
			if err := json.Unmarshal(stored, a); err != nil {
				return false, err
			}
			s.alarms[a.name()] = a
			return true, nil
		})
	})
}

// change is what a call or an evaluation makes of an alarm: its new form (nil: it is deleted), with
// what its history says of that.
type change struct {
	name  alarmName
	alarm *alarm
	items []AlarmHistoryItem
}

// apply stores changes, all or none. The mutex is held.
func (s *Service) apply(ctx context.Context, changes []change) error {
	locks := make([][]byte, 0, len(changes))
	for _, c := range changes {
		locks = append(locks, s.alarmKey(c.name))
	}
	err := s.store.Update(ctx, locks, func(w store.Writer) error {
		for _, c := range changes {
			if err := s.write(w, &c); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, c := range changes {
		if c.alarm == nil {
			delete(s.alarms, c.name)
		} else {
			s.alarms[c.name] = c.alarm
		}
	}
	return nil
}

func (s *Service) write(w store.Writer, c *change) error {
	for i := range c.items {
		encoded, err := json.Marshal(&c.items[i])
		if err != nil {
			return err
		}
		if err := w.Set(s.historyKey(c.name, *c.items[i].Timestamp, s.history), encoded); err != nil {
			return err
		}
		s.history++
	}
	if c.alarm == nil {
		return w.Delete(s.alarmKey(c.name))
	}
	encoded, err := json.Marshal(c.alarm)
	if err != nil {
		return err
	}
	return w.Set(s.alarmKey(c.name), encoded)
}

func (s *Service) historyKey(n alarmName, at time.Time, number uint64) []byte {
	key := s.metrics.key('h', n.account+"\x00"+n.region+"\x00"+n.name+"\x00")
	key = binary.BigEndian.AppendUint64(key, uint64(max(at.UnixMilli(), 0)))
	return binary.BigEndian.AppendUint64(key, number)
}

// of are the alarms of whoever calls, in order of their names. The mutex is held, for reading at least.
func (s *Service) of(call *aws.Call) []*alarm {
	var all []*alarm
	for n, a := range s.alarms {
		if n.account == call.Account && n.region == call.Region {
			all = append(all, a)
		}
	}
	slices.SortFunc(all, func(a, b *alarm) int { return cmp.Compare(a.name().name, b.name().name) })
	return all
}

// alarmByARN is the alarm of an ARN, or of a plain name in a call's account and region.
func (s *Service) alarmByARN(account, region, nameOrARN string) *alarm {
	if arn, ok := aws.ParseARN(nameOrARN); ok {
		name, ok := strings.CutPrefix(arn.Resource, "alarm:")
		if !ok || arn.Service != "cloudwatch" {
			return nil
		}
		return s.alarms[alarmName{arn.Account, arn.Region, name}]
	}
	return s.alarms[alarmName{account, region, nameOrARN}]
}
