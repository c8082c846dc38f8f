package demo

import (
	"context"
	"log/slog"
	"sync"
)

// logLines remembers the messages that the server logs, since the story promises some of them.
type logLines struct {
	mutex    sync.Mutex
	messages []string
}

// Enabled implements slog.Handler.
func (l *logLines) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }

// Handle implements slog.Handler.
func (l *logLines) Handle(_ context.Context, r slog.Record) error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.messages = append(l.messages, r.Message)
	return nil
}

// WithAttrs implements slog.Handler.
func (l *logLines) WithAttrs([]slog.Attr) slog.Handler { return l }

// WithGroup implements slog.Handler.
func (l *logLines) WithGroup(string) slog.Handler { return l }

// count is how many lines have this message.
func (l *logLines) count(message string) (n int) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for _, m := range l.messages {
		if m == message {
			n++
		}
	}
	return n
}
