package gateway

import (
	"io"
	"net/http"
	"strconv"
)

// answerWriter is where an answer goes whose body a fault touches. It serves whoever writes the answer:
// a codec at once, or an upstream's stream piece by piece.
type answerWriter struct {
	http.ResponseWriter
	x    *exchange
	body io.Writer
	// ended is how the fault has ended the connection; nothing is written any more.
	ended error
}

// Write implements io.Writer: an error that isEnding says that the fault wants the connection to end here.
func (w *answerWriter) Write(p []byte) (int, error) {
	if w.ended != nil {
		return 0, w.ended
	}
	if w.body == nil {
		length := int64(-1)
		if text := w.Header()["Content-Length"]; len(text) == 1 {
			if n, err := strconv.ParseInt(text[0], 10, 64); err == nil {
				length = n
			}
		}
		w.body = w.x.plan.Body(w.x.context(), &w.x.call, sink{w.ResponseWriter}, length)
	}
	n, err := w.body.Write(p)
	if isEnding(err) {
		w.ended = err
	}
	return n, err
}

// Unwrap lets http.ResponseController find what the writer below can do.
func (w *answerWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// sink is the connection as body effects see it.
type sink struct{ http.ResponseWriter }

// Flush implements fault.Writer.
func (s sink) Flush() error { return http.NewResponseController(s.ResponseWriter).Flush() }
