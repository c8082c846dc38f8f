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
