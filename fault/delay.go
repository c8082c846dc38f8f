package fault

import (
	"encoding/json"
	"fmt"
	"math"
	"time"
)

// MaxDelay is the longest delay that one rule can add to a call, whatever its distribution draws.
const MaxDelay = 24 * time.Hour

func init() {
	register("delay", func(p delayParameters) (Effect, error) {
		given := 0
		for _, present := range []bool{p.Duration != nil, p.Min != nil || p.Max != nil, p.Mean != nil || p.Deviation != nil} {
			if present {
				given++
			}
		}
		if given != 1 {
			return nil, &RuleError{Field: "duration", Message: `give one of: duration (fixed), min and max (uniform), mean and deviation (normal)`}
		}
		d := delay{after: p.Phase == "after"}
		if p.Phase != "" && p.Phase != "before" && p.Phase != "after" {
			return nil, &RuleError{Field: "phase", Message: fmt.Sprintf("%q is neither before nor after (the call is carried out)", p.Phase)}
		}
		var err error
		switch {
		case p.Duration != nil:
			d.low, err = delayTime("duration", p.Duration)
			d.high = d.low
		case p.Min != nil || p.Max != nil:
			if d.low, err = delayTime("min", p.Min); err == nil {
				d.high, err = delayTime("max", p.Max)
			}
			if err == nil && d.high < d.low {
				err = &RuleError{Field: "max", Message: fmt.Sprintf("%v is less than min, %v", d.high, d.low)}
			}
		default:
			if d.mean, err = delayTime("mean", p.Mean); err == nil {
				d.deviation, err = delayTime("deviation", p.Deviation)
			}
			d.normal = true
		}
		return d, err
	})
}

type delayParameters struct {
	Duration  *Duration `json:"duration"`
	Min       *Duration `json:"min"`
	Max       *Duration `json:"max"`
	Mean      *Duration `json:"mean"`
	Deviation *Duration `json:"deviation"`
	Phase     string    `json:"phase"`
}

func delayTime(field string, d *Duration) (time.Duration, error) {
	switch {
	case d == nil:
		return 0, &RuleError{Field: field, Message: "is missing"}
	case *d < 0:
		return 0, &RuleError{Field: field, Message: fmt.Sprintf("%v is negative", time.Duration(*d))}
	case time.Duration(*d) > MaxDelay:
		return 0, &RuleError{Field: field, Message: fmt.Sprintf("%v is longer than %v", time.Duration(*d), MaxDelay)}
	}
	return time.Duration(*d), nil
}

// delay makes calls take longer and then lets them through.
type delay struct {
	low, high       time.Duration // fixed and uniform
	mean, deviation time.Duration
	normal, after   bool
}

// Kind implements Effect.
func (delay) Kind() string { return "delay" }

// Delay implements Delay.
func (d delay) Delay(random uint64) (time.Duration, bool) {
	if d.normal {
		// The quantile function turns one draw into one normal value.
		z := math.Sqrt2 * math.Erfinv(2*unit(random)-1)
		ns := float64(d.mean) + float64(d.deviation)*z
		return time.Duration(min(max(ns, 0), float64(MaxDelay))), d.after
	}
	return d.low + time.Duration(unit(random)*float64(d.high-d.low)), d.after
}

// DelayBy is the effect "delay" by this time.
func DelayBy(d time.Duration) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"kind":"delay","duration":%q}`, d))
}
