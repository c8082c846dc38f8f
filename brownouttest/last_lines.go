package brownouttest

import (
	"bytes"
	"fmt"
	"sync"
)

// maxLines is how much of a log is kept: the end tells most.
const maxLines = 1000

// lastLines keeps the last lines written to it. A test's own log cannot be written to as they come:
// that panics once the test is over.
type lastLines struct {
	mutex   sync.Mutex
	lines   [maxLines][]byte
	written int
}

// Write implements io.Writer. Each call is a line, as slog's handlers write them.
func (l *lastLines) Write(line []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.lines[l.written%maxLines] = bytes.Clone(line)
	l.written++
	return len(line), nil
}

// String is all lines that were kept, in order.
func (l *lastLines) String() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	var text bytes.Buffer
	first := max(0, l.written-maxLines)
	if first > 0 {
		fmt.Fprintf(&text, "... %d lines before ...\n", first)
	}
	for i := first; i < l.written; i++ {
		text.Write(l.lines[i%maxLines])
	}
	return text.String()
}
