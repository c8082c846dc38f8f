package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/brownoutdev/brownout/services/fis/action"
)

// drawing is how the graph of an experiment's actions is drawn.
type drawing struct {
	// now is the server's time; zero: no time left is shown.
	now time.Time
	// paint gives a text the colour of a state.
	paint func(status, text string) string
}

func plainPaint(_, text string) string { return text }

// colourPaint is paint for a terminal.
func colourPaint(status, text string) string {
	colour := map[string]string{
		"running": "36", "initiating": "36", "stopping": "33", "stopped": "33", "cancelled": "33", "failed": "31", "completed": "32", "skipped": "90", "pending": "90",
	}[status]
	if colour == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// drawActions is a line for each action, those that others wait for first, each indented by how many stand
// before it. How far it has come stands right behind its name: the rest may not fit on a narrow terminal.
func drawActions(actions map[string]shownAction, d drawing) string {
	type row struct{ name, plain, painted, actionID, rest string }
	var rows []row
	var names, states, ids int
	for _, level := range levels(actions) {
		for _, name := range level.names {
			a := actions[name]
			r := row{name: "  " + name, plain: a.progress(drawing{d.now, plainPaint}), painted: a.progress(d), actionID: a.ActionID, rest: a.reason()}
			if level.depth > 0 {
				r.name = strings.Repeat("  ", level.depth) + "└ " + name
			}
			if len(a.StartAfter) > 0 {
				r.rest = strings.TrimSuffix("after "+strings.Join(slices.Sorted(slices.Values(a.StartAfter)), ", ")+"  "+r.rest, "  ")
			}
			rows = append(rows, r)
			names, states, ids = max(names, width(r.name)), max(states, width(r.plain)), max(ids, width(r.actionID))
		}
	}
	var text strings.Builder
	for _, r := range rows {
		line := pad(r.name, names) + r.painted + strings.Repeat(" ", states-width(r.plain)+2) + pad(r.actionID, ids) + r.rest
		text.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return text.String()
}

func width(text string) int { return utf8.RuneCountInString(text) }

// pad fills a column up, and goes on to the next.
func pad(text string, to int) string { return text + strings.Repeat(" ", to-width(text)+2) }

// level is the actions with equally many before them in the longest line.
type level struct {
	depth int
	names []string
}

func levels(actions map[string]shownAction) []level {
	depths := map[string]int{}
	var depth func(name string, seen int) int
	depth = func(name string, seen int) int {
		known, ok := depths[name]
		if ok || seen > len(actions) { // a cycle: FIS refuses those
			return known
		}
		d := 0
		for _, before := range actions[name].StartAfter {
			d = max(d, 1+depth(before, seen+1))
		}
		depths[name] = d
		return d
	}
	var list []level
	for _, name := range slices.Sorted(maps.Keys(actions)) {
		d := depth(name, 0)
		for len(list) <= d {
			list = append(list, level{depth: len(list)})
		}
		list[d].names = append(list[d].names, name)
	}
	return list
}

// progress is the action's state, how far it has come, and how long it will go on.
func (a *shownAction) progress(d drawing) string {
	status := a.State.Status
	if status == "" { // of a template
		if lasts := a.lasts(); lasts > 0 {
			return "lasts " + lasts.String()
		}
		return ""
	}
	text := d.paint(status, status)
	switch {
	case a.EndTime != 0 && a.StartTime != 0:
		text += fmt.Sprintf(" after %v", between(a.StartTime, a.EndTime))
	case a.StartTime != 0 && !d.now.IsZero():
		spent := max(0, d.now.Sub(momentOf(a.StartTime)))
		if lasts := a.lasts(); lasts > 0 {
			text += fmt.Sprintf("  %s  %v left", bar(spent, lasts), max(0, lasts-spent).Round(time.Second))
		} else {
			text += fmt.Sprintf(" for %v", spent.Round(time.Second))
		}
	}
	return text
}

// reason is why it is in its state, where that does not say it all: "Action was stopped." does not.
func (a *shownAction) reason() string {
	status, reason := a.State.Status, a.State.Reason
	if reason == "Action was "+status+"." || status != "failed" && status != "skipped" && status != "stopped" {
		return ""
	}
	return reason
}

// lasts is how long the action takes by its parameters; 0 when they do not say.
func (a *shownAction) lasts() time.Duration {
	for _, name := range []string{"duration", "startInstancesAfterDuration", "maxDuration", "durationBeforeInterruption"} {
		if d, err := action.ParseDuration(a.Parameters[name]); err == nil && a.Parameters[name] != "" {
			return d
		}
	}
	return 0
}

// bar is "[#####-----]".
func bar(spent, lasts time.Duration) string {
	const width = 20
	full := min(width, int(float64(width)*spent.Seconds()/lasts.Seconds()))
	return "[" + strings.Repeat("#", full) + strings.Repeat("-", width-full) + "]"
}
