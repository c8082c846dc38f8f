package fault

import (
	"encoding/json"
	"fmt"
	"time"
)

func init() {
	register("delay", func(d delay) error {
		if d.Duration < 0 {
			return &RuleError{Field: "duration", Message: fmt.Sprintf("%v is negative", time.Duration(d.Duration))}
		}
		return nil
	})
}

// delay makes calls take longer by a fixed time and then lets them through.
type delay struct {
	Duration Duration `json:"duration"`
}

// Kind implements Effect.
func (delay) Kind() string { return "delay" }

// Delay implements Delay.
func (d delay) Delay(uint64) time.Duration { return time.Duration(d.Duration) }

// DelayBy is the effect "delay" by this time.
func DelayBy(d time.Duration) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"kind":"delay","duration":%q}`, d))
}

// Duration is a time span: in JSON "1.5s" or a number of milliseconds.
type Duration time.Duration

// UnmarshalJSON implements json.Unmarshaler.
func (d *Duration) UnmarshalJSON(text []byte) error {
	var milliseconds float64
	if json.Unmarshal(text, &milliseconds) == nil {
		*d = Duration(milliseconds * float64(time.Millisecond))
		return nil
	}
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	parsed, err := time.ParseDuration(s)
	if err != nil {
		return fmt.Errorf(`%s is not a duration such as "5s" or "250ms"`, text)
	}
	*d = Duration(parsed)
	return nil
}
