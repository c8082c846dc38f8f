package gateway_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/brownouttest"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
)

// patience bounds what a sound server does at once.
const patience = 30 * time.Second

// behind is a server whose calls go to an upstream.
func behind(t testing.TB, upstream http.Handler, options ...brownouttest.Option) *brownouttest.Server {
	t.Helper()
	s := httptest.NewServer(upstream)
	t.Cleanup(s.Close)
	return brownouttest.Start(t, append(options, brownouttest.WithUpstream(s.URL))...)
}

// scripted is an upstream that does as a function does with each of its connections.
func scripted(t testing.TB, serve func(connection net.Conn, in *bufio.Reader)) (url string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var connections sync.WaitGroup
	t.Cleanup(func() {
		_ = listener.Close()
		connections.Wait()
	})
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			connections.Go(func() {
				defer connection.Close()
				_ = connection.SetDeadline(clock.Real{}.Now().Add(patience))
				in := bufio.NewReader(connection)
				if _, err := in.Peek(1); err == nil { // else it was a look whether anybody is there
					serve(connection, in)
				}
			})
		}
	}()
	return "http://" + listener.Addr().String()
}

// readHead reads a request's head as it came over the wire.
func readHead(in *bufio.Reader) string {
	var head strings.Builder
	for {
		line, err := in.ReadString('\n')
		head.WriteString(line)
		if err != nil || line == "\r\n" {
			return head.String()
		}
	}
}

// s3 is a signed request for an object.
func s3(t testing.TB, srv *brownouttest.Server, method, path string, body io.Reader) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, srv.URL+path, body)
	if err != nil {
		t.Fatal(err)
	}
	sign(r, "s3")
	return r
}

