package tail

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/brownoutdev/brownout/journal"
)

// colour is an ANSI code.
type colour string

const (
	dim    colour = "2"
	red    colour = "31"
	green  colour = "32"
	yellow colour = "33"
)

func paint(c colour, text string) string { return "\x1b[" + string(c) + "m" + text + "\x1b[0m" }
func plain(_ colour, text string) string { return text }

// text is the call in one line, as it stands now:
//
//	12:00:01.250  dynamodb.GetItem us-east-1  10 attempts over 25.6s (0ms +50ms +100ms …)  503 Service Unavailable ← EXP1/Test%20disruption  gave up
func (c *Call) text(now time.Time, paint func(colour, string) string) string {
	var line strings.Builder
	line.WriteString(paint(dim, c.first.At.Local().Format("15:04:05.000")))
	line.WriteString("  " + printable(c.first.Name()) + " " + printable(c.first.Region))
	if account := c.first.Account; account != "" && account != "000000000000" {
		line.WriteString(" " + printable(account))
	}
	attempts, how := c.attempts(), c.end(now)
	if attempts > 1 {
		fmt.Fprintf(&line, "  %d attempts over %s %s", attempts, short(c.last.At.Sub(c.first.At)+c.last.Total), paint(dim, c.spacing()))
	}
	line.WriteString("  " + c.outcome(paint))
	if c.last.EstimatedAttempt {
		line.WriteString(paint(dim, " (attempts estimated)"))
	}
	if len(c.owners) > 0 {
		line.WriteString(paint(yellow, " ← "+printable(strings.Join(c.owners, ", "))))
	}
	if attempts == 1 {
		line.WriteString("  " + paint(dim, took(&c.last)))
	}
	if word := c.word(how); word != "" {
		line.WriteString("  " + word)
	}
	return line.String()
}

// word says how a call ended that was more than one plain answer.
func (c *Call) word(how ending) string {
	switch attempts := c.attempts(); {
	case how == succeeded && attempts > 1:
		return "recovered"
	case how == exhausted && attempts > 1:
		return "gave up"
	case how == silent:
		return "no further attempt"
	case how == open && c.max > 0:
		return fmt.Sprintf("attempt %d of %d", attempts, c.max)
	case how == open && attempts > 1:
		return fmt.Sprintf("attempt %d", attempts)
	}
	return ""
}

// spacing is the time between the attempts: "(0ms +50ms +100ms … +12.8s)".
func (c *Call) spacing() string {
	var text strings.Builder
	text.WriteString("(")
	if c.attempts() == c.seen {
		text.WriteString("0ms")
	} else {
		text.WriteString("…") // the first attempts were before our time
	}
	shown := c.gaps
	if len(shown) > 4 {
		shown = shown[:3]
	}
	for _, gap := range shown {
		text.WriteString(" +" + short(gap))
	}
	if len(shown) < c.seen-1 {
		text.WriteString(" … +" + short(c.lastGap))
	}
	return text.String() + ")"
}

// outcome is the last answer, and what went before it when that was worse.
func (c *Call) outcome(paint func(colour, string) string) string {
	last := answer(&c.last)
	switch {
	case c.last.Failed() && c.last.Status != 0 && c.last.Status < 500 && !c.last.ClientGone:
		return paint(yellow, last)
	case c.last.Failed():
		return paint(red, last)
	case c.failures > 0:
		after := " after " + answer(&c.failure)
		if c.failures > 1 {
			after += " ×" + strconv.Itoa(c.failures)
		}
		return paint(green, last) + after
	}
	return paint(green, last)
}

func answer(r *journal.Record) string {
	switch {
	case r.ClientGone:
		return "client went away"
	case r.Status == 0:
		return "no answer"
	case r.Code != "":
		return strconv.Itoa(r.Status) + " " + printable(r.Code)
	}
	return strconv.Itoa(r.Status)
}

func took(r *journal.Record) string {
	if r.Injected < time.Millisecond {
		return short(r.Total)
	}
	return short(r.Total) + " (" + short(r.Injected) + " injected)"
}

// short is a duration with as many digits as one reads.
func short(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		d = d.Round(10 * time.Microsecond)
	case d < 10*time.Millisecond:
		d = d.Round(100 * time.Microsecond)
	case d < time.Second:
		d = d.Round(time.Millisecond)
	case d < 10*time.Second:
		d = d.Round(10 * time.Millisecond)
	default:
		d = d.Round(100 * time.Millisecond)
	}
	switch {
	case d <= 0:
		return "0ms"
	case d < time.Millisecond:
		return strconv.FormatFloat(float64(d)/float64(time.Millisecond), 'g', -1, 64) + "ms"
	}
	return d.String()
}

// printable keeps what a client or a rule has written from steering the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '?'
		}
		return r
	}, s)
}
