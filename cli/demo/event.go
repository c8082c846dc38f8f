package demo

import (
	"fmt"
	"net/url"
	"strings"
)

// Event is one thing that happened. As JSON it is a line of `brownout demo --json`.
type Event struct {
	// Event is "server", "step", "attempt", "check" or "end".
	Event string `json:"event"`
	// Step is 1..8; 0 outside of steps.
	Step  int    `json:"step,omitempty"`
	Title string `json:"title,omitempty"`
	URL   string `json:"url,omitempty"`

	// Of an attempt: which call it is of, and what was answered.
	Call    string `json:"call,omitempty"`
	Region  string `json:"region,omitempty"`
	Account string `json:"account,omitempty"`
	Attempt int    `json:"attempt,omitempty"`
	// Attempts is how many the client makes at most.
	Attempts int    `json:"attempts,omitempty"`
	Status   int    `json:"status,omitempty"`
	Code     string `json:"code,omitempty"`
	Message  string `json:"message,omitempty"`
	// Fault is the x-brownout-fault header: who made the call fail or wait.
	Fault        string  `json:"fault,omitempty"`
	Milliseconds float64 `json:"milliseconds,omitempty"`
	// RetryIn is set when the client will try again.
	RetryIn float64 `json:"retry_in_milliseconds,omitempty"`

	// Of a check: what was promised, whether it holds, and what was seen instead. Of the end: whether everything held.
	Promise string  `json:"promise,omitempty"`
	OK      *bool   `json:"ok,omitempty"`
	Instead string  `json:"instead,omitempty"`
	Seconds float64 `json:"seconds,omitempty"`
}

// Text is the event for a person; colour wraps a text in one of the colours.
func (e *Event) Text(colour func(Colour, string) string) string {
	switch e.Event {
	case "server":
		return fmt.Sprintf("A server of the demo's own answers at %s. Its client tries each call up to ten times, 20 ms apart.\n", e.URL)
	case "step":
		return fmt.Sprintf("\n%s\n", colour(Bold, fmt.Sprintf("%d. %s", e.Step, e.Title)))
	case "attempt":
		return e.attemptText(colour)
	case "check":
		if *e.OK {
			return fmt.Sprintf("   %s %s\n", colour(Green, "ok"), e.Promise)
		}
		return fmt.Sprintf("   %s %s\n        instead: %s\n", colour(Red, "FAILED"), e.Promise, e.Instead)
	case "end":
		if *e.OK {
			return fmt.Sprintf("\n%s in %.1f s.\n", colour(Green, "Every step did what it says"), e.Seconds)
		}
		return fmt.Sprintf("\n%s\n", colour(Red, "Not every step did what it says; the demo ends here."))
	}
	return ""
}

func (e *Event) attemptText(colour func(Colour, string) string) string {
	var text strings.Builder
	fmt.Fprintf(&text, "   %s %s", e.Call, e.Region)
	if e.Account != "" {
		fmt.Fprintf(&text, " (account %s)", e.Account)
	}
	answer := fmt.Sprintf("%d", e.Status)
	if e.Code != "" {
		answer = colour(Red, fmt.Sprintf("%d %s", e.Status, e.Code))
	}
	fmt.Fprintf(&text, " => %s, %.0f ms", answer, e.Milliseconds)
	if e.Attempt > 1 || e.RetryIn > 0 {
		fmt.Fprintf(&text, ", attempt %d of %d", e.Attempt, e.Attempts)
	}
	if e.Fault != "" {
		fmt.Fprintf(&text, ", %s", colour(Yellow, "fault of "+ownerText(e.Fault)))
	}
	if e.Code != "" && e.RetryIn == 0 {
		fmt.Fprintf(&text, "\n     %s", e.Message)
	}
	return text.String() + "\n"
}

// ownerText undoes the header's percent-encoding.
func ownerText(owners string) string {
	if plain, err := url.PathUnescape(owners); err == nil {
		return plain
	}
	return owners
}

// Colour is an ANSI code.
type Colour string

// The colours in use.
const (
	Bold   Colour = "1"
	Red    Colour = "31"
	Green  Colour = "32"
	Yellow Colour = "33"
)

// Plain leaves texts without colours.
func Plain(_ Colour, text string) string { return text }

// ANSI colours texts for a terminal.
func ANSI(c Colour, text string) string { return "\x1b[" + string(c) + "m" + text + "\x1b[0m" }