// raw sends bytes and gives back the connection.
func rawConnection(t testing.TB, srv *brownouttest.Server, text string) net.Conn {
	t.Helper()
	connection, err := net.Dial("tcp", strings.TrimPrefix(srv.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	_ = connection.SetDeadline(clock.Real{}.Now().Add(patience))
	if _, err := io.WriteString(connection, text); err != nil {
		t.Fatal(err)
	}
	return connection
}

const s3Authorization = "Authorization: AWS4-HMAC-SHA256 Credential=AKIATEST/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00\r\n"

func TestForwardedRequestsAreWhatCameIn(t *testing.T) {
	t.Parallel()
	got := make(chan string, 1)
	srv := brownouttest.Start(t, brownouttest.WithUpstream(scripted(t, func(connection net.Conn, in *bufio.Reader) {
		head := readHead(in)
		body := make([]byte, 5)
		_, _ = io.ReadFull(in, body)
		got <- head + string(body)
		_, _ = io.WriteString(connection, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	})))
	for _, target := range []string{
		"/bucket/a%2Fb//c%20d+e%7E~?list-type=2&prefix=%2f&x", "//bucket/key", "/b/%e4%f6|^{}\"<>'`ä", "/b/k?X-Amz-Signature=00&X-Amz-Credential=a%2F20260101%2Fus-east-1%2Fs3%2Faws4_request", "/b/k?", "/b/..//./k;x=1?#",
	} {
		authorization := s3Authorization
		if strings.Contains(target, "X-Amz-Signature") {
			authorization = ""
		}
		connection := rawConnection(t, srv, "PUT "+target+" HTTP/1.1\r\nHost: bucket.localhost:4566\r\n"+authorization+
			"X-Amz-Meta-A:  spaced  out \r\nX-Amz-Meta-A: twice\r\nx-amz-lower: 1\r\nKeep-Alive: 5\r\nProxy-Authorization: secret\r\nConnection: X-Hop, close\r\nX-Hop: 1\r\nContent-Length: 5\r\n\r\nhello")
		response, err := http.ReadResponse(bufio.NewReader(connection), nil)
		if err != nil || response.StatusCode != 200 {
			t.Fatalf("%s: %v %v", target, response, err)
		}
		request := <-got
		head, body, _ := strings.Cut(request, "\r\n\r\n")
		if line, _, _ := strings.Cut(head, "\r\n"); line != "PUT "+target+" HTTP/1.1" {
			t.Errorf("%s became %q", target, line)
		}
		for _, want := range []string{"Host: bucket.localhost:4566", strings.TrimSpace(authorization), "x-amz-meta-a: spaced  out", "x-amz-meta-a: twice", "X-Amz-Lower: 1", "Content-Length: 5", "X-Brownout-Via: "} {
			if !strings.Contains(head, "\r\n"+want) && want != "" {
				t.Errorf("%s: %q is missing in\n%s", target, want, head)
			}
		}
		for _, unwanted := range []string{"Keep-Alive", "Proxy-", "Connection", "X-Hop", "User-Agent", "Accept-Encoding", "X-Forwarded"} {
			if strings.Contains(head, "\r\n"+unwanted) {
				t.Errorf("%s: %q is in\n%s", target, unwanted, head)
			}
		}
		if body != "hello" {
			t.Errorf("%s: the body is %q", target, body)
		}
	}
}

func TestForwardedAnswersAreWhatTheUpstreamSays(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		method, answer, body string
		status               int
		header               map[string]string // "-": must be absent
	}{
		"sized":   {"GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: \"a\"\r\nX-Two: 1\r\nX-Two: 2\r\nConnection: X-Hop\r\nX-Hop: 1\r\n\r\nhello", "hello", 200, map[string]string{"Content-Length": "5", "Etag": `"a"`, "X-Hop": "-", "Content-Type": "-", "Date": "-", "X-Brownout-Call": "s3.GetObject"}},
		"chunked": {"GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n", "hello", 200, nil},
		"closed":  {"GET", "HTTP/1.0 200 OK\r\nServer: old\r\n\r\nhello", "hello", 200, map[string]string{"Server": "old"}},
		"interim": {"GET", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello", 200, map[string]string{"Link": "-"}},
		"HEAD":    {"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 12345\r\nContent-Type: a/b\r\n\r\n", "", 200, map[string]string{"Content-Length": "12345", "Content-Type": "a/b"}},
		"204":     {"DELETE", "HTTP/1.1 204 No Content\r\n\r\n", "", 204, nil},
		"304":     {"GET", "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n", "", 304, map[string]string{"Etag": `"a"`}},
		"error":   {"GET", "HTTP/1.1 404 Not Found\r\nContent-Length: 40\r\nContent-Type: application/xml\r\n\r\n<Error><Code>NoSuchKey</Code></Error>   ", "<Error><Code>NoSuchKey</Code></Error>   ", 404, nil},
		"bare LF": {"GET", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", "hello", 200, nil},
		"odd":     {"GET", "HTTP/1.1 299 \r\nContent-Length: 0\r\n\r\n", "", 299, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := brownouttest.Start(t, brownouttest.WithUpstream(scripted(t, func(connection net.Conn, in *bufio.Reader) {
				readHead(in)
				_, _ = io.WriteString(connection, test.answer)
			})))
			got := dial(t, srv, false).do(s3(t, srv, test.method, "/bucket/key", nil))
			if got.err != nil || got.status != test.status || got.body != test.body {
				t.Errorf("got %d %q %v", got.status, got.body, got.err)
			}
			for name, want := range test.header {
				if values := got.header.Values(name); want == "-" && len(values) > 0 || want != "-" && (len(values) != 1 || values[0] != want) {
					t.Errorf("%s is %q, want %s", name, values, want)
				}
			}
			if name == "error" {
				if calls := srv.Calls(); len(calls) != 1 || calls[0].Code != "NoSuchKey" || calls[0].Status != 404 || calls[0].BytesOut != 40 {
					t.Errorf("the journal has %+v", calls)
				}
			}
		})
	}
}

func TestUpstreamsThatFail(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer string
		want   string // part of the message
	}{
		"closes":                   {"", "without a whole answer"},
		"half a head":              {"HTTP/1.1 200 OK\r\nContent-", "without a whole answer"},
		"garbage":                  {"SSH-2.0-OpenSSH\r\n", "not sound HTTP"},
		"both lengths":             {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "both Content-Length and Transfer-Encoding"},
		"two lengths":              {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "two values of Content-Length"},
		"negative":                 {"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello", "Content-Length is"},
		"plus":                     {"HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello", "Content-Length is"},
		"list":                     {"HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nhello", "Content-Length is"},
		"coding":                   {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "Transfer-Encoding is"},
		"two codings":              {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", "Transfer-Encoding is"},
		"chunked in 1.0":           {"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "Transfer-Encoding is"},
		"folded":                   {"HTTP/1.1 200 OK\r\nX-A: 1\r\n Content-Length: 5\r\n\r\nhello", "is no header"},
		"space before colon":       {"HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello", "is no header"},
		"no colon":                 {"HTTP/1.1 200 OK\r\nnothing\r\n\r\n", "is no header"},
		"control characters":       {"HTTP/1.1 200 OK\r\nX-A: a\rb\r\n\r\n", "control characters"},
		"switches protocols":       {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", "switches protocols"},
		"HTTP/2":                   {"HTTP/2.0 200 OK\r\n\r\n", "not sound HTTP"},
		"no status":                {"HTTP/1.1 OK\r\n\r\n", "not sound HTTP"},
		"huge head":                {"HTTP/1.1 200 OK\r\nX-A: " + strings.Repeat("a", 2<<20) + "\r\n\r\n", "larger than 1 MiB"},
		"many headers":             {"HTTP/1.1 200 OK\r\n" + strings.Repeat("X-A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n", 40_000) + "\r\n", "larger than 1 MiB"},
		"interim answers, forever": {strings.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 1000), "interim answers without end"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := scripted(t, func(connection net.Conn, in *bufio.Reader) {
				readHead(in)
				_, _ = io.WriteString(connection, test.answer)
			})
			srv := brownouttest.Start(t, brownouttest.WithUpstream(url))
			got := dial(t, srv, false).call("GetItem", get("a"))
			if got.err != nil || got.status != 502 || code(got.body) != "BadGateway" || !strings.Contains(got.body, url) || !strings.Contains(got.body, test.want) {
				t.Errorf("got %d %.300s %v", got.status, got.body, got.err)
			}
			if strings.Contains(got.header.Get("Content-Type"), "json") == false {
				t.Errorf("Content-Type is %q", got.header.Get("Content-Type"))
			}
		})
	}
	t.Run("refuses", func(t *testing.T) {
		t.Parallel()
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		url := "http://" + listener.Addr().String()
		_ = listener.Close()
		srv := brownouttest.Start(t, brownouttest.WithUpstream(url))
		for _, http2 := range []bool{false, true} {
			got := dial(t, srv, http2).do(s3(t, srv, "PUT", "/b/k", bytes.NewReader(make([]byte, 1<<20))))
			if got.err != nil || got.status != 502 || !strings.Contains(got.body, "<Code>BadGateway</Code>") || !strings.Contains(got.body, url+" cannot be reached: connection refused") {
				t.Errorf("got %d %s %v", got.status, got.body, got.err)
			}
		}
	})
}

// A call is never sent twice, unless nothing of it was written.
func TestCallsAreSentOnce(t *testing.T) {
	t.Parallel()
	var connections, requests atomic.Int32
	srv := brownouttest.Start(t, brownouttest.WithUpstream(scripted(t, func(connection net.Conn, in *bufio.Reader) {
		connections.Add(1)
		readHead(in)
		requests.Add(1)
		_, _ = io.WriteString(connection, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		if readHead(in) != "" { // the second call on the connection gets no answer
			requests.Add(1)
		}
	})))
	c := dial(t, srv, false)
	for i, want := range []int{200, 502, 200, 502} {
		if got := c.do(s3(t, srv, "GET", "/b/k", nil)); got.status != want {
			t.Errorf("call %d: %d %s %v", i, got.status, got.body, got.err)
		}
	}
	if connections.Load() != 2 || requests.Load() != 4 {
		t.Errorf("%d connections, %d requests", connections.Load(), requests.Load())
	}
}

// An upstream that has closed its idle connections costs no call.
func TestStaleConnections(t *testing.T) {
	t.Parallel()
	closed := make(chan struct{}, 100)
	srv := brownouttest.Start(t, brownouttest.WithUpstream(scripted(t, func(connection net.Conn, in *bufio.Reader) {
		readHead(in)
		_, _ = io.WriteString(connection, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		_ = connection.Close()
		closed <- struct{}{}
	})))
	c := dial(t, srv, false)
	for range 50 {
		if got := c.do(s3(t, srv, "GET", "/b/k", nil)); got.status != 200 {
			t.Fatalf("%d %s %v", got.status, got.body, got.err)
		}
		<-closed
	}
}

// What an upstream does not finish must not look finished.
func TestCutOffAnswers(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"sized":            "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + strings.Repeat("x", 70_000),
		"chunked":          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
		"within a chunk":   "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
		"no final CRLF":    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
		"garbage in chunk": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloxx5\r\n",
	} {
		for _, http2 := range []bool{false, true} {
			t.Run(fmt.Sprint(name, http2), func(t *testing.T) {
				t.Parallel()
				srv := brownouttest.Start(t, brownouttest.WithUpstream(scripted(t, func(connection net.Conn, in *bufio.Reader) {
					readHead(in)
					_, _ = io.WriteString(connection, answer)
				})))
				got := dial(t, srv, http2).do(s3(t, srv, "GET", "/b/k", nil))
				if got.err == nil {
					t.Errorf("a whole answer: %d %.50q", got.status, got.body)
				}
				if calls := srv.Calls(); len(calls) != 1 || !calls[0].Failed() {
					t.Errorf("the journal has %+v", calls)
				}
			})
		}
	}
}

// A short answer that is cut off is none: the error names the upstream, and SDKs try again.
func TestCutOffShortAnswers(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"half":    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
		"nothing": "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
		"most":    "HTTP/1.1 200 OK\r\nContent-Length: 65536\r\n\r\n" + strings.Repeat("x", 65535),
		"error":   "HTTP/1.1 404 Not Found\r\nContent-Length: 10\r\n\r\nhello",
	} {
		for _, http2 := range []bool{false, true} {
			t.Run(fmt.Sprint(name, http2), func(t *testing.T) {
				t.Parallel()
				url := scripted(t, func(connection net.Conn, in *bufio.Reader) {
					readHead(in)
					_, _ = io.WriteString(connection, answer)
				})
				srv := brownouttest.Start(t, brownouttest.WithUpstream(url))
				got := dial(t, srv, http2).do(s3(t, srv, "GET", "/b/k", nil))
				if got.err != nil || got.status != 502 || !strings.Contains(got.body, "<Code>BadGateway</Code>") || !strings.Contains(got.body, url) {
					t.Errorf("%d %.300s %v", got.status, got.body, got.err)
				}
				if calls := srv.Calls(); len(calls) != 1 || calls[0].Status != 502 || calls[0].Code != "BadGateway" {
					t.Errorf("the journal has %+v", calls)
				}
			})
		}
	}
}

// hashed is how long a stream is, and its checksum.
func hashed(r io.Reader) (n int64, sum string, err error) {
	h := crc32.NewIEEE()
	n, err = io.CopyBuffer(h, r, make([]byte, 64<<10))
	return n, fmt.Sprintf("%x", h.Sum(nil)), err
}

// endless is a stream of bytes that costs no memory.
type endless struct{ at int64 }

// pattern is what repeats in it; its length shares no factor with any buffer's.
var pattern = func() []byte {
	p := make([]byte, 65537)
	for i := range p {
		p[i] = byte(i * i >> 3)
	}
	return p
}()

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, pattern[e.at%int64(len(pattern)):])
	e.at += int64(n)
	return n, nil
}

const streamed = 128 << 20

// It is not parallel to others, whose memory would count.
func TestStreamsAreNotHeld(t *testing.T) {
	_, want, _ := hashed(io.LimitReader(&endless{}, streamed))
	srv := behind(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			if r.URL.Query().Get("sized") != "" {
				w.Header().Set("Content-Length", fmt.Sprint(streamed))
			}
			_, _ = io.CopyN(w, &endless{}, streamed)
			return
		}
		n, sum, err := hashed(r.Body)
		fmt.Fprintln(w, n, sum, err, len(r.TransferEncoding), r.Trailer.Get("X-Sum"))
	}))
	stop := make(chan struct{})
	var peak atomic.Uint64
	var watch sync.WaitGroup
	watch.Go(func() {
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapInuse))
			select {
			case <-stop:
				return
			case <-timer(t, 50*time.Millisecond):
			}
		}
	})
	for _, http2 := range []bool{false, true} {
		c := dial(t, srv, http2)
		for _, query := range []string{"?sized=1", ""} {
			response, err := c.http.Do(s3(t, srv, "GET", "/b/k"+query, nil))
			if err != nil {
				t.Fatal(err)
			}
			if n, sum, err := hashed(response.Body); n != streamed || sum != want || err != nil {
				t.Errorf("HTTP/2 %v %q: %d bytes %s %v", http2, query, n, sum, err)
			}
			_ = response.Body.Close()
		}
		r := s3(t, srv, "PUT", "/b/k", io.LimitReader(&endless{}, streamed))
		r.ContentLength = streamed
		if got := c.do(r); got.body != fmt.Sprintln(int64(streamed), want, nil, 0, "") {
			t.Errorf("sized upload, HTTP/2 %v: %d %s %v", http2, got.status, got.body, got.err)
		}
		r = s3(t, srv, "PUT", "/b/k", io.LimitReader(&endless{}, streamed))
		r.Trailer = http.Header{"X-Sum": {"seven"}}
		if got := c.do(r); got.body != fmt.Sprintln(int64(streamed), want, nil, 1, "seven") {
			t.Errorf("chunked upload, HTTP/2 %v: %d %s %v", http2, got.status, got.body, got.err)
		}
	}
	close(stop)
	watch.Wait()
	if peak.Load() > streamed/2 {
		t.Errorf("the heap grew to %d MiB", peak.Load()>>20)
	}
}

