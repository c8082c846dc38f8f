package control

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
)

// mostAdvance is how far the clock is moved at once.
const mostAdvance = 10 * 366 * 24 * time.Hour

// clockState is what the clock's path answers.
type clockState struct {
	Time time.Time `json:"time"`
	// Ahead is how far it is ahead of real time.
	Ahead fault.Duration `json:"ahead"`
}

// clock answers GET /_brownout/clock.
func (c Config) clock(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, c.clockState())
}

func (c Config) clockState() clockState {
	now, machine := c.Clock.Now(), clock.Real{}.Now()
	return clockState{now.UTC(), fault.Duration(now.Sub(machine).Round(time.Millisecond))}
}

// advanceClock answers POST /_brownout/clock when all that falls due until the new time has been done.
func (c Config) advanceClock(w http.ResponseWriter, r *http.Request) {
	body, ok := readBody(w, r)
	if !ok {
		return
	}
	var wanted struct {
		Advance json.RawMessage `json:"advance"`
	}
	decoder := json.NewDecoder(strings.NewReader(string(body)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&wanted); err != nil {
		refuse(w, http.StatusBadRequest, fieldError{Message: `the body is not an object such as {"advance": "10m"}`})
		return
	}
	d, err := parseAdvance(wanted.Advance)
	if err != nil {
		refuse(w, http.StatusBadRequest, fieldError{Field: "advance", Message: err.Error()})
		return
	}
	c.Clock.Advance(d)
	answer(w, http.StatusOK, c.clockState())
}

func parseAdvance(text json.RawMessage) (time.Duration, error) {
	var d fault.Duration
	var iso string
	if json.Unmarshal(text, &iso) == nil && strings.HasPrefix(iso, "PT") {
		// What FIS's templates write: PT10M is 10m.
		text, _ = json.Marshal(strings.ToLower(iso[2:]))
	}
	if err := json.Unmarshal(text, &d); err != nil {
		return 0, fmt.Errorf(`%s is not a duration such as "10m" or "90s"`, shown(text))
	}
	if d <= 0 || time.Duration(d) > mostAdvance {
		return 0, fmt.Errorf("%v is not a span above zero and of ten years at most; the clock never goes back", time.Duration(d))
	}
	return time.Duration(d), nil
}

func shown(text json.RawMessage) string {
	if len(text) == 0 {
		return "nothing"
	}
	return string(text)
}
