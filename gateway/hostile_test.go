package gateway_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/brownouttest"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
	"github.com/fxamacker/cbor/v2"
)

const (
	hostileRequests = 10_000
	hostileSeed     = 20261122
	// hostilePatience is how long an answer may take. It is reached only by a server that hangs.
	hostilePatience = 30 * time.Second
	// hostileMemory is how much more memory the server may hold while 8 clients do their worst: a body has 16 MiB at most.
	hostileMemory = 512 << 20
)

// Whatever comes in, the answer is a clear refusal in the protocol that the request seems to speak; nothing
// panics, hangs or fills the memory, and the server lives on.
func TestHostileRequests(t *testing.T) {
	t.Parallel()
	var errorsLogged lines
	srv := brownouttest.Start(t, brownouttest.WithLog(slog.New(slog.NewTextHandler(&errorsLogged, &slog.HandlerOptions{Level: slog.LevelError}))))
	// A rule about resources has them worked out for every call, bodies and all.
	srv.AddRule(fault.Rule{
		Match:  fault.Match{Resource: fault.Patterns{"no-such-*-resource"}},
		Effect: json.RawMessage(`{"kind":"error","code":"ServiceUnavailable","status":503}`),
	})
	var before, peak runtime.MemStats
	runtime.ReadMemStats(&before)
	var next, answered, problems atomic.Int64
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			for n := next.Add(1) - 1; n < hostileRequests && problems.Load() < 20; n = next.Add(1) - 1 {
				request, isHostile := hostileRequest(int(n))
				answers, problem := attack(srv.URL, request, isHostile)
				answered.Add(int64(min(answers, 1)))
				if problem != "" {
					problems.Add(1)
					t.Errorf("request %d: %s\nrequest: %.700q", n, problem, request)
				}
			}
		})
	}
	clients.Wait()
	runtime.ReadMemStats(&peak)
	if grown := int64(peak.Sys) - int64(before.Sys); grown > hostileMemory {
		t.Errorf("the memory grew by %d MiB", grown>>20)
	}
	if text := errorsLogged.String(); text != "" {
		t.Errorf("the server logged errors:\n%s", text)
	}
	if n := answered.Load(); n < hostileRequests*3/4 {
		t.Errorf("only %d answers", n)
	}
	if statuses, last := raw(t, srv.URL, proper[0]); fmt.Sprint(statuses) != "[200]" {
		t.Errorf("afterwards the server answers %v %s", statuses, last)
	}
}

// hostileRequest is the request of a number: one of the corpus, or a proper one that was tampered with.
func hostileRequest(n int) (request string, isHostile bool) {
	if n < len(hostile) {
		return hostile[n], true
	}
	random := rand.New(rand.NewPCG(hostileSeed, uint64(n)*0x9e3779b97f4a7c15))
	base := proper
	if random.IntN(8) == 0 {
		base = hostile
	}
	request = base[random.IntN(len(base))]
	if len(request) > 64<<10 {
		request = request[:random.IntN(64<<10)]
	}
	if random.IntN(3) > 0 { // the body alone, of the right length: it has to get as far as the codecs
		if head, body, whole := strings.Cut(request, "\r\n\r\n"); whole && body != "" && strings.Contains(head, "\r\nContent-Length: ") {
			body = mutate(random, body)
			before, after, _ := strings.Cut(head, "\r\nContent-Length: ")
			_, after, _ = strings.Cut(after, "\r\n")
			return fmt.Sprintf("%s\r\nContent-Length: %d\r\n%s\r\n\r\n%s", before, len(body), after, body), false
		}
	}
	return mutate(random, request), false
}

// splinters are pieces that mean something to some parser.
var splinters = []string{
	"\x00", "\xff", "\xc3\x28", "%", "%zz", "%00", "%2F", "+", "&", "=", "?", "#", "/", "//", "..", "\r\n", "\n", "\r", " ", "\"", "'", "<", ">", "</a>", "&amp;", "&#0;",
	"<!DOCTYPE a>", "<![CDATA[", "{", "}", "[", "]", "[[[[[[[[[[[[[[[[", "\\u0000", "\\ud800", "1e999", "-0", "18446744073709551616", "null", "true",
	"\x9f", "\xbf", "\x9b\xff\xff\xff\xff\xff\xff\xff\xff", "\xfb", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Expect: 100-continue\r\n",
	"X-Amz-Target: DynamoDB_20120810.GetItem\r\n", "Smithy-Protocol: rpc-v2-cbor\r\n", "Authorization: AWS4-HMAC-SHA256 Credential=a/b/c/s3/aws4_request\r\n", "Connection: close\r\n",
}

