package e2e

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Hundreds of calls of some 75 services: the answers through Brownout are those that the upstream gives itself.
func TestAnswersOfAnUpstream(t *testing.T) {
	t.Parallel()
	m := startMoto(t)
	s := start(t, "--upstream", m.URL)
	play(t, s, "upstream_calls.py", m.URL, s.URL)
}

// Faults hit calls of services that only the upstream has, and boto3 understands them; roles that are
// assumed through the upstream are known; a hundred megabytes come back as they were sent.
func TestFaultsOfAnUpstreamsServices(t *testing.T) {
	t.Parallel()
	m := startMoto(t)
	s := start(t, "--upstream", m.URL)
	play(t, s, "upstream_faults.py")
	s.stop()
	for _, secret := range []string{"SecretAccessKey", "SessionToken", "FQoGZXIv", "Signature="} {
		if strings.Contains(s.stderr.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}

// An upstream that is killed and comes back while calls come in: errors that name it meanwhile, no hang, and then
// calls work again.
func TestUpstreamKilledUnderLoad(t *testing.T) {
	t.Parallel()
	m := startMoto(t)
	s := start(t, "--upstream", m.URL)
	var good, bad atomic.Int64
	stop := make(chan struct{})
	var callers sync.WaitGroup
	for range 8 {
		callers.Go(func() {
			client := &http.Client{Timeout: patience}
			for {
				select {
				case <-stop:
					return
				default:
				}
				status, body, err := callerIdentity(client, s.URL)
				switch {
				case err != nil:
					t.Errorf("a call through Brownout: %v", err)
					return
				case status == http.StatusOK && strings.Contains(body, "<Account>"):
					good.Add(1)
				case status == http.StatusBadGateway && strings.Contains(body, "<Code>BadGateway</Code>") && strings.Contains(body, m.URL):
					bad.Add(1)
				default:
					t.Errorf("status %d: %s", status, body)
					return
				}
			}
		})
	}
	more := func(what string, counter *atomic.Int64) {
		t.Helper()
		from := counter.Load()
		eventually(t, what, func() error {
			if n := counter.Load() - from; n < 20 && !t.Failed() {
				return fmt.Errorf("%d calls", n)
			}
			return nil
		})
	}
	more("calls are answered", &good)
	m.kill()
	more("calls fail with 502 that names the upstream", &bad)
	wantStatus(t, s, m.URL+" (all others): unreachable")
	m.start()
	more("calls are answered again", &good)
	close(stop)
	callers.Wait()
	wantStatus(t, s, m.URL+" (all others): reachable")
	_, _, metrics := send(t, "GET", s.URL+"/_brownout/metrics", nil)
	if !strings.Contains(metrics, `brownout_upstream_up{upstream="`+m.URL+`"} 1`) || !regexp.MustCompile(`brownout_upstream_errors_total\{upstream="[^"]+"\} [1-9]`).MatchString(metrics) {
		t.Errorf("metrics: %s", metrics)
	}
}

func callerIdentity(client *http.Client, url string) (status int, body string, err error) {
	request, err := http.NewRequest(http.MethodPost, url+"/", strings.NewReader("Action=GetCallerIdentity&Version=2011-06-15"))
	if err != nil {
		return 0, "", err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0")
	response, err := client.Do(request)
	if err != nil {
		return 0, "", err
	}
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), errors.Join(err, response.Body.Close())
}

func wantStatus(t *testing.T, s *server, text string) {
	t.Helper()
	eventually(t, "status says "+text, func() error {
		r := execute(t, environment(t, "", "BROWNOUT_URL="+s.URL), program.brownout, "status")
		if r.code != 0 || !strings.Contains(r.stdout, text) {
			return fmt.Errorf("exit code %d: %s%s", r.code, r.stdout, r.stderr)
		}
		return nil
	})
}

// gigabyte is how much goes up and down in TestLargeBodies.
const gigabyte = 1 << 30

// Bodies stream in both directions: a gigabyte, unchanged, through a process that does not grow by it.
func TestLargeBodies(t *testing.T) {
	t.Parallel()
	table := crc32.MakeTable(crc32.Castagnoli)
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			sum := crc32.New(table)
			n, err := io.Copy(sum, r.Body)
			if err != nil {
				t.Errorf("upload: %v", err)
			}
			w.Header().Set("X-Received", fmt.Sprint(n, " ", sum.Sum32()))
			return
		}
		w.Header().Set("Content-Length", strconv.Itoa(gigabyte))
		_, _ = io.Copy(w, pattern(gigabyte)) // the test sees what is missing
	}))
	t.Cleanup(upstream.Close)
	s := start(t, "--upstream", "s3="+upstream.URL)
	before := memoryPeak(t, s)
	sum := crc32.New(table)
	if _, err := io.Copy(sum, pattern(gigabyte)); err != nil {
		t.Fatal(err)
	}
	for _, chunked := range []bool{false, true} {
		request := s3Request(t, http.MethodPut, s.URL+"/photos/large", pattern(gigabyte))
		if !chunked {
			request.ContentLength = gigabyte
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if got, want := response.Header.Get("X-Received"), fmt.Sprint(gigabyte, " ", sum.Sum32()); response.StatusCode != http.StatusOK || got != want {
			t.Errorf("upload (chunked: %v): status %d, the upstream got %s, want %s", chunked, response.StatusCode, got, want)
		}
	}
	response, err := http.DefaultClient.Do(s3Request(t, http.MethodGet, s.URL+"/photos/large", nil))
	if err != nil {
		t.Fatal(err)
	}
	got := crc32.New(table)
	n, err := io.Copy(got, response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil || n != gigabyte || got.Sum32() != sum.Sum32() {
		t.Errorf("download: %d bytes, sum %d, want %d: %v", n, got.Sum32(), sum.Sum32(), err)
	}
	if after := memoryPeak(t, s); after-before > 40<<20 {
		t.Errorf("the process grew from %d to %d MiB", before>>20, after>>20)
	}
}

// pattern is so many bytes that differ from place to place.
func pattern(n int64) io.Reader {
	block := make([]byte, 1<<20-7) // no power of two: a block at the wrong place is noticed
	for i := range block {
		block[i] = byte(i * i >> 7)
	}
	return io.LimitReader(&repeated{block: block}, n)
}

type repeated struct {
	block []byte
	at    int
}

// Read implements io.Reader.
func (r *repeated) Read(p []byte) (int, error) {
	n := copy(p, r.block[r.at:])
	r.at = (r.at + n) % len(r.block)
	return n, nil
}

func s3Request(t *testing.T, method, url string, body io.Reader) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0")
	request.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
	return request
}

