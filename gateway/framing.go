package gateway

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"

	"github.com/brownoutdev/brownout/aws"
)

// A request that says twice how long its body is, with Content-Length and with Transfer-Encoding, is read in one
// way here and perhaps in another by a proxy before us: the rest of the body may then pass for a request of its
// own. net/http believes Transfer-Encoding and drops the other header before any handler sees it. So the
// bytes of each HTTP/1 connection are followed on their way in, as far as that takes, and the
// handler learns which request of the connection is at fault.

// FollowFraming makes the server's connections say how their requests are framed. It is to be called before
// the server serves the listener that it gives back.
func FollowFraming(server *http.Server, listener net.Listener) net.Listener {
	server.ConnContext = func(ctx context.Context, connection net.Conn) context.Context {
		return context.WithValue(ctx, framingKey{}, connection) // a fact of the connection; net/http has no other way to hand it on
	}
	return framingListener{listener}
}

type framingKey struct{}

type framingListener struct{ net.Listener }

// Accept implements net.Listener.
func (l framingListener) Accept() (net.Conn, error) {
	connection, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &framedConn{Conn: connection, at: atRequestLine}, nil
}

// framedConn follows the requests that come in on a connection. Its fields belong to whoever reads, save the
// last two.
type framedConn struct {
	net.Conn
	at        place
	line      []byte // the beginning of a line whose end has not come yet
	head      framing
	remaining uint64 // bytes of the body, or of a chunk
	requests  uint64

	faulty  atomic.Uint64 // the number of the request that says twice how long it is; 0: none
	handled uint64        // requests that handlers have seen; only they count, one after the other
}

// framing is what a request's head says of its body.
type framing struct {
	uncounted, chunked, sized, faulty bool
	// old requests (HTTP/1.0) have no chunks: net/http takes such a body for none, others read it.
	old  bool
	size uint64
}

// place is what comes next on a connection.
type place uint8

const (
	atRequestLine place = iota
	atHeader
	atBody
	atChunkSize
	atChunk
	atTrailer
	atEnd // nobody follows any more: after a fault, or once the connection speaks something else
)

// afterBytes is what follows the bytes of a body or of a chunk.
func (p place) afterBytes() place {
	if p == atChunk {
		return atChunkSize
	}
	return atRequestLine
}

// longestFramingLine is how many bytes of a line are kept. Request lines and the headers that count here are
// told by less; one of those headers that is longer is at fault.
const longestFramingLine = 1 << 10

// Read implements net.Conn.
func (c *framedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	for rest := p[:n]; len(rest) > 0 && c.at != atEnd; {
		rest = c.follow(rest)
	}
	return n, err
}

// CloseWrite closes our side of the connection only.
func (c *framedConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return c.Close()
}

// NetConn is the connection below, for what only it can do.
func (c *framedConn) NetConn() net.Conn { return c.Conn }

// follow takes in a body's bytes or a line, and gives back what comes after them.
func (c *framedConn) follow(rest []byte) []byte {
	if c.at == atBody || c.at == atChunk {
		n := min(c.remaining, uint64(len(rest)))
		if c.remaining -= n; c.remaining == 0 {
			c.at = c.at.afterBytes()
		}
		return rest[n:]
	}
	end := bytes.IndexByte(rest, '\n')
	part := rest
	if end >= 0 {
		part = rest[:end]
	}
	line := part
	if len(c.line) > 0 || end < 0 {
		c.line = append(c.line, part[:min(len(part), longestFramingLine+1-len(c.line))]...)
		line = c.line
	}
	if end < 0 {
		return nil
	}
	c.take(bytes.TrimSuffix(line, []byte("\r")))
	c.line = c.line[:0]
	return rest[end+1:]
}

// take takes in a line.
func (c *framedConn) take(line []byte) {
	switch c.at {
	case atRequestLine:
		c.head = framing{uncounted: bytes.HasPrefix(line, []byte("OPTIONS * ")), // net/http answers that itself
			old: bytes.HasSuffix(line, []byte(" HTTP/1.0"))}
		c.at = atHeader
		if bytes.HasSuffix(line, []byte(" HTTP/2.0")) {
			c.at = atEnd
		}
	case atHeader:
		if len(line) == 0 {
			c.endHead()
			return
		}
		c.head.take(line)
	case atChunkSize:
		digits, _, _ := bytes.Cut(line, []byte(";"))
		size, err := strconv.ParseUint(string(bytes.TrimSpace(digits)), 16, 60)
		switch {
		case err != nil:
			c.at = atEnd // net/http does not read on either
		case size == 0:
			c.at = atTrailer
		default:
			c.at, c.remaining = atChunk, size+uint64(len("\r\n"))
		}
	case atTrailer:
		if len(line) == 0 {
			c.at = atRequestLine
		}
	}
}

// take takes in a header, if it says something about the body.
func (f *framing) take(line []byte) {
	name, value, _ := bytes.Cut(line, []byte(":"))
	switch {
	case bytes.EqualFold(name, []byte("Transfer-Encoding")):
		f.chunked = true
	case bytes.EqualFold(name, []byte("Content-Length")):
		size, err := strconv.ParseUint(string(bytes.TrimSpace(value)), 10, 63)
		f.faulty = f.faulty || err != nil || len(line) > longestFramingLine || f.sized && size != f.size
		f.sized, f.size = true, size
	}
}

// endHead decides what follows a head.
func (c *framedConn) endHead() {
	if !c.head.uncounted {
		c.requests++
	}
	switch {
	case c.head.faulty || c.head.chunked && (c.head.sized || c.head.old):
		c.faulty.Store(c.requests)
		c.at = atEnd
	case c.head.chunked:
		c.at = atChunkSize
	case c.head.size > 0:
		c.at, c.remaining = atBody, c.head.size
	default:
		c.at = atRequestLine
	}
}

// checkFraming refuses a request whose body has two lengths. The connection ends with the answer: nobody
// can tell where the next request would begin.
func checkFraming(w http.ResponseWriter, r *http.Request) error {
	if r.ProtoMajor != 1 {
		return nil
	}
	c, followed := r.Context().Value(framingKey{}).(*framedConn)
	if !followed {
		return nil
	}
	c.handled++
	if c.faulty.Load() != c.handled {
		return nil
	}
	w.Header()["Connection"] = []string{"close"}
	return &aws.Error{Code: "InvalidRequestException", Status: http.StatusBadRequest, Sender: true,
		Message: "The request has both Content-Length and Transfer-Encoding, or Transfer-Encoding in HTTP/1.0: nobody can tell how long its body is."}
}