// mutate cuts, doubles, changes and adds pieces, up to eight times.
func mutate(random *rand.Rand, text string) string {
	b := []byte(text)
	for range 1 + random.IntN(8) {
		if len(b) == 0 {
			break
		}
		at := random.IntN(len(b))
		length := min(1+random.IntN(16), len(b)-at)
		switch random.IntN(7) {
		case 0:
			b[at] ^= 1 << random.IntN(8)
		case 1:
			b[at] = byte(random.IntN(256))
		case 2:
			b = append(b[:at], b[at+length:]...)
		case 3:
			b = append(b[:at+length], append(bytes.Repeat(bytes.Clone(b[at:at+length]), 1+random.IntN(3)), b[at+length:]...)...)
		case 4, 5:
			b = append(b[:at], append([]byte(splinters[random.IntN(len(splinters))]), b[at:]...)...)
		case 6:
			if random.IntN(4) == 0 {
				b = b[:at]
			}
		}
	}
	return string(b)
}

// attack sends a request and checks all that comes back: how many answers, and what is wrong.
func attack(server, request string, isHostile bool) (answers int, problem string) {
	connection, err := net.Dial("tcp", strings.TrimPrefix(server, "http://"))
	if err != nil {
		return 0, err.Error()
	}
	defer connection.Close()
	if err := connection.SetDeadline(clock.Real{}.Now().Add(hostilePatience)); err != nil {
		return 0, err.Error()
	}
	go func() { // the server may answer and close before it has read all
		_, _ = io.WriteString(connection, request)
		_ = connection.(*net.TCPConn).CloseWrite()
	}()
	method, _, _ := strings.Cut(request, " ")
	for from := bufio.NewReader(connection); ; {
		response, err := http.ReadResponse(from, &http.Request{Method: method})
		var timeout net.Error
		if errors.As(err, &timeout) && timeout.Timeout() {
			return answers, "no answer in time"
		}
		var body []byte
		if err == nil {
			body, err = io.ReadAll(response.Body)
		}
		if err != nil { // closed, or reset since the server did not want to read all
			break
		}
		if response.StatusCode == http.StatusContinue {
			continue
		}
		answers++
		if problem := unclear(response, body, isHostile && answers == 1); problem != "" {
			return answers, fmt.Sprintf("%s: %d %v %.300q", problem, response.StatusCode, response.Header, body)
		}
	}
	if isHostile && answers == 0 && len(request) < 1<<20 {
		return 0, "no answer"
	}
	return answers, ""
}

// unclear says what is wrong with an answer; empty when nothing is.
func unclear(response *http.Response, body []byte, isHostile bool) string {
	status := response.StatusCode
	refused := status >= 400 && status < 500 || status == http.StatusNotImplemented || status == http.StatusHTTPVersionNotSupported
	if !refused && (isHostile || status < 200 || status > 299) {
		return "this is no refusal"
	}
	var err error
	switch content := response.Header.Get("Content-Type"); {
	case len(body) == 0:
	case strings.Contains(content, "json"):
		if !json.Valid(body) {
			return "the body is not JSON"
		}
	case strings.Contains(content, "xml"):
		for decoder := xml.NewDecoder(bytes.NewReader(body)); err == nil; {
			_, err = decoder.Token()
		}
		if !errors.Is(err, io.EOF) {
			return "the body is not XML: " + err.Error()
		}
	case strings.Contains(content, "cbor"):
		if err = cbor.Wellformed(body); err != nil {
			return "the body is not CBOR: " + err.Error()
		}
	case !strings.HasPrefix(content, "text/plain"): // net/http's own refusals
		return "the body is of an unknown type"
	}
	return ""
}

// lines collects what a log writes.
type lines struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

// Write implements io.Writer.
func (l *lines) Write(p []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(p)
}

// String implements fmt.Stringer.
func (l *lines) String() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.String()
}
