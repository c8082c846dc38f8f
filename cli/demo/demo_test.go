package demo

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/brownouttest"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/internal/random"
)

func TestRunPlaysAllSteps(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	steps := map[int]int{}
	ok, err := Run(t.Context(), "test", func(e Event) {
		text.WriteString(e.Text(Plain))
		if e.Event == "check" {
			steps[e.Step]++
		}
		if _, err := json.Marshal(e); err != nil {
			t.Error(err)
		}
	})
	if err != nil || !ok {
		t.Fatalf("ok %v, error %v:\n%s", ok, err, text.String())
	}
	for step := 1; step <= 8; step++ {
		if steps[step] == 0 {
			t.Errorf("step %d checks nothing", step)
		}
	}
}

// TestABrokenPromiseIsFound puts a rule in the story's way: whatever step it breaks must be noticed there.
func TestABrokenPromiseIsFound(t *testing.T) {
	t.Parallel()
	never := 0.0
	tests := map[string]struct {
		rule fault.Rule
		step int
	}{
		"nothing in the way": {fault.Rule{When: fault.When{Share: &never}, Effect: refusal(500)}, 0},
		"no item goes in":    {fault.Rule{Match: fault.Match{Operation: fault.Patterns{"PutItem"}}, Effect: refusal(400)}, 1},
		"no templates": {fault.Rule{Match: fault.Match{Service: fault.Patterns{"fis"}, Operation: fault.Patterns{"CreateExperimentTemplate"}},
			Effect: refusal(400)}, 2},
		"Scan fails, too":            {fault.Rule{Match: fault.Match{Operation: fault.Patterns{"Scan"}}, Effect: refusal(503)}, 4},
		"the unharmed region is not": {fault.Rule{Match: fault.Match{Operation: fault.Patterns{"CreateTable"}, Region: fault.Patterns{central}}, Effect: refusal(503)}, 6},
		"everything is listed in vain": {fault.Rule{Match: fault.Match{Service: fault.Patterns{"fis"}, Operation: fault.Patterns{"ListExperimentTemplates"}},
			Effect: refusal(404)}, 8},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lines := &logLines{}
			srv := brownouttest.Start(t, brownouttest.WithLog(slog.New(lines)))
			srv.AddRule(test.rule)
			var text strings.Builder
			st := &story{
				lines:  lines,
				show:   func(e Event) { text.WriteString(e.Text(Plain)) },
				client: &client{endpoint: srv.URL, clock: clock.Real{}, ids: random.New(), transport: &http.Transport{DisableKeepAlives: true}},
			}
			st.client.show = st.event
			ok, err := st.play(t.Context())
			switch {
			case test.step == 0 && (!ok || err != nil):
				t.Errorf("ok %v, error %v:\n%s", ok, err, text.String())
			case test.step > 0 && (ok || st.step != test.step || err != nil || !strings.Contains(text.String(), "   FAILED ")):
				t.Errorf("ok %v, error %v, step %d, want %d:\n%s", ok, err, st.step, test.step, text.String())
			}
		})
	}
}

func refusal(status int) json.RawMessage { return fault.ErrorWith("InTheWay", status, "in the way") }

func TestColoursAreOnlyAddedToTheText(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	for _, e := range []Event{
		{Event: "server", URL: "http://127.0.0.1:1"},
		{Event: "step", Step: 4, Title: "GetItem fails"},
		{Event: "attempt", Call: "dynamodb.GetItem", Region: east, Attempt: 2, Attempts: 10, Status: 503, Code: "InternalError", Fault: "EXP1/a%20b", RetryIn: 20},
		{Event: "check", Promise: "it works", OK: &yes},
		{Event: "check", Promise: "it works", OK: &no, Instead: "it does not"},
		{Event: "end", OK: &yes},
		{Event: "end", OK: &no},
	} {
		plain, coloured := e.Text(Plain), e.Text(ANSI)
		if plain == "" || ansi.ReplaceAllString(coloured, "") != plain {
			t.Errorf("%s: %q is not %q with colours", e.Event, coloured, plain)
		}
		if e.Event != "server" && coloured == plain {
			t.Errorf("%s: %q has no colours", e.Event, coloured)
		}
	}
}

var ansi = regexp.MustCompile("\x1b\\[[0-9]+m")
