package cli

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestGraph(t *testing.T) {
	t.Parallel()
	begin := 1_795_000_000.0
	e := shownExperiment{
		ID: "EXP1", State: shownState{Status: "running", Reason: "Experiment is running."},
		Actions: map[string]shownAction{
			"Throttle": {ActionID: "brownout:fault", Parameters: map[string]string{"duration": "PT10M"}, State: shownState{Status: "running"}, StartTime: begin},
			"Reboot":   {ActionID: "aws:ec2:reboot-instances", State: shownState{Status: "completed"}, StartTime: begin, EndTime: begin + 1.25},
			"Stop": {ActionID: "aws:ec2:stop-instances", Parameters: map[string]string{"startInstancesAfterDuration": "PT5M"}, StartAfter: []string{"Throttle", "Reboot"},
				State: shownState{Status: "pending", Reason: "Initial state"}},
			"End": {ActionID: "aws:fis:wait", Parameters: map[string]string{"duration": "PT1M"}, StartAfter: []string{"Stop"}, State: shownState{Status: "pending"}},
			"Off": {ActionID: "localstack:do-nothing", State: shownState{Status: "running"}, StartTime: begin + 60},
			"Bad": {ActionID: "aws:ecs:stop-task", State: shownState{Status: "failed", Reason: "No."}, StartTime: begin, EndTime: begin + 70},
		},
	}
	now := momentOf(begin).Add(150 * time.Second)
	got := drawActions(e.Actions, drawing{now, plainPaint})
	want := strings.TrimPrefix(`
  Bad       failed after 1m10s                           aws:ecs:stop-task         No.
  Off       running for 1m30s                            localstack:do-nothing
  Reboot    completed after 1.3s                         aws:ec2:reboot-instances
  Throttle  running  [#####---------------]  7m30s left  brownout:fault
  └ Stop    pending                                      aws:ec2:stop-instances    after Reboot, Throttle
    └ End   pending                                      aws:fis:wait              after Stop
`, "\n")
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	// Colours do not shift what comes behind them.
	painted := drawActions(e.Actions, drawing{now, colourPaint})
	if plain := regexp.MustCompile("\x1b\\[[0-9]*m").ReplaceAllString(painted, ""); plain != want || painted == want {
		t.Errorf("painted\n%s", painted)
	}

	// On a terminal what was drawn is drawn over.
	var out bytes.Buffer
	s := &experimentScreen{process: &process{stdout: &out}, redraw: true, last: map[string]string{}}
	for i := range 2 {
		if err := s.show(&e, now.Add(time.Duration(i)*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	text := out.String()
	if strings.Count(text, "\x1b[7A\x1b[J") != 1 || strings.Count(text, "\x1b[36mrunning\x1b[0m") != 6 || strings.Count(text, "\x1b[31mfailed\x1b[0m") != 2 {
		t.Errorf("%q", text)
	}
}
