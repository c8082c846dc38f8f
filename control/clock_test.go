package control_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/control"
)

func TestClock(t *testing.T) {
	t.Parallel()
	moving := clock.NewMovable()
	handler := control.New(control.Config{Clock: moving})
	var fired []string
	moving.AfterFunc(9*time.Minute, func() { fired = append(fired, "nine") })
	moving.AfterFunc(11*time.Minute, func() { fired = append(fired, "eleven") })
	do := func(method, body string) (int, string) {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(method, "/_brownout/clock", strings.NewReader(body)))
		return w.Code, w.Body.String()
	}
	ahead := func(text string) time.Duration {
		t.Helper()
		var state struct {
			Time  time.Time `json:"time"`
			Ahead string    `json:"ahead"`
		}
		if err := json.Unmarshal([]byte(text), &state); err != nil {
			t.Fatal(err)
		}
		if off := moving.Now().Sub(state.Time); off < 0 || off > time.Minute {
			t.Errorf("the time is off by %v: %s", off, text)
		}
		d, err := time.ParseDuration(state.Ahead)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	status, text := do("GET", "")
	if d := ahead(text); status != http.StatusOK || d < 0 || d > time.Second {
		t.Errorf("%d %s", status, text)
	}
	status, text = do("POST", `{"advance":"10m"}`)
	if status != http.StatusOK || ahead(text).Round(time.Minute) != 10*time.Minute || len(fired) != 1 {
		t.Errorf("%d %s %v", status, text, fired)
	}
	for _, body := range []string{`{"advance":"PT1H30M"}`, `{"advance":5400000}`} {
		if status, text = do("POST", body); status != http.StatusOK {
			t.Errorf("%s: %d %s", body, status, text)
		}
	}
	if d := ahead(text); d.Round(time.Minute) != 190*time.Minute || len(fired) != 2 {
		t.Errorf("%s %v", text, fired)
	}
	for body, says := range map[string]string{
		``: "the body is not", `{}`: "nothing is not a duration", `{"advance":"soon"}`: `\"soon\" is not a duration`, `{"advance":"-5m"}`: "never goes back",
		`{"advance":"0s"}`: "never goes back", `{"advance":"1000000h"}`: "ten years at most", `{"back":"5m"}`: "the body is not", `{"advance":"P1D"}`: "is not a duration",
	} {
		if status, text := do("POST", body); status != http.StatusBadRequest || !strings.Contains(text, says) {
			t.Errorf("%s: %d %s", body, status, text)
		}
	}
	if status, _ := do("DELETE", ""); status != http.StatusMethodNotAllowed && status != http.StatusNotFound {
		t.Errorf("DELETE: %d", status)
	}
}