// timer is closed after a while.
func timer(t testing.TB, d time.Duration) <-chan struct{} {
	done := make(chan struct{})
	stop := clock.Real{}.AfterFunc(d, func() { close(done) })
	t.Cleanup(func() { stop() })
	return done
}

func TestLargeJSONBodiesPass(t *testing.T) {
	t.Parallel()
	srv := behind(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, sum, err := hashed(r.Body)
		fmt.Fprint(w, n, " ", sum, " ", err)
	}))
	// Rules that ask for resources have bodies read: the beginning has to do.
	srv.AddRule(fault.Rule{Match: fault.Match{Resource: fault.Patterns{"table/Other"}}, Effect: fault.ErrorWith("X", 400, "x")})
	for _, chunked := range []bool{false, true} {
		for _, size := range []int{1000, 100_000, 16 << 20, 16<<20 + 1, 40 << 20} {
			_, want, _ := hashed(io.LimitReader(&endless{}, int64(size)))
			r := s3(t, srv, "POST", "/2015-03-31/functions", io.LimitReader(&endless{}, int64(size)))
			if !chunked {
				r.ContentLength = int64(size)
			}
			sign(r, "lambda")
			got := dial(t, srv, false).do(r)
			if got.body != fmt.Sprint(size, " ", want, " <nil>") || got.header.Get("X-Brownout-Call") != "lambda.CreateFunction" {
				t.Errorf("%d bytes, chunked %v: %d %s %v", size, chunked, got.status, got.body, got.err)
			}
		}
	}
}

