package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/clock"
)

// followStep is how often an experiment that is followed is asked for while much may happen: until it has been
// quiet for followBusy. Then followCalm is often enough, since each call stands in the server's journal.
const (
	followStep = 250 * time.Millisecond
	followBusy = 10 * time.Second
	followCalm = time.Second
)

// exitStopped is the exit code for an experiment that did not come to its own end: a stop condition, the safety
// lever or somebody stopped it.
const exitStopped = 3

var noTime time.Time

// drawing is how standard output takes a graph.
func (p *process) drawing(now time.Time) drawing {
	if p.coloured(p.stdout) {
		return drawing{now, colourPaint}
	}
	return drawing{now, plainPaint}
}

// exit is nil for an experiment that was completed.
func (e *shownExperiment) exit() error {
	switch e.State.Status {
	case "completed":
		return nil
	case "failed":
		return exitCode(exitFailed)
	}
	return exitCode(exitStopped)
}

// follow shows an experiment until it has ended.
func (p *process) follow(ctx context.Context, f *fisCalls, id string, asJSON bool) (e shownExperiment, err error) {
	shown := &experimentScreen{process: p, asJSON: asJSON, redraw: !asJSON && p.coloured(p.stdout), last: map[string]string{}}
	quiet := time.Duration(0)
	for {
		raw, err := f.call(ctx, "GetExperiment", aws.Document{"id": id})
		if err != nil {
			return e, err
		}
		if e, err = readExperiment(raw); err != nil {
			return e, err
		}
		now, err := f.server.clock(ctx)
		if err != nil {
			return e, err
		}
		changed, err := shown.show(&e, now.Time)
		if err != nil {
			return e, err
		}
		if e.ended() {
			return e, shown.end(&e, raw)
		}
		step := followStep
		switch {
		case changed:
			quiet = 0
		case quiet >= followBusy:
			step = followCalm
		}
		quiet += step
		if err := (clock.Real{}).Sleep(ctx, step); err != nil {
			return e, err
		}
	}
}

// experimentScreen shows what has changed since the last look.
type experimentScreen struct {
	process        *process
	asJSON, redraw bool
	last           map[string]string // by the action's name, "" for the experiment: the state that was shown
	lines          int               // that stand on the terminal, to be drawn over
}

// experimentChange is what the JSON form says of a change.
type experimentChange struct {
	Time       time.Time `json:"time"`
	Experiment string    `json:"experiment"`
	Action     string    `json:"action,omitempty"`
	Status     string    `json:"status"`
	Reason     string    `json:"reason,omitempty"`
}

// show shows an experiment as it is now. changed is true when a state is another than before.
func (s *experimentScreen) show(e *shownExperiment, now time.Time) (changed bool, err error) {
	changes := s.changes(e, now)
	if s.redraw {
		d := drawing{now, colourPaint}
		text := s.clear() + "\x1b[?7l" + e.headline(d) + "\n" + drawActions(e.Actions, d) + "\x1b[?7h"
		s.lines = 1 + len(e.Actions)
		return len(changes) > 0, s.process.print(text)
	}
	for _, c := range changes {
		if err := s.print(e, c, now); err != nil {
			return true, err
		}
	}
	return len(changes) > 0, nil
}

// changes are the states that are others than at the last look, in the order in which they came.
func (s *experimentScreen) changes(e *shownExperiment, now time.Time) []experimentChange {
	var changes []experimentChange
	change := func(action string, state shownState) {
		if s.last[action] != state.Status {
			s.last[action] = state.Status
			changes = append(changes, experimentChange{now.UTC(), e.ID, action, state.Status, state.Reason})
		}
	}
	if !e.ended() { // its end is said last
		change("", e.State)
	}
	names := slices.Sorted(maps.Keys(e.Actions))
	slices.SortStableFunc(names, func(a, b string) int {
		return cmp.Compare(cmp.Or(e.Actions[a].EndTime, e.Actions[a].StartTime), cmp.Or(e.Actions[b].EndTime, e.Actions[b].StartTime))
	})
	for _, name := range names {
		if a := e.Actions[name]; a.State.Status != "pending" {
			change(name, a.State)
		}
	}
	if e.ended() {
		change("", e.State)
	}
	return changes
}

func (s *experimentScreen) print(e *shownExperiment, c experimentChange, now time.Time) error {
	if s.asJSON {
		return s.process.printJSON(c)
	}
	at := c.Time.Format(time.TimeOnly)
	if c.Action == "" {
		return s.process.print(at + " " + e.headline(drawing{now, plainPaint}) + "\n")
	}
	a := e.Actions[c.Action]
	return s.process.print(fmt.Sprintf("%s   %s (%s) %s\n", at, c.Action, a.ActionID, a.progress(drawing{now, plainPaint})))
}

// clear moves to the first line of what was drawn and empties the screen from there.
func (s *experimentScreen) clear() string {
	if s.lines == 0 {
		return ""
	}
	return fmt.Sprintf("\r\x1b[%dA\x1b[J", s.lines)
}

// end says what else there is to say of an experiment that has ended.
func (s *experimentScreen) end(e *shownExperiment, raw []byte) error {
	if s.asJSON {
		return s.process.printJSON(json.RawMessage(raw))
	}
	if e.State.Error != nil {
		return s.process.print("  " + e.State.Error.String() + "\n")
	}
	return nil
}

// serverClock is what a server's clock shows.
type serverClock struct {
	Time  time.Time `json:"time"`
	Ahead string    `json:"ahead"`
}

// clock asks for a server's time.
func (e *endpoint) clock(ctx context.Context) (serverClock, error) {
	var now serverClock
	raw, err := e.steer(ctx, "GET", clockPath, nil)
	if err != nil {
		return now, err
	}
	return now, readAnswer(raw, &now)
}

// oneLine joins the lines of an error, for where one line is wanted.
func oneLine(err error) string {
	var refused *refusedError
	if errors.As(err, &refused) {
		return strings.ReplaceAll(refused.message, "\n", " ")
	}
	return err.Error()
}
