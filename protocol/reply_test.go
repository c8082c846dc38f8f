package protocol

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// countingListener counts the writes of its connections: each is a segment of its own at least.
type countingListener struct {
	net.Listener
	writes *atomic.Int64
}

func (l countingListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return countingConn{c, l.writes}, err
}

type countingConn struct {
	net.Conn
	writes *atomic.Int64
}

func (c countingConn) Write(b []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(b)
}

func TestReplyIsOneWrite(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 1, 1300, 2048, 3000} {
		var writes atomic.Int64
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			reply := Reply{Header: w.Header(), Status: 200, Body: []byte(strings.Repeat("x", size))}
			reply.Header["X-Amzn-Requestid"] = []string{strings.Repeat("A", 52)}
			if err := reply.WriteTo(w); err != nil {
				t.Error(err)
			}
		}))
		server.Listener = countingListener{server.Listener, &writes}
		server.Start()
		response, err := server.Client().Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		if response.ContentLength != int64(size) {
			t.Errorf("Content-Length %d of %d", response.ContentLength, size)
		}
		_ = response.Body.Close()
		server.Close()
		if writes.Load() != 1 {
			t.Errorf("%d bytes took %d writes", size, writes.Load())
		}
	}
}

func TestReplyWithoutBody(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		reply  Reply
		length string
	}{
		{Reply{Status: 404, Body: []byte("x"), NoBody: true}, "0"},
		{Reply{Status: 204, Body: []byte("x")}, ""},
		{Reply{Status: 304}, ""},
		{Reply{Body: nil}, "0"},
	} {
		w := httptest.NewRecorder()
		if err := c.reply.WriteTo(w); err != nil || w.Body.Len() != 0 || w.Header().Get("Content-Length") != c.length {
			t.Errorf("%+v: %v, %d bytes, %q", c.reply, err, w.Body.Len(), w.Header().Get("Content-Length"))
		}
	}
	own := Reply{Status: 200, Header: http.Header{"X": {"y"}}}
	w := httptest.NewRecorder()
	if err := own.WriteTo(w); err != nil || w.Header().Get("X") != "y" {
		t.Errorf("a header of its own was lost: %v", w.Header())
	}
	w = httptest.NewRecorder()
	w.Header()["Content-Length"] = []string{"1024"}
	reply := Reply{Status: 200, NoBody: true}
	if err := reply.WriteTo(w); err != nil || w.Header().Get("Content-Length") != "1024" {
		t.Errorf("HEAD lost its Content-Length: %v", w.Header())
	}
}