// Trailers of a request go on, but none that an upstream could take for what the head says.
func TestTrailersOfRequests(t *testing.T) {
	t.Parallel()
	for _, http2 := range []bool{false, true} {
		heads := make(chan http.Header, 1)
		handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			heads <- r.Trailer
		})
		upstream := httptest.NewUnstartedServer(handler)
		upstream.Config.Protocols = new(http.Protocols)
		upstream.Config.Protocols.SetHTTP1(true)
		upstream.Config.Protocols.SetUnencryptedHTTP2(true)
		upstream.Start()
		t.Cleanup(upstream.Close)
		url := upstream.URL
		if http2 {
			url = strings.Replace(url, "http:", "h2c:", 1)
		}
		srv := brownouttest.Start(t, brownouttest.WithUpstream(url))
		connection := rawConnection(t, srv, "PUT /b/k HTTP/1.1\r\nHost: localhost\r\n"+s3Authorization+"Connection: close\r\nTransfer-Encoding: chunked\r\n"+
			"Trailer: X-Announced, Authorization\r\n\r\n5\r\nhello\r\n0\r\nX-Announced: 1\r\nAuthorization: another\r\nHost: another\r\nTransfer-Encoding: chunked\r\nContent-Length: 7\r\n\r\n")
		answer, _ := io.ReadAll(connection)
		if !strings.HasPrefix(string(answer), "HTTP/1.1 200") {
			t.Fatalf("HTTP/2 %v: answered %.300q", http2, answer)
		}
		if got := <-heads; got.Get("X-Announced") != "1" || len(got["Authorization"])+len(got["Host"])+len(got["Transfer-Encoding"])+len(got["Content-Length"]) > 0 {
			t.Errorf("HTTP/2 %v: the trailers were %v", http2, got)
		}
	}
}

