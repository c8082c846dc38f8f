package gateway_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/brownouttest"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/identity"
	"github.com/brownoutdev/brownout/journal"
	"github.com/brownoutdev/brownout/server"
)

// answering is an upstream that says who it is.
func answering(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, `{"answered-by":"`+name+`"}`) })
}

func TestWhoAnswers(t *testing.T) {
	t.Parallel()
	special := httptest.NewServer(answering("special"))
	t.Cleanup(special.Close)
	all := []brownouttest.Option{brownouttest.WithUpstream(special.URL, "sqs"), brownouttest.WithServe("dynamodb")}
	both := behind(t, answering("default"), all...)
	only := brownouttest.Start(t, all[0])
	type want struct{ both, only string }
	for request, want := range map[string]want{
		"dynamodb DynamoDB_20120810.ListTables":                {"Brownout", "Brownout"},
		"dynamodb DynamoDBStreams_20120810.ListStreams":        {"Brownout", "Brownout"},
		"dynamodb DynamoDB_20120810.Unheard":                   {"Brownout", "Brownout"},
		"sqs AmazonSQS.ListQueues":                             {"special", "special"},
		"kms TrentService.ListKeys":                            {"default", "NotImplemented"},
		"kms TrentService.Unheard":                             {"default", "NotImplemented"},
		"unheard Unheard.Thing":                                {"default", "UnknownOperationException"},
		"logs Logs_20140328.DescribeLogGroups":                 {"default", ""},
		"secretsmanager secretsmanager.ListSecrets":            {"default", "NotImplemented"},
		"monitoring GraniteServiceVersion20100801.ListMetrics": {"default", ""},
	} {
		service, target, _ := strings.Cut(request, " ")
		for srv, want := range map[*brownouttest.Server]string{both: want.both, only: want.only} {
			c := dial(t, srv, false)
			r, _ := http.NewRequest(http.MethodPost, srv.URL, strings.NewReader("{}"))
			r.Header.Set("X-Amz-Target", target)
			r.Header.Set("Content-Type", "application/x-amz-json-1.0")
			sign(r, service)
			got := c.do(r)
			by := "Brownout"
			if strings.Contains(got.body, "answered-by") {
				_, by, _ = strings.Cut(strings.TrimSuffix(got.body, `"}`), `:"`)
			} else if strings.Contains(want, "E") && code(got.body) != "" || want == "NotImplemented" {
				by = code(got.body)
			}
			if by != want && want != "" {
				t.Errorf("%s: answered by %s (%d %s), want %s", request, by, got.status, got.body, want)
			}
			if want == "NotImplemented" && !strings.Contains(got.body, "--upstream") {
				t.Errorf("%s: no way out in %s", request, got.body)
			}
		}
	}
	if got := dial(t, both, false).do(s3(t, both, "GET", "/", nil)); !strings.Contains(got.body, "default") {
		t.Errorf("S3: %d %s", got.status, got.body)
	}
	r, _ := http.NewRequest(http.MethodGet, both.URL+"/actions", nil)
	sign(r, "fis")
	if got := dial(t, both, false).do(r); got.status != 200 || !strings.Contains(got.body, "actions") {
		t.Errorf("FIS: %d %s", got.status, got.body)
	}
}

func TestUpstreamMistakes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config server.Config
		want   string
	}{
		"no URL":                  {server.Config{Upstreams: map[string]string{"": "nonsense"}}, "is no URL"},
		"path":                    {server.Config{Upstreams: map[string]string{"": "http://h/path"}}, "has a path"},
		"password":                {server.Config{Upstreams: map[string]string{"": "http://a:b@h"}}, "user name or password"},
		"scheme":                  {server.Config{Upstreams: map[string]string{"": "ftp://h"}}, "scheme"},
		"unknown service":         {server.Config{Upstreams: map[string]string{"nosuch": "http://h"}}, "AWS does not have"},
		"FIS":                     {server.Config{Upstreams: map[string]string{"fis": "http://h"}}, "FIS is always answered"},
		"served, unknown":         {server.Config{Upstreams: map[string]string{"": "http://h"}, Serve: []string{"nosuch"}}, `AWS has no service "nosuch"`},
		"served, not ours":        {server.Config{Upstreams: map[string]string{"": "http://h"}, Serve: []string{"s3"}}, "Brownout does not answer s3 itself; it answers "},
		"served and sent on":      {server.Config{Upstreams: map[string]string{"dynamodb": "http://h"}, Serve: []string{"dynamodb"}}, "choose one"},
		"a fault without service": {server.Config{Upstreams: map[string]string{"": "http://h"}, Rules: []fault.Rule{{ID: "a", Owner: "a", Match: fault.Match{Service: fault.Patterns{"dynamodb"}}, Effect: json.RawMessage(`{"kind":"unprocessed-items","share":50}`)}}}, "an upstream answers dynamodb here; start Brownout with --serve dynamodb"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.config.Listen = "127.0.0.1:0"
			s, err := server.New(context.Background(), test.config)
			if err == nil {
				_ = s.Close()
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v", err)
			}
		})
	}
	// A free port that is taken again: another test may be faster, then the error is another.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	_ = listener.Close()
	for _, host := range []string{"127.0.0.1", "localhost", "localhost.localstack.cloud"} {
		s, err := server.New(context.Background(), server.Config{Listen: "127.0.0.1:" + port, Upstreams: map[string]string{"": "http://" + host + ":" + port}})
		if err == nil {
			_ = s.Close()
		}
		var busy *server.PortInUseError
		var mistake *server.UpstreamError
		if !errors.As(err, &busy) && !errors.As(err, &mistake) {
			t.Errorf("%s: %v", host, err)
		}
	}
}

