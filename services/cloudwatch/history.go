package cloudwatch

import (
	"encoding/json"
	"fmt"
	"time"
)

// keptHistory is how long the items of an alarm's history stay, also after its end.
const keptHistory = 14 * 24 * time.Hour

func historyItem(a *alarm, at time.Time, kind, summary string, data any) AlarmHistoryItem {
	name, alarmKind := a.name().name, a.kind()
	item := AlarmHistoryItem{AlarmName: &name, AlarmType: &alarmKind, Timestamp: &at, HistoryItemType: &kind, HistorySummary: &summary}
	if encoded, err := json.Marshal(data); err == nil {
		text := string(encoded)
		item.HistoryData = &text
	}
	return item
}

// configured is an item about a new, changed or deleted alarm.
func configured(a *alarm, at time.Time, what, member string) AlarmHistoryItem {
	var shape any = a.Metric
	if a.Composite != nil {
		shape = a.Composite
	}
	verb := map[string]string{"Create": "created", "Update": "updated", "Delete": "deleted"}[what]
	return historyItem(a, at, "ConfigurationUpdate", fmt.Sprintf("Alarm %q %s", a.name().name, verb),
		ordered{{"version", "1.0"}, {"type", what}, {member, lowerFirst(shape)}})
}

// lowerFirst gives a shape's members the names that histories have them under: stateValue.
func lowerFirst(shape any) map[string]any {
	encoded, err := json.Marshal(shape)
	if err != nil {
		return nil
	}
	var members map[string]any
	if err := json.Unmarshal(encoded, &members); err != nil {
		return nil
	}
	lowered := make(map[string]any, len(members))
	for name, v := range members {
		if v != nil {
			lowered[string(name[0]|0x20)+name[1:]] = v
		}
	}
	return lowered
}

// transition is an item about a new state.
func transition(before, after *alarm, at time.Time) AlarmHistoryItem {
	old, now := before.state(), after.state()
	return historyItem(after, at, "StateUpdate", fmt.Sprintf("Alarm updated from %s to %s", value(old.Value), value(now.Value)),
		ordered{{"version", "1.0"}, {"oldState", stateData(old)}, {"newState", stateData(now)}})
}

func stateData(s state) ordered {
	data := ordered{{"stateValue", value(s.Value)}, {"stateReason", value(s.Reason)}}
	if s.Data != nil && json.Valid([]byte(*s.Data)) {
		data = append(data, pair{"stateReasonData", json.RawMessage(*s.Data)})
	}
	return data
}

type pair struct {
	name  string
	value any
}

// ordered is a JSON object whose members have an order.
type ordered []pair

// MarshalJSON implements json.Marshaler.
func (o ordered) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, p := range o {
		if i > 0 {
			out = append(out, ',')
		}
		name, err := json.Marshal(p.name)
		if err != nil {
			return nil, err
		}
		encoded, err := json.Marshal(p.value)
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, name...), ':'), encoded...)
	}
	return append(out, '}'), nil
}
