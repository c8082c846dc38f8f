package upstream

import (
	"errors"
	"io"
	"net/http"
	"net/http/httputil"
	"strings"
	"sync"
)

// wireBody is the body of an answer on a connection. It gives the connection back when it has been read whole.
type wireBody struct {
	w        *wire
	response *http.Response
	chunks   io.Reader // of a chunked body
	left     int64     // of a sized one; -1: it ends with the connection
	up       *pump
	stop     func() bool
	reusable bool
	ended    error // what Read answers from now on
	once     sync.Once
}

// newBody is the body behind a head that was just read.
func (w *wire) newBody(x *exchange, response *http.Response, up *pump, stop func() bool) (*wireBody, error) {
	b := &wireBody{w: w, response: response, left: response.ContentLength, up: up, stop: stop}
	b.reusable = response.ProtoMinor == 1 && !says(response.Header, "close") || response.ProtoMinor == 0 && says(response.Header, "keep-alive")
	switch {
	case response.Body == http.NoBody:
		b.left = 0
	case response.TransferEncoding != nil:
		b.chunks = httputil.NewChunkedReader(w.in)
	case b.left < 0:
		b.reusable = false
	}
	return b, nil
}

// says reports whether Connection holds a word.
func says(h http.Header, word string) bool {
	for _, value := range h["Connection"] {
		for token := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.TrimSpace(token), word) {
				return true
			}
		}
	}
	return false
}

func (b *wireBody) empty() bool { return b.chunks == nil && b.left == 0 }

// Read implements io.Reader.
func (b *wireBody) Read(p []byte) (n int, err error) {
	if b.ended != nil {
		return 0, b.ended
	}
	switch {
	case b.chunks != nil:
		if n, err = b.chunks.Read(p); errors.Is(err, io.EOF) {
			if err = b.readTrailer(); err == nil {
				b.finish()
				err = io.EOF
			}
		}
	case b.left < 0:
		if n, err = b.w.in.Read(p); errors.Is(err, io.EOF) {
			b.finish()
		}
	case b.left == 0:
		err = io.EOF
	default:
		n, err = b.w.in.Read(p[:min(int64(len(p)), b.left)])
		b.left -= int64(n)
		switch {
		case b.left == 0:
			b.finish()
			err = io.EOF
		case errors.Is(err, io.EOF):
			err = io.ErrUnexpectedEOF
		}
	}
	if err != nil {
		b.ended = err
	}
	return n, err
}

func (b *wireBody) readTrailer() (err error) {
	left := longestHead
	b.response.Trailer, err = readHeader(b.w.in, &left)
	return err
}

// finish gives the connection to the next call, if it is fit for one.
func (b *wireBody) finish() {
	b.once.Do(func() {
		if b.ended == nil {
			b.ended = io.EOF
		}
		if !b.stop() || !b.reusable || !b.up.finished() || b.w.in.Buffered() > 0 {
			_ = b.w.Close()
			return
		}
		b.w.client.pool.put(b.w)
	})
}

// Close implements io.Closer: what is left of the body is not waited for.
func (b *wireBody) Close() error {
	b.once.Do(func() {
		b.stop()
		_ = b.w.Close()
	})
	return nil
}