// Two Brownouts that send each other their calls.
func TestLoops(t *testing.T) {
	t.Parallel()
	var next atomic.Value
	middle := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.Scheme, r.URL.Host = "http", strings.TrimPrefix(next.Load().(string), "http://")
		r.RequestURI = ""
		response, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Error(err)
			return
		}
		defer response.Body.Close()
		w.WriteHeader(response.StatusCode)
		_, _ = io.Copy(w, response.Body)
	}))
	t.Cleanup(middle.Close)
	srv := brownouttest.Start(t, brownouttest.WithUpstream(middle.URL))
	next.Store(srv.URL)
	got := dial(t, srv, false).call("GetItem", get("a"))
	if got.status != http.StatusLoopDetected || code(got.body) != "LoopDetected" || !strings.Contains(got.body, middle.URL) {
		t.Errorf("got %d %s %v", got.status, got.body, got.err)
	}
}

func TestUnrecognizedRequestsPass(t *testing.T) {
	t.Parallel()
	srv := behind(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, r.Method, " ", r.RequestURI, " ")
		_, _ = io.Copy(w, r.Body)
	}))
	srv.AddRule(fault.Rule{Effect: fault.ErrorWith("Broken", 500, "all calls")})
	c := dial(t, srv, false)
	r, _ := http.NewRequest(http.MethodPost, srv.URL+"/_aws/thing?x=1", strings.NewReader("hello"))
	r.Header.Set("X-Amz-Target", "Nothing.AnybodyKnows")
	if got := c.do(r); got.body != "POST /_aws/thing?x=1 hello" || got.header.Get("X-Brownout-Call") != "" {
		t.Errorf("got %d %s %v", got.status, got.body, got.header)
	}
	if got := c.do(s3(t, srv, "GET", "/b/k", nil)); got.status != 500 {
		t.Errorf("a call got %d", got.status)
	}
	if calls := srv.Calls(); len(calls) != 1 {
		t.Errorf("the journal has %+v", calls)
	}
}

