package gateway

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"

	"github.com/brownoutdev/brownout/clock"
)

// A call may be refused while its body, perhaps a large upload, is still on its way. Nobody will read
// it; but if the connection were closed with the body unread, TCP would reset it, and the caller would see
// that instead of its error. And a client that waits for 100 Continue must not be told to go on.

// unread reports whether the request has a body that nobody has read, and that is in the way of an answer.
func (x *exchange) unread() bool { return !x.dismissed && x.isUnread() && x.r.ProtoMajor < 2 }

// isUnread reports whether the request has a body that is not in memory, or not all of it.
func (x *exchange) isUnread() bool {
	return (x.body == nil || x.partial) && x.r.ContentLength != 0 && x.r.Body != nil && x.r.Body != http.NoBody
}

// dismiss gets the request's body out of the way of an answer: it is read and thrown away where that
// is cheap (MaxBody at most), so that the connection can be used again; else the connection is taken from
// net/http, since its server would ask for the body or close too early.
func (x *exchange) dismiss() {
	if !x.unread() {
		return
	}
	x.dismissed = true
	if !expectsContinue(x.r) && x.r.ContentLength <= MaxBody {
		if n, err := io.CopyN(io.Discard, x.r.Body, MaxBody+1); err != nil || n <= MaxBody {
			return // all read, or the caller has gone
		}
	}
	x.seize()
}

func expectsContinue(r *http.Request) bool {
	expect := r.Header["Expect"]
	return len(expect) > 0 && strings.EqualFold(expect[0], "100-continue")
}

// seize takes the connection over. What the client still sends is thrown away; when it goes away, the
// call's context ends.
func (x *exchange) seize() {
	conn, buffered, err := http.NewResponseController(x.w).Hijack()
	if err != nil {
		return // not a connection of our own: let net/http do what it can
	}
	ctx, gone := context.WithCancel(x.r.Context())
	x.conn, x.ctx = conn, ctx
	x.drained = make(chan struct{})
	x.gateway.seized.Store(conn, struct{}{})
	go func() {
		defer close(x.drained)
		defer gone()
		discard(buffered.Reader)
	}()
	x.w = &seizedWriter{header: x.w.Header(), out: bufio.NewWriter(conn)}
}

// discard reads until the peer has closed its side, or the connection is no more.
func discard(r io.Reader) {
	_, _ = io.Copy(io.Discard, r) // that it ends is all that counts, not how
}

// release ends a connection that was taken over: our side is closed when all is written, the
// client's when it has seen that.
func (x *exchange) release() {
	if x.response != nil {
		_ = x.response.Body.Close() // again, mostly
	}
	x.linger()
	if x.conn == nil {
		return
	}
	if half, ok := x.conn.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil &&
		x.conn.SetReadDeadline(clock.Real{}.Now().Add(lingerTime)) == nil {
		<-x.drained
	}
	_ = x.conn.Close() // it may be closed already
	<-x.drained
	x.gateway.seized.Delete(x.conn)
}

// Close ends the connections that the gateway has taken over from its http.Server, which does not
// know of them any more. It is to be called when that server has ended.
func (g *Gateway) Close() {
	g.seized.Range(func(conn, _ any) bool {
		_ = conn.(net.Conn).Close()
		return true
	})
}

// seizedWriter writes an answer to a connection that was taken over. There is no other after it.
type seizedWriter struct {
	header http.Header
	out    *bufio.Writer
	headed bool
}

// Header implements http.ResponseWriter.
func (w *seizedWriter) Header() http.Header { return w.header }

// WriteHeader implements http.ResponseWriter.
func (w *seizedWriter) WriteHeader(status int) {
	if w.headed {
		return
	}
	w.headed = true
	w.header["Connection"] = []string{"close"}
	w.header["Date"] = []string{clock.Real{}.Now().UTC().Format(http.TimeFormat)}
	// bufio keeps its first error for Flush.
	_, _ = w.out.WriteString("HTTP/1.1 " + strconv.Itoa(status) + " " + http.StatusText(status) + "\r\n")
	_ = w.header.Write(w.out)
	_, _ = w.out.WriteString("\r\n")
}

// Write implements io.Writer.
func (w *seizedWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.out.Write(p)
}

// Flush implements http.Flusher.
func (w *seizedWriter) Flush() { _ = w.out.Flush() }
