package cli_test

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/brownouttest"
	"github.com/brownoutdev/brownout/fault"
)

// tailing is a "brownout tail" at work.
type tailing struct {
	command *exec.Cmd
	lines   *bufio.Scanner
	stderr  bytes.Buffer
}

func startTail(t *testing.T, srv *brownouttest.Server) *tailing {
	t.Helper()
	tail := &tailing{command: exec.CommandContext(t.Context(), "brownout", "tail", "--url", srv.URL)}
	tail.command.Stderr = &tail.stderr
	stdout, err := tail.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := tail.command.Start(); err != nil {
		t.Fatal(err)
	}
	tail.lines = bufio.NewScanner(stdout)
	return tail
}

func (tail *tailing) expect(t *testing.T, pattern string) {
	t.Helper()
	if !tail.lines.Scan() || !regexp.MustCompile(pattern).MatchString(tail.lines.Text()) {
		t.Fatalf("%q, want %s", tail.lines.Text(), pattern)
	}
}

// expectEnd wants no further line, and exit code 0.
func (tail *tailing) expectEnd(t *testing.T) {
	t.Helper()
	if tail.lines.Scan() {
		t.Errorf("a line too many: %q", tail.lines.Text())
	}
	if err := tail.command.Wait(); err != nil {
		t.Errorf("%v: %s", err, &tail.stderr)
	}
}

// sendAttempt is one attempt of a DynamoDB call.
func sendAttempt(t *testing.T, srv *brownouttest.Server, operation, invocation, attempt string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Amz-Target", "DynamoDB_20120810."+operation)
	request.Header.Set("Content-Type", "application/x-amz-json-1.0")
	request.Header.Set("Amz-Sdk-Invocation-Id", invocation)
	request.Header.Set("Amz-Sdk-Request", attempt)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		t.Fatal(err)
	}
}

// A call's attempts are shown when it has ended, calls come while one looks, and Ctrl-C is no failure.
func TestTailFollows(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	srv.AddRule(fault.Rule{Match: fault.Match{Operation: fault.Patterns{"GetItem"}}, Effect: fault.ErrorWith("Service Unavailable", 503, "on purpose")})
	sendAttempt(t, srv, "ListTables", "before", "attempt=1")
	tail := startTail(t, srv)
	tail.expect(t, `dynamodb\.ListTables us-east-1  200  \S+s$`)
	for n := range 3 {
		sendAttempt(t, srv, "GetItem", "storm", fmt.Sprintf("attempt=%d; max=3", n+1))
	}
	tail.expect(t, `dynamodb\.GetItem us-east-1  3 attempts over \S+ \(0ms \+\S+ \+\S+\)  503 Service Unavailable ← test  gave up$`)
	sendAttempt(t, srv, "ListTables", "after", "attempt=1")
	tail.expect(t, `dynamodb\.ListTables us-east-1  200  \S+s$`)
	if runtime.GOOS == "windows" {
		return // has no signals to send
	}
	if err := tail.command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	tail.expectEnd(t)
}

// The end of the server is the end of what follows it, at once and without a failure; what is still
// open is shown as it stands.
func TestTailEndsWithTheServer(t *testing.T) {
	t.Parallel()
	outer := t // its context outlives the server
	var tail *tailing
	t.Run("server", func(t *testing.T) {
		srv := brownouttest.Start(t)
		srv.AddRule(fault.Rule{Match: fault.Match{Operation: fault.Patterns{"GetItem"}}, Effect: fault.ErrorWith("Service Unavailable", 503, "on purpose")})
		tail = startTail(outer, srv)
		sendAttempt(t, srv, "ListTables", "recent", "attempt=1")
		tail.expect(t, `dynamodb\.ListTables`)
		sendAttempt(t, srv, "GetItem", "open", "attempt=1; max=3")
		sendAttempt(t, srv, "ListTables", "followed", "attempt=1")
		tail.expect(t, `dynamodb\.ListTables`)
	})
	tail.expect(t, `dynamodb\.GetItem us-east-1  503 Service Unavailable ← test  \S+s.*  attempt 1 of 3$`)
	tail.expectEnd(t)
	if !regexp.MustCompile(`^brownout tail: the server at \S+ has ended\n$`).Match(tail.stderr.Bytes()) {
		t.Errorf("standard error: %s", &tail.stderr)
	}
}
