package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

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
// before it.
func drawActions(actions map[string]shownAction, d drawing) string {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.FilterHTML)
	for _, level := range levels(actions) {
		for _, name := range level.names {
			a := actions[name]
			indent := strings.Repeat("  ", level.depth)
			if level.depth > 0 {
				indent = strings.Repeat("  ", level.depth-1) + "└ "
			}
			waits := ""
			if len(a.StartAfter) > 0 {
				waits = "after " + strings.Join(slices.Sorted(slices.Values(a.StartAfter)), ", ")
			}
			// The state stands last but one: what colours add must not shift what comes behind.
			fmt.Fprintf(table, "  %s%s\t%s\t%s\t%s\n", indent, name, a.ActionID, waits, a.progress(d))
		}
	}
	_ = table.Flush() // a strings.Builder takes everything
	lines := strings.Split(text.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

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
	// What FIS says of every action that was stopped or skipped says no more than the state.
	if reason := a.State.Reason; reason != "" && reason != "Action was "+status+"." && (status == "failed" || status == "skipped" || status == "stopped") {
		text += "  " + reason
	}
	return text
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