func TestTrailersOfAnswers(t *testing.T) {
	t.Parallel()
	srv := behind(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "X-Announced")
		_, _ = io.WriteString(w, "hello")
		_ = http.NewResponseController(w).Flush()
		w.Header().Set("X-Announced", "1")
		w.Header().Set(http.TrailerPrefix+"X-Sudden", "2")
	}))
	for _, http2 := range []bool{false, true} {
		response, err := dial(t, srv, http2).http.Do(s3(t, srv, "GET", "/b/k", nil))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if string(body) != "hello" || err != nil || response.Trailer.Get("X-Announced") != "1" || response.Trailer.Get("X-Sudden") != "2" {
			t.Errorf("HTTP/2 %v: %q %v %v", http2, body, response.Trailer, err)
		}
	}
}

func TestContinue(t *testing.T) {
	t.Parallel()
	const head = "PUT /b/k HTTP/1.1\r\nHost: localhost\r\n" + s3Authorization + "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n"
	t.Run("the upstream wants the body", func(t *testing.T) {
		t.Parallel()
		asked := make(chan struct{})
		srv := brownouttest.Start(t, brownouttest.WithUpstream(scripted(t, func(connection net.Conn, in *bufio.Reader) {
			if head := readHead(in); !strings.Contains(head, "Expect: 100-continue\r\n") {
				t.Errorf("no Expect in %s", head)
			}
			close(asked)
			_, _ = io.WriteString(connection, "HTTP/1.1 100 Continue\r\n\r\n")
			body := make([]byte, 5)
			_, _ = io.ReadFull(in, body)
			_, _ = fmt.Fprintf(connection, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n%s", body)
		})))
		connection := rawConnection(t, srv, head)
		in := bufio.NewReader(connection)
		if line, err := in.ReadString('\n'); line != "HTTP/1.1 100 Continue\r\n" {
			t.Fatalf("%q %v", line, err)
		}
		<-asked
		_, _ = io.WriteString(connection, "hello")
		readHead(in)
		response, err := http.ReadResponse(in, nil)
		if err != nil || response.StatusCode != 200 {
			t.Fatalf("%v %v", response, err)
		}
		if body, _ := io.ReadAll(response.Body); string(body) != "hello" {
			t.Errorf("%q", body)
		}
	})
	for name, length := range map[string]string{"sized": "Content-Length: 4\r\n\r\nnope", "closed": "\r\nnope"} {
		t.Run("the upstream refuses, "+name, func(t *testing.T) {
			t.Parallel()
			srv := brownouttest.Start(t, brownouttest.WithUpstream(scripted(t, func(connection net.Conn, in *bufio.Reader) {
				readHead(in)
				_, _ = io.WriteString(connection, "HTTP/1.1 403 Forbidden\r\n"+length)
			})))
			in := bufio.NewReader(rawConnection(t, srv, head))
			response, err := http.ReadResponse(in, nil)
			if err != nil || response.StatusCode != 403 {
				t.Fatalf("%v %v", response, err)
			}
			if body, err := io.ReadAll(response.Body); string(body) != "nope" || err != nil {
				t.Errorf("%q %v", body, err)
			}
		})
	}
	t.Run("the upstream does not know of it", func(t *testing.T) {
		t.Parallel()
		srv := brownouttest.Start(t, brownouttest.WithUpstream(scripted(t, func(connection net.Conn, in *bufio.Reader) {
			readHead(in)
			body := make([]byte, 5)
			_, _ = io.ReadFull(in, body)
			_, _ = fmt.Fprintf(connection, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n%s", body)
		})))
		in := bufio.NewReader(rawConnection(t, srv, head+"hello"))
		if head := readHead(in); !strings.HasPrefix(head, "HTTP/1.1 100") {
			t.Fatalf("%q", head)
		}
		if head := readHead(in); !strings.HasPrefix(head, "HTTP/1.1 200") {
			t.Fatalf("%q", head)
		}
	})
	t.Run("a fault refuses", func(t *testing.T) {
		t.Parallel()
		srv := brownouttest.Start(t, brownouttest.WithUpstream(scripted(t, func(net.Conn, *bufio.Reader) { t.Error("the upstream was called") })))
		srv.AddRule(fault.Rule{Match: fault.Match{Service: fault.Patterns{"s3"}}, Effect: fault.ErrorWith("SlowDown", 503, "x")})
		response, err := http.ReadResponse(bufio.NewReader(rawConnection(t, srv, head)), nil)
		if err != nil || response.StatusCode != 503 {
			t.Fatalf("%v %v", response, err)
		}
	})
}

// An upstream that answers before it has read the upload has its answer delivered.
func TestEarlyAnswers(t *testing.T) {
	t.Parallel()
	for name, rude := range map[string]bool{"the upstream closes": true, "the upstream reads on": false} {
		for _, http2 := range []bool{false, true} {
			t.Run(fmt.Sprint(name, http2), func(t *testing.T) {
				t.Parallel()
				srv := brownouttest.Start(t, brownouttest.WithUpstream(scripted(t, func(connection net.Conn, in *bufio.Reader) {
					readHead(in)
					_, _ = io.CopyN(io.Discard, in, 1000)
					_, _ = io.WriteString(connection, "HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nnope")
					if !rude {
						_, _ = io.Copy(io.Discard, in)
					}
				})))
				r := s3(t, srv, "PUT", "/b/k", io.LimitReader(&endless{}, 32<<20))
				r.ContentLength = 32 << 20
				got := dial(t, srv, http2).do(r)
				// An upstream that closes with bytes unread resets the connection, and its answer may be lost with it: then it
				// is a 502.
				if got.err != nil || got.status != 403 && !(rude && got.status == 502) {
					t.Errorf("got %d %q %v", got.status, got.body, got.err)
				}
			})
		}
	}
}

// When the client goes, so does the upstream's call.
func TestClientGoneCancelsTheUpstream(t *testing.T) {
	t.Parallel()
	for name, send := range map[string]string{
		"while it waits":    "GET /b/k HTTP/1.1\r\nHost: localhost\r\n" + s3Authorization + "\r\n",
		"while it reads":    "GET /b/k?body HTTP/1.1\r\nHost: localhost\r\n" + s3Authorization + "\r\n",
		"while it uploads":  "PUT /b/k HTTP/1.1\r\nHost: localhost\r\n" + s3Authorization + "Content-Length: 10000000\r\n\r\nhello",
		"while it uploads2": "PUT /b/k HTTP/1.1\r\nHost: localhost\r\n" + s3Authorization + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begun, ended := make(chan struct{}), make(chan struct{})
			srv := brownouttest.Start(t, brownouttest.WithUpstream(scripted(t, func(connection net.Conn, in *bufio.Reader) {
				head := readHead(in)
				if strings.Contains(head, "?body") {
					_, _ = io.WriteString(connection, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nhello")
				}
				close(begun)
				_, _ = io.Copy(io.Discard, in)
				close(ended)
			})))
			connection := rawConnection(t, srv, send)
			<-begun
			_ = connection.Close()
			select {
			case <-ended:
			case <-timer(t, patience):
				t.Error("the upstream's call goes on")
			}
		})
	}
}

func TestFaultsOnForwardedCalls(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	start := func(t *testing.T, effect string) (*client, *http.Request) {
		srv := behind(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			calls.Add(1)
			w.Header().Set("Content-Length", "200000")
			_, _ = io.CopyN(w, &endless{}, 200_000)
		}))
		rule, err := fault.ParseRule([]byte(`{"match":{"service":"s3"},"effect":` + effect + `}`))
		if err != nil {
			t.Fatal(err)
		}
		srv.AddRule(rule)
		return dial(t, srv, false), s3(t, srv, "GET", "/b/k", nil)
	}
	_, whole, _ := hashed(io.LimitReader(&endless{}, 200_000))
	for effect, check := range map[string]func(*testing.T, result){
		`{"kind":"delay","duration":"1ms"}`: func(t *testing.T, got result) {
			if _, sum, _ := hashed(strings.NewReader(got.body)); sum != whole || got.err != nil {
				t.Errorf("%d bytes %v", len(got.body), got.err)
			}
		},
		`{"kind":"truncate","after_bytes":150000}`: func(t *testing.T, got result) {
			if len(got.body) != 150_000 || !errors.Is(got.err, io.ErrUnexpectedEOF) {
				t.Errorf("%d bytes %v", len(got.body), got.err)
			}
		},
		`{"kind":"corrupt","bytes":10}`: func(t *testing.T, got result) {
			if _, sum, _ := hashed(strings.NewReader(got.body)); len(got.body) != 200_000 || sum == whole || got.err != nil {
				t.Errorf("%d bytes %v", len(got.body), got.err)
			}
		},
		`{"kind":"slow-body","bytes_per_second":1000000}`: func(t *testing.T, got result) {
			if _, sum, _ := hashed(strings.NewReader(got.body)); sum != whole || got.err != nil {
				t.Errorf("%d bytes %v", len(got.body), got.err)
			}
		},
		`{"kind":"reset","after_bytes":100000}`: func(t *testing.T, got result) {
			if !errors.Is(got.err, syscall.ECONNRESET) {
				t.Errorf("%d bytes %v", len(got.body), got.err)
			}
		},
		`{"kind":"after-commit","error":{"code":"InternalError","status":500}}`: func(t *testing.T, got result) {
			if got.status != 500 || !strings.Contains(got.body, "InternalError") {
				t.Errorf("%d %s %v", got.status, got.body, got.err)
			}
		},
		`{"kind":"throttle"}`: func(t *testing.T, got result) {
			if got.status != 503 || !strings.Contains(got.body, "SlowDown") {
				t.Errorf("%d %s %v", got.status, got.body, got.err)
			}
		},
	} {
		t.Run(effect, func(t *testing.T) {
			c, r := start(t, effect)
			before := calls.Load()
			got := c.do(r)
			check(t, got)
			if reached := calls.Load() > before; reached == strings.Contains(effect, "throttle") {
				t.Errorf("the upstream was called: %v", reached)
			}
			if got.header.Get("X-Brownout-Fault") == "" && got.err == nil {
				t.Error("no X-Brownout-Fault")
			}
		})
	}
}

