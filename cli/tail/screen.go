package tail

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// maxLive is how many open calls are shown at once on a terminal: screens have at least 24 lines.
const maxLive = 16

// Screen writes calls: each once it has ended, and on a terminal also those that are still open, in
// place below the others.
type Screen struct {
	// Out takes each change in one write.
	Out io.Writer
	// Terminal allows colours and cursor movements.
	Terminal bool

	live  int    // lines of open calls, which the next change overwrites
	drawn string // those lines
}

// Show writes what has changed.
func (s *Screen) Show(calls *Calls, now time.Time) error {
	ended := calls.Ended(now)
	if !s.Terminal {
		return s.write(lines(ended, now, plain))
	}
	open := calls.Open(now)
	open = open[max(0, len(open)-maxLive):]
	drawn := ""
	if len(open) > 0 {
		// Without wrapping, so that a long line is one line to move over.
		drawn = "\x1b[?7l" + lines(open, now, paint) + "\x1b[?7h"
	}
	if len(ended) == 0 && drawn == s.drawn {
		return nil
	}
	text := s.clear() + lines(ended, now, paint) + drawn
	s.live, s.drawn = len(open), drawn
	return s.write(text)
}

// End writes the calls that are still open as they stand.
func (s *Screen) End(calls *Calls, now time.Time) error {
	ended := calls.Ended(now)
	ended = append(ended, calls.Open(now)...)
	if s.Terminal {
		text := s.clear() + lines(ended, now, paint)
		s.live, s.drawn = 0, ""
		return s.write(text)
	}
	return s.write(lines(ended, now, plain))
}

// clear moves to the first of the live lines and empties the screen from there.
func (s *Screen) clear() string {
	if s.live == 0 {
		return ""
	}
	return fmt.Sprintf("\r\x1b[%dA\x1b[J", s.live)
}

func lines(calls []*Call, now time.Time, paint func(colour, string) string) string {
	var text strings.Builder
	for _, call := range calls {
		text.WriteString(call.text(now, paint) + "\n")
	}
	return text.String()
}

func (s *Screen) write(text string) error {
	if text == "" {
		return nil
	}
	if _, err := io.WriteString(s.Out, text); err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	return nil
}
