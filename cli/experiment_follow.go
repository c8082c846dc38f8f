package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/clock"
)

// followStep is how often it is asked what is new of an experiment that is followed.
const followStep = 250 * time.Millisecond

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

// follow shows an experiment until it has ended. What is new it learns from the experiment's log, since that
// leaves no calls in the server's journal.
func (p *process) follow(ctx context.Context, f *fisCalls, id string, asJSON bool) (e shownExperiment, err error) {
	shown := &experimentScreen{process: p, asJSON: asJSON, redraw: !asJSON && p.coloured(p.stdout), last: map[string]string{}}
	raw, err := f.call(ctx, "GetExperiment", aws.Document{"id": id}) // it says best that there is none
	if err != nil {
		return e, err
	}
	for next := 0; ; {
		entries, err := f.server.experimentLog(ctx, id, next)
		if err != nil {
			return e, err
		}
		if len(entries) > 0 || e.unsettled() {
			if raw, err = f.call(ctx, "GetExperiment", aws.Document{"id": id}); err != nil {
				return e, err
			}
		}
		if e, err = readExperiment(raw); err != nil {
			return e, err
		}
		now, err := f.server.clock(ctx)
		if err != nil {
			return e, err
		}
		for _, entry := range entries {
			next = entry.Number + 1
			if err := shown.note(&e, entry); err != nil {
				return e, err
			}
		}
		if err := shown.show(&e, now.Time); err != nil {
			return e, err
		}
		if e.ended() {
			return e, shown.end(&e, raw)
		}
		if err := (clock.Real{}).Sleep(ctx, followStep); err != nil {
			return e, err
		}
	}
}

// unsettled is true while a state is on its way to another, which the log does not say.
func (e *shownExperiment) unsettled() bool {
	onItsWay := func(status string) bool { return status == "initiating" || status == "stopping" || status == "pending" }
	for _, a := range e.Actions {
		if a.State.Status != "pending" && onItsWay(a.State.Status) {
			return true
		}
	}
	return onItsWay(e.State.Status)
}

// logEntry is an entry of an experiment's log, as far as it is not in the experiment itself.
type logEntry struct {
	Number int       `json:"number"`
	Time   time.Time `json:"time"`
	Note   string    `json:"note"`
}

// experimentLog is what is new in an experiment's log.
func (e *endpoint) experimentLog(ctx context.Context, id string, from int) ([]logEntry, error) {
	raw, err := e.steer(ctx, "GET", fmt.Sprintf("/_brownout/experiments/%s/log?from=%d", url.PathEscape(id), from), nil)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Entries []logEntry `json:"entries"`
	}
	return answer.Entries, readAnswer(raw, &answer)
}

// experimentScreen shows what has changed since the last look.
type experimentScreen struct {
	process        *process
	asJSON, redraw bool
	last           map[string]string // by the action's name, "" for the experiment: the state that was shown
	lines          int               // that stand on the terminal, to be drawn over
	drawn          string            // those lines
}

// experimentChange is what the JSON form says of a change.
type experimentChange struct {
	Time       time.Time `json:"time"`
	Experiment string    `json:"experiment"`
	Action     string    `json:"action,omitempty"`
	Status     string    `json:"status"`
	Reason     string    `json:"reason,omitempty"`
}

// show shows an experiment as it is now.
func (s *experimentScreen) show(e *shownExperiment, now time.Time) error {
	if s.redraw {
		d := drawing{now, colourPaint}
		text := e.headline(d) + "\n" + drawActions(e.Actions, d)
		if !e.ended() { // what will be drawn over has a line of the screen for each of its own
			text = "\x1b[?7l" + text + "\x1b[?7h"
		}
		text = s.clear() + text
		s.lines = 1 + len(e.Actions)
		if text == s.drawn {
			return nil
		}
		s.drawn = text
		return s.process.print(text)
	}
	for _, c := range s.changes(e, now) {
		if err := s.print(e, c, now); err != nil {
			return err
		}
	}
	return nil
}

// note shows what the log says besides.
func (s *experimentScreen) note(e *shownExperiment, entry logEntry) error {
	switch {
	case entry.Note == "":
		return nil
	case s.asJSON:
		return s.process.printJSON(map[string]any{"time": entry.Time, "experiment": e.ID, "note": entry.Note})
	}
	text := s.clear() + entry.Time.UTC().Format(time.TimeOnly) + "   " + entry.Note + "\n"
	s.lines, s.drawn = 0, ""
	return s.process.print(text)
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
	text := fmt.Sprintf("%s   %s (%s) %s  %s", at, c.Action, a.ActionID, a.progress(drawing{now, plainPaint}), a.reason())
	return s.process.print(strings.TrimRight(text, " ") + "\n")
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