func TestUpstreamKilledAndRestarted(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) })
	serve := func(l net.Listener) *http.Server {
		s := &http.Server{Handler: handler}
		go func() { _ = s.Serve(l) }()
		return s
	}
	upstream := serve(listener)
	srv := brownouttest.Start(t, brownouttest.WithUpstream("http://"+address))
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var good, bad, wrong, lately atomic.Int64
	var clients sync.WaitGroup
	for range 8 {
		c := dial(t, srv, false)
		clients.Go(func() {
			for ctx.Err() == nil {
				got := c.do(s3(t, srv, "PUT", "/b/k", strings.NewReader("hello")))
				switch {
				case got.err == nil && got.status == 200 && got.body == "hello":
					good.Add(1)
					lately.Add(1)
				case got.err == nil && got.status == 502:
					bad.Add(1)
				default:
					wrong.Add(1)
					t.Errorf("%d %q %v", got.status, got.body, got.err)
					return
				}
			}
		})
	}
	wait := func(what string, done func() bool) {
		deadline := timer(t, patience)
		for !done() {
			select {
			case <-deadline:
				t.Fatalf("%s: good %d, bad %d", what, good.Load(), bad.Load())
			case <-timer(t, time.Millisecond):
			}
		}
	}
	for range 3 {
		lately.Store(0)
		wait("it works", func() bool { return lately.Load() > 100 })
		failures := bad.Load()
		_ = upstream.Close()
		wait("it is down", func() bool { return bad.Load() > failures+20 })
		wait("the port is free again", func() bool {
			listener, err = net.Listen("tcp", address)
			return err == nil
		})
		upstream = serve(listener)
	}
	lately.Store(0)
	wait("it works again", func() bool { return lately.Load() > 100 })
	stop()
	clients.Wait()
	_ = upstream.Close()
}