// memoryPeak is the most memory that the process has held, in bytes; 0 where the system does not say.
func memoryPeak(t *testing.T, s *server) int64 {
	t.Helper()
	if runtime.GOOS != "linux" {
		return 0
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.command.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	if found == nil {
		return 0
	}
	kilobytes, err := strconv.ParseInt(string(found[1]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kilobytes << 10
}

// A Brownout whose upstream is itself, by whatever name, says so: at the start, or when the first call comes around.
func TestUpstreamThatIsOurselves(t *testing.T) {
	t.Parallel()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	r := execute(t, environment(t, ""), program.brownout, "start", "--listen", address, "--upstream", "http://"+address)
	if r.code != 2 || !strings.Contains(r.stderr, "where Brownout itself listens") {
		t.Errorf("exit code %d: %s%s", r.code, r.stdout, r.stderr)
	}
	// A relay hides who is behind it.
	relay, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { relay.Close() })
	s := start(t, "--upstream", "http://"+relay.Addr().String())
	go func() {
		for {
			from, err := relay.Accept()
			if err != nil {
				return
			}
			go join(t.Context(), from, s.name)
		}
	}()
	status, body, err := callerIdentity(&http.Client{Timeout: patience}, s.URL)
	if err != nil || status != http.StatusLoopDetected || !strings.Contains(body, "LoopDetected") {
		t.Errorf("status %d: %s, %v", status, body, err)
	}
}

// join carries a connection on to an address.
func join(ctx context.Context, from net.Conn, address string) {
	defer from.Close()
	to, err := (&net.Dialer{Timeout: time.Minute}).DialContext(ctx, "tcp", address)
	if err != nil {
		return
	}
	defer to.Close()
	var both sync.WaitGroup
	both.Go(func() { _, _ = io.Copy(to, from); to.Close() }) // either end may go at any time
	both.Go(func() { _, _ = io.Copy(from, to); from.Close() })
	both.Wait()
}
