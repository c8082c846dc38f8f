package upstream

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/brownoutdev/brownout/clock"
)

// pump sends the body of a request while its answer is awaited, or comes already. A nil pump has sent all.
type pump struct {
	done  atomic.Bool
	mutex sync.Mutex
	err   error // of the source
	// answered: the head of the answer is there.
	answered bool
}

// pumpBuffer is how much of a body is in memory at a time.
const pumpBuffer = 64 << 10

// chunkHead is what stands before a chunk at most: "10000\r\n".
const chunkHead = 16

var pumpBuffers = sync.Pool{New: func() any { return new([chunkHead + pumpBuffer + 2]byte) }}

func newPump(w *wire, x *exchange) *pump {
	p := &pump{}
	var from io.Reader = bytes.NewReader(x.body)
	if x.rest != nil {
		from = x.rest
		if len(x.body) > 0 {
			from = io.MultiReader(bytes.NewReader(x.body), x.rest)
		}
	}
	go func() {
		if err := p.run(w, x, from); err != nil {
			var source sourceError
			if errors.As(err, &source) {
				// The upstream must not take what it has got for the whole, and nobody waits for its answer.
				p.mutex.Lock()
				p.err = err
				p.mutex.Unlock()
				_ = w.Close()
			}
			return // else the upstream reads no more: it may have answered all the same
		}
		p.mutex.Lock()
		if x.headerTimeout > 0 && !p.answered {
			_ = w.SetReadDeadline(clock.Real{}.Now().Add(x.headerTimeout)) // on a closed connection, reads fail anyway
		}
		p.mutex.Unlock()
		p.done.Store(true)
	}()
	return p
}

// run copies the body, framed as the client framed it.
func (p *pump) run(w *wire, x *exchange, from io.Reader) error {
	buffer := pumpBuffers.Get().(*[chunkHead + pumpBuffer + 2]byte)
	defer pumpBuffers.Put(buffer)
	chunked := x.r.ContentLength < 0
	left := x.r.ContentLength
	for {
		n, err := from.Read(buffer[chunkHead : chunkHead+pumpBuffer])
		if n > 0 {
			part := buffer[chunkHead : chunkHead+n]
			if chunked {
				part = asChunk(buffer[:], n)
			} else if left -= int64(n); left < 0 {
				return sourceError{errors.New("the body is longer than its Content-Length")}
			}
			if errors.Is(err, io.EOF) && chunked {
				part = appendLastChunk(part, x)
			}
			if _, failed := w.Write(part); failed != nil {
				return failed
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			if chunked && n == 0 {
				_, err = w.Write(appendLastChunk(buffer[:0], x))
				return err
			}
			if left > 0 {
				return sourceError{io.ErrUnexpectedEOF}
			}
			return nil
		case err != nil:
			return sourceError{err}
		}
	}
}

// asChunk puts the frame of a chunk around the n bytes that stand at chunkHead.
func asChunk(buffer []byte, n int) []byte {
	size := strconv.AppendInt(nil, int64(n), 16)
	begin := chunkHead - len(size) - 2
	copy(buffer[begin:], size)
	copy(buffer[chunkHead-2:], "\r\n")
	copy(buffer[chunkHead+n:], "\r\n")
	return buffer[begin : chunkHead+n+2]
}

// appendLastChunk ends a chunked body, with the trailers that the client has sent.
func appendLastChunk(b []byte, x *exchange) []byte {
	b = append(b, "0\r\n"...)
	dropTrailers(x.r.Trailer)
	for name, values := range x.r.Trailer {
		for _, value := range values {
			b = append(append(append(append(b, name...), ": "...), value...), "\r\n"...)
		}
	}
	return append(b, "\r\n"...)
}

// finished reports whether the whole body is out.
func (p *pump) finished() bool { return p == nil || p.done.Load() }

// answer notes that the head of the answer is there: no deadline is set for it any more.
func (p *pump) answer() {
	if p != nil {
		p.mutex.Lock()
		p.answered = true
		p.mutex.Unlock()
	}
}

// cause is why a call failed: the client, whose body broke off, before the upstream, which then gave none.
func (p *pump) cause(unsent, err error) error {
	if p != nil {
		p.mutex.Lock()
		defer p.mutex.Unlock()
		if p.err != nil {
			return p.err
		}
	}
	if unsent != nil {
		return unsent
	}
	return err
}
