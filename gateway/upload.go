package gateway

import (
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/brownoutdev/brownout/clock"
)

// upload is a request's body that an upstream reads while it comes in. The upstream may have its answer ready, or
// be gone, before it has read all: then the rest is out of the way before the connection ends, as with bodies
// that nobody reads (see dismiss).
type upload struct {
	from  io.Reader
	state atomic.Int32
	ended atomic.Bool // nothing follows
	count atomic.Int64
	mutex sync.Mutex // held while from is read
}

// The states of an upload.
const (
	untouched int32 = iota
	read
	taken // nobody else may read it any more
)

var errTaken = errors.New("the request's body is not read any more")

// Read implements io.Reader.
func (u *upload) Read(p []byte) (int, error) {
	u.mutex.Lock()
	defer u.mutex.Unlock()
	if !u.state.CompareAndSwap(untouched, read) && u.state.Load() == taken {
		return 0, errTaken
	}
	n, err := u.from.Read(p)
	u.count.Add(int64(n))
	if err != nil {
		u.ended.Store(true)
		if !errors.Is(err, io.EOF) {
			err = cutOff(err)
		}
	}
	return n, err
}

// uploading reports whether an upstream may still be reading the request's body.
func (x *exchange) uploading() bool {
	return x.upload != nil && x.upload.state.Load() == read && !x.upload.ended.Load()
}

// clearWay makes sure that an answer can be written although the request's body is still coming in.
func (x *exchange) clearWay() {
	u := x.upload
	if u == nil || u.ended.Load() {
		return
	}
	if u.state.CompareAndSwap(untouched, taken) {
		x.dismiss()
		return
	}
	x.dismissed = true
	if x.r.ProtoMajor >= 2 {
		return // net/http ends the stream
	}
	// The connection is none for another request. If it cannot be written while it is read, it is a foreign one.
	_ = http.NewResponseController(x.w).EnableFullDuplex()
	x.closes = true
	x.w.Header()["Connection"] = []string{"close"}
}

// linger reads what a client still sends after its answer: if the connection were closed with that unread,
// TCP would reset it, and the client would lose the answer.
func (x *exchange) linger() {
	u := x.upload
	if !x.closes || x.conn != nil || u.ended.Load() {
		return
	}
	u.state.Store(taken)
	control := http.NewResponseController(x.w)
	if control.Flush() != nil || control.SetReadDeadline(clock.Real{}.Now().Add(lingerTime)) != nil {
		return
	}
	u.mutex.Lock()
	defer u.mutex.Unlock()
	discard(u.from)
}
