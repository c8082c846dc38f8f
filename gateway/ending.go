package gateway

import (
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
)

// isEnding reports whether an error is a fault's way to end the connection.
func isEnding(err error) bool {
	return errors.Is(err, fault.ErrReset) || errors.Is(err, fault.ErrClosed)
}

// end ends the connection in the answer's place: nobody gets to see one.
func (x *exchange) end(how error) {
	what := "connection closed"
	if errors.Is(how, fault.ErrReset) {
		what = "connection reset"
	}
	x.conclude(0, what, 0, nil)
	x.disconnect(how)
	x.written = true
}

// disconnect ends the connection, after what has been written so far. Over HTTP/2 only the call's
// stream ends. It may not return: http.ErrAbortHandler is net/http's own way.
func (x *exchange) disconnect(how error) {
	control := http.NewResponseController(x.w)
	if x.written && x.conn == nil {
		_ = control.Flush() // the caller may have gone meanwhile, which is what is wanted
	}
	if x.r.ProtoMajor >= 2 {
		if errors.Is(how, fault.ErrReset) || !x.written {
			panic(http.ErrAbortHandler) // RST_STREAM
		}
		return // the stream ends before the body is as long as its header says
	}
	conn := x.conn
	if conn != nil && !errors.Is(how, fault.ErrReset) {
		return // release closes it
	}
	if conn == nil {
		var err error
		if conn, _, err = control.Hijack(); err != nil {
			panic(http.ErrAbortHandler)
		}
	}
	if errors.Is(how, fault.ErrReset) {
		reset(conn)
		return
	}
	closeGently(conn)
}

// reset closes a connection with RST: whatever the peer has not read yet is lost to it.
func reset(conn net.Conn) {
	plain := conn
	if layered, ok := conn.(interface{ NetConn() net.Conn }); ok { // TLS would say good-bye first
		plain = layered.NetConn()
	}
	if tcp, ok := plain.(interface{ SetLinger(seconds int) error }); ok {
		_ = tcp.SetLinger(0) // fails only on a connection that is gone
	}
	_ = plain.Close()
}

// lingerTime is how long a connection that we have closed on our side may still bring bytes.
const lingerTime = 30 * time.Second

// closeGently closes our side and waits until the peer has closed its own: closing at once, with bytes
// of the peer unread, would reset the connection and destroy what the peer has not read yet.
func closeGently(conn net.Conn) {
	defer conn.Close()
	half, ok := conn.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil || conn.SetReadDeadline(clock.Real{}.Now().Add(lingerTime)) != nil {
		return
	}
	discard(conn)
}
