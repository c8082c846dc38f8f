package action

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// durationName is the name that every action with a duration uses.
const durationName = "duration"

var durationForm = regexp.MustCompile(`^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,9})?)S)?)?$`)

// ParseDuration reads an ISO 8601 duration of days, hours, minutes and seconds: "PT1M", "PT1H30M".
func ParseDuration(text string) (time.Duration, error) {
	m := durationForm.FindStringSubmatch(text)
	if m == nil || text == "P" || text[len(text)-1] == 'T' {
		return 0, fmt.Errorf("%q is not an ISO 8601 duration such as PT5M", text)
	}
	var sum float64 // seconds; exact far beyond the 12 hours that anybody may ask for
	for i, unit := range []float64{24 * 3600, 3600, 60, 1} {
		if m[i+1] == "" {
			continue
		}
		n, err := strconv.ParseFloat(m[i+1], 64)
		if err != nil {
			return 0, fmt.Errorf("%q is not an ISO 8601 duration such as PT5M", text)
		}
		sum += n * unit
	}
	if sum > 1000*24*3600 {
		sum = 1000 * 24 * 3600 // out of anybody's range, but within time.Duration's
	}
	return time.Duration(sum * float64(time.Second)), nil
}

// Duration is the duration that the parameters ask for; 0 when they do not.
func (a *Action) Duration(parameters map[string]string) time.Duration {
	if _, takes := a.Parameters[durationName]; !takes {
		return 0
	}
	d, err := ParseDuration(parameters[durationName])
	if err != nil {
		return 0 // absent: Check has judged what is there
	}
	return d
}