func TestOtherUpstreams(t *testing.T) {
	t.Parallel()
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, r.Proto, " ", r.Host, " ", r.RequestURI, " ", r.Header.Get("User-Agent"), r.Header.Get("Accept-Encoding"), r.ContentLength, " ")
		_, _ = io.Copy(w, r.Body)
	})
	h2c := httptest.NewUnstartedServer(echo)
	h2c.Config.Protocols = new(http.Protocols)
	h2c.Config.Protocols.SetUnencryptedHTTP2(true)
	h2c.Start()
	t.Cleanup(h2c.Close)
	secret := httptest.NewTLSServer(echo)
	t.Cleanup(secret.Close)
	srv := brownouttest.Start(t, brownouttest.WithUpstream(strings.Replace(h2c.URL, "http:", "h2c:", 1)), brownouttest.WithUpstream(secret.URL, "kms"))
	for _, body := range []string{"", "hello", strings.Repeat("x", 1<<20)} {
		connection := rawConnection(t, srv, fmt.Sprintf("PUT //b/a%%2Fb?x=%%7e HTTP/1.1\r\nHost: some.localhost\r\n%sContent-Length: %d\r\n\r\n%s", s3Authorization, len(body), body))
		response, err := http.ReadResponse(bufio.NewReader(connection), nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(response.Body)
		if want := fmt.Sprint("HTTP/2.0 some.localhost //b/a%2Fb?x=%7e ", len(body), " ", body); string(got) != want || err != nil {
			t.Errorf("got %.100s %v, want %.100s", got, err, want)
		}
	}
	// Its certificate is nobody's that the system knows.
	r, _ := http.NewRequest(http.MethodPost, srv.URL, strings.NewReader("{}"))
	r.Header.Set("X-Amz-Target", "TrentService.ListKeys")
	sign(r, "kms")
	if got := dial(t, srv, false).do(r); got.status != 502 || !strings.Contains(got.body, "certificate") || !strings.Contains(got.body, secret.URL) {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

func TestUpstreamThatTakesTooLong(t *testing.T) {
	t.Parallel()
	url := scripted(t, func(_ net.Conn, in *bufio.Reader) { _, _ = io.Copy(io.Discard, in) })
	s, err := server.New(context.Background(), server.Config{Listen: "127.0.0.1:0", Upstreams: map[string]string{"": url}, UpstreamTimeout: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	defer func() { stop(); <-ended }()
	for _, body := range []io.Reader{nil, strings.NewReader("x"), io.LimitReader(&endless{}, 1<<20)} {
		r, _ := http.NewRequest(http.MethodPut, s.URL()+"/b/k", body)
		sign(r, "s3")
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if response.StatusCode != 504 || !strings.Contains(string(text), "<Code>GatewayTimeout</Code>") || !strings.Contains(string(text), url) {
			t.Errorf("got %d %s", response.StatusCode, text)
		}
	}
	if health := s.Upstreams(); len(health) != 1 || health[0].Calls != 3 || health[0].Errors != 3 || health[0].InFlight != 0 || health[0].LastError == "" || health[0].URL != url {
		t.Errorf("health: %+v", health)
	}
}

func zipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.String()
}

// Addresses of the upstream become the gateway's; nothing else changes.
func TestRewriting(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		target, service, content, encoding string
		answer, want                       string // UP and GATE stand for the addresses
	}{
		"own":            {"AmazonSQS.CreateQueue", "sqs", "application/x-amz-json-1.0", "", `{"QueueUrl": "http://UP/000000000000/q"}`, `{"QueueUrl": "http://GATE/000000000000/q"}`},
		"gzip":           {"AmazonSQS.CreateQueue", "sqs", "application/x-amz-json-1.0", "gzip", `{"QueueUrl":"http://UP/0/q"}`, `{"QueueUrl":"http://GATE/0/q"}`},
		"list":           {"AmazonSQS.ListQueues", "sqs", "application/x-amz-json-1.0", "", `{"QueueUrls":["http://UP/0/q","http://UP/0/r"]}`, `{"QueueUrls":["http://GATE/0/q","http://GATE/0/r"]}`},
		"backslashes":    {"AmazonSQS.GetQueueUrl", "sqs", "application/x-amz-json-1.0", "", `{"QueueUrl":"http:\/\/UP\/0\/q"}`, `{"QueueUrl":"http:\/\/GATE\/0\/q"}`},
		"LocalStack":     {"AmazonSQS.GetQueueUrl", "sqs", "application/x-amz-json-1.0", "", `{"QueueUrl":"http://sqs.us-east-1.localhost.localstack.cloud:PORT/0/q"}`, `{"QueueUrl":"http://GATE/0/q"}`},
		"XML":            {"", "sqs", "text/xml", "", `<R><QueueUrl>http://UP/0/q</QueueUrl></R>`, `<R><QueueUrl>http://GATE/0/q</QueueUrl></R>`},
		"foreign":        {"AmazonSQS.GetQueueUrl", "sqs", "application/x-amz-json-1.0", "", `{"QueueUrl":"http://example.com:PORT/0/q"}`, ""},
		"longer port":    {"AmazonSQS.GetQueueUrl", "sqs", "application/x-amz-json-1.0", "", `{"QueueUrl":"http://UP0/0/q"}`, ""},
		"within text":    {"AmazonSQS.GetQueueUrl", "sqs", "application/x-amz-json-1.0", "", `{"QueueUrl":"see http://UP/0/q"}`, ""},
		"user":           {"AmazonSQS.GetQueueUrl", "sqs", "application/x-amz-json-1.0", "", `{"QueueUrl":"http://a@UP/0/q"}`, ""},
		"another call":   {"AmazonSQS.ReceiveMessage", "sqs", "application/x-amz-json-1.0", "", `{"Messages":[{"Body":"http://UP/0/q"}]}`, ""},
		"another's":      {"DynamoDB_20120810.GetItem", "dynamodb", "application/x-amz-json-1.0", "", `{"Item":{"a":{"S":"http://UP/0/q"}}}`, ""},
		"not text":       {"AmazonSQS.CreateQueue", "sqs", "application/octet-stream", "", `{"QueueUrl": "http://UP/000000000000/q"}`, ""},
		"no gzip at all": {"AmazonSQS.CreateQueue", "sqs", "application/x-amz-json-1.0", "GZIP", `{"QueueUrl": "http://UP/000000000000/q"}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var answer string
			upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", test.content)
				w.Header().Set("X-Amz-Crc32", fmt.Sprint(crc32.ChecksumIEEE([]byte(answer))))
				body := answer
				if test.encoding != "" {
					w.Header().Set("Content-Encoding", test.encoding)
					if test.encoding == "gzip" {
						body = zipped(body)
					}
				}
				w.Header().Set("Content-Length", fmt.Sprint(len(body)))
				_, _ = io.WriteString(w, body)
			}))
			t.Cleanup(upstream.Close)
			srv := brownouttest.Start(t, brownouttest.WithUpstream(upstream.URL))
			host := strings.TrimPrefix(upstream.URL, "http://")
			_, port, _ := net.SplitHostPort(host)
			names := strings.NewReplacer("UP", host, "PORT", port, "GATE", strings.TrimPrefix(srv.URL, "http://"))
			answer = names.Replace(test.answer)
			want := names.Replace(test.want)
			if want == "" {
				want = answer
			}
			r, _ := http.NewRequest(http.MethodPost, srv.URL, strings.NewReader("Action=CreateQueue&QueueName=q&Version=2012-11-05"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if test.target != "" {
				r.Header.Set("X-Amz-Target", test.target)
				r.Header.Set("Content-Type", "application/x-amz-json-1.0")
			}
			r.Header.Set("Accept-Encoding", "identity")
			sign(r, test.service)
			got := dial(t, srv, false).do(r)
			if got.body != want || got.err != nil {
				t.Errorf("got %d %q %v, want %q", got.status, got.body, got.err, want)
			}
			if sum := got.header.Get("X-Amz-Crc32"); sum != fmt.Sprint(crc32.ChecksumIEEE([]byte(want))) {
				t.Errorf("the checksum is %s", sum)
			}
			if length := got.header.Get("Content-Length"); length != fmt.Sprint(len(want)) {
				t.Errorf("Content-Length is %s, want %d", length, len(want))
			}
		})
	}
}

func TestRedirectsLeadToTheGateway(t *testing.T) {
	t.Parallel()
	var location atomic.Value
	srv := behind(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", strings.ReplaceAll(location.Load().(string), "UP", r.Context().Value(http.LocalAddrContextKey).(net.Addr).String()))
		w.WriteHeader(http.StatusTemporaryRedirect)
	}))
	c := dial(t, srv, false)
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for sent, want := range map[string]string{
		"http://UP/b/k?x=http://UP": "GATE/b/k?x=http://UP", "http://UP": "GATE", "https://UP/b": "GATE/b", "/b": "/b", "//UP/b": "//UP/b",
		"http://example.com/b": "http://example.com/b",
	} {
		location.Store(sent)
		got := c.do(s3(t, srv, "GET", "/b/k", nil)).header.Get("Location")
		if want = strings.ReplaceAll(want, "GATE", srv.URL); strings.HasPrefix(got, srv.URL) != strings.HasPrefix(want, srv.URL) || !strings.Contains(want, "UP") && got != want {
			t.Errorf("%s became %s, want %s", sent, got, want)
		}
	}
}

func TestUpgradesAreRefused(t *testing.T) {
	t.Parallel()
	srv := behind(t, answering("default"))
	c := dial(t, srv, false)
	for protocol, want := range map[string]int{"websocket": 501, "h2c": 200} {
		r := s3(t, srv, "GET", "/b/k", nil)
		r.Header.Set("Connection", "Upgrade, HTTP2-Settings")
		r.Header.Set("Upgrade", protocol)
		r.Header.Set("HTTP2-Settings", "AAMAAABkAAQAAP__")
		if got := c.do(r); got.status != want || want == 501 && !strings.Contains(got.body, "WebSocket") {
			t.Errorf("%s: %d %s %v", protocol, got.status, got.body, got.err)
		}
	}
}

func TestSmuggling(t *testing.T) {
	t.Parallel()
	var mutex sync.Mutex
	seen := map[string]int{}
	srv := behind(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mutex.Lock()
		seen[r.URL.Path]++
		mutex.Unlock()
		_, _ = io.Copy(io.Discard, r.Body)
	}))
	const hidden = "GET /b/hidden HTTP/1.1\r\nHost: localhost\r\n\r\n"
	for name, head := range map[string]string{
		"CL.TE":        fmt.Sprintf("Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n%s", 5+len(hidden), hidden),
		"TE.CL":        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
		"two lengths":  "Content-Length: 0\r\nContent-Length: 43\r\n\r\n" + hidden,
		"TE.TE":        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + hidden,
		"odd TE":       "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + hidden,
		"space":        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + hidden,
		"bad chunk":    "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n" + hidden,
		"bad length":   "Content-Length: +5\r\n\r\nhello" + hidden,
		"CL in hop":    "Content-Length: 5\r\nConnection: Content-Length, close\r\n\r\nhello",
		"TE in hop":    "Transfer-Encoding: chunked\r\nConnection: Transfer-Encoding, close\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
		"Host in hop":  "Content-Length: 0\r\nConnection: Host, close\r\n\r\n",
		"big chunk":    "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\nx\r\n0\r\n\r\n" + hidden,
		"old TE":       "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
		"chunk spills": "Transfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n" + hidden,
	} {
		// Connections are used one after the other: what a request has hidden would come out with the next.
		version := "1.1"
		if name == "old TE" {
			version = "1.0" // which has no chunks: some read the body, some do not
		}
		connection := rawConnection(t, srv, "PUT /b/"+strings.ReplaceAll(name, " ", "-")+" HTTP/"+version+"\r\nHost: localhost\r\n"+s3Authorization+head)
		answers, _ := io.ReadAll(connection)
		proper := strings.HasPrefix(string(answers), "HTTP/"+version+" 200")
		if strings.Contains(name, "hop") != proper || strings.Count(string(answers), "HTTP/"+version+" ") > 1 {
			t.Errorf("%s: answers %.300q", name, answers)
		}
	}
	if got := dial(t, srv, false).do(s3(t, srv, "GET", "/b/k", nil)); got.status != 200 {
		t.Errorf("afterwards: %d", got.status)
	}
	mutex.Lock()
	defer mutex.Unlock()
	for path, n := range seen {
		if n > 1 || path == "/b/hidden" {
			t.Errorf("the upstream has seen %s %d times", path, n)
		}
	}
}

// Asker is what services of a server have.
func TestAsk(t *testing.T) {
	t.Parallel()
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if strings.Contains(string(body), "Missing") {
			w.WriteHeader(400)
			_, _ = io.WriteString(w, `{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"no"}`)
			return
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		_, _ = fmt.Fprintf(w, `{"TableNames":[%q,%q,%q]}`, r.Header.Get("X-Amz-Target"), strings.SplitN(r.Header.Get("Authorization"), ",", 2)[0], r.Host)
	}))
	t.Cleanup(upstream.Close)
	as := identity.Principal{AccessKey: "AKIAEXAMPLE", Account: "123456789012"}
	for name, config := range map[string]server.Config{"ours": {}, "upstream": {Upstreams: map[string]string{"": upstream.URL}}} {
		config.Listen = "127.0.0.1:0"
		s, err := server.New(context.Background(), config)
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- s.Run(ctx) }()
		if err := s.Rules().Put(fault.Rule{ID: "all", Owner: "o", Effect: fault.ErrorWith("Broken", 500, "x")}); err != nil {
			t.Fatal(err)
		}
		asker := s.Asker()
		out, err := asker.Ask(ctx, as, "eu-west-1", "dynamodb", "ListTables", nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		names, _ := out["TableNames"].([]any)
		if name == "ours" && len(names) != 0 {
			t.Errorf("ours: %v", out)
		}
		date := clock.Real{}.Now().UTC().Format("20060102")
		if name == "upstream" && (len(names) != 3 || names[0] != "DynamoDB_20120810.ListTables" ||
			names[1] != "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/"+date+"/eu-west-1/dynamodb/aws4_request" || "http://"+names[2].(string) != upstream.URL) {
			t.Errorf("upstream: %v", out)
		}
		_, err = asker.Ask(ctx, as, "eu-west-1", "dynamodb", "DescribeTable", aws.Document{"TableName": "Missing"})
		var e *aws.Error
		if !errors.As(err, &e) || e.Code != "ResourceNotFoundException" || e.Status != 400 {
			t.Errorf("%s: %v", name, err)
		}
		if _, err = asker.Ask(ctx, as, "eu-west-1", "nosuch", "Thing", nil); !errors.As(err, &e) || e.Code != "NotImplemented" {
			t.Errorf("%s: %v", name, err)
		}
		if n := len(s.Journal().Calls(journal.Filter{})); n != 0 {
			t.Errorf("%s: %d calls in the journal", name, n)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}
