package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a test waits for what must come. It is long, since the machine may be busy:
// only a failing test ever waits so long.
const patience = 30 * time.Second

// server is a running `brownout start`.
type server struct {
	URL  string
	name string // host:port

	t       *testing.T
	command *exec.Cmd
	stdout  *lines
	stderr  *lines
	ended   chan struct{} // closed once the process has ended and all its output is read
}

// start starts the binary on a free port, logging JSON, and waits until it says that it is ready. It
// is killed when the test ends.
func start(t *testing.T, arguments ...string) *server {
	t.Helper()
	s := launch(t, append([]string{"--listen", "127.0.0.1:0", "--log-format", "json"}, arguments...)...)
	deadline := time.After(patience)
	for {
		seen, changed := s.stdout.all()
		if len(seen) >= 2 {
			url, ok := strings.CutPrefix(seen[0], "Listening on ")
			if !ok || seen[1] != "Ready." {
				t.Fatalf("standard output begins with %q, want the lines \"Listening on URL\" and \"Ready.\"", seen)
			}
			s.URL, s.name = url, strings.TrimPrefix(url, "http://")
			return s
		}
		select {
		case <-changed:
		case <-s.ended:
			t.Fatalf("brownout ended before it was ready: %v\n%s", s.command.ProcessState, s.stderr)
		case <-deadline:
			t.Fatalf("brownout was not ready within %v\n%s%s", patience, s.stdout, s.stderr)
		}
	}
}

// launch starts `brownout start` with these arguments and waits for nothing.
func launch(t *testing.T, arguments ...string) *server {
	t.Helper()
	s := &server{t: t, stdout: newLines(), stderr: newLines(), ended: make(chan struct{})}
	s.command = exec.Command(program.brownout, append([]string{"start"}, arguments...)...)
	s.command.Env = environment(t, "")
	stdout, err := s.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := s.command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.command.Start(); err != nil {
		t.Fatal(err)
	}
	var reading sync.WaitGroup
	reading.Go(func() { s.stdout.read(stdout) })
	reading.Go(func() { s.stderr.read(stderr) })
	go func() {
		reading.Wait()
		_ = s.command.Wait() // its code is asked for through ProcessState
		close(s.ended)
	}()
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			t.Logf("log of %s:\n%s", s.URL, s.stderr)
		}
	})
	return s
}

// kill ends the process at once, as kill -9 does.
func (s *server) kill() {
	s.t.Helper()
	if err := s.command.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.t.Error(err)
	}
	<-s.ended
}

// signal sends a signal.
func (s *server) signal(signal os.Signal) {
	s.t.Helper()
	if err := s.command.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
}

// exit waits for the end of the process, and answers its exit code.
func (s *server) exit() int {
	s.t.Helper()
	select {
	case <-s.ended:
		return s.command.ProcessState.ExitCode()
	case <-time.After(patience):
		s.t.Fatalf("brownout has not ended within %v\n%s", patience, s.stderr)
		return 0
	}
}

// stop asks the process to end, and wants exit code 0.
func (s *server) stop() {
	s.t.Helper()
	s.signal(syscall.SIGTERM)
	if code := s.exit(); code != 0 {
		s.t.Fatalf("exit code %d after SIGTERM, want 0", code)
	}
}

// logged is a line of the log about a call.
type logged struct {
	Time       time.Time `json:"time"`
	Message    string    `json:"msg"`
	Region     string    `json:"region"`
	Account    string    `json:"account"`
	Fault      string    `json:"fault"`
	Attempt    int       `json:"attempt"`
	MaxAttempt int       `json:"max_attempts"`
	Took       *float64  `json:"took"`
}

// log is the lines so far whose message is this one. A line is written before the answer's last
// byte, but the test reads it through a pipe: it waits until there are at least so many.
func (s *server) log(message string, atLeast int) (found []logged) {
	s.t.Helper()
	deadline := time.After(patience)
	for {
		seen, changed := s.stderr.all()
		found = found[:0]
		for _, line := range seen {
			var l logged
			if err := json.Unmarshal([]byte(line), &l); err == nil && l.Message == message {
				found = append(found, l)
			}
		}
		if len(found) >= atLeast {
			return found
		}
		select {
		case <-changed:
		case <-deadline:
			s.t.Fatalf("the log has %d lines %q, want %d", len(found), message, atLeast)
		}
	}
}

// lines collects what a process prints.
type lines struct {
	mutex   sync.Mutex
	seen    []string
	changed chan struct{} // closed and replaced with every line
}

func newLines() *lines { return &lines{changed: make(chan struct{})} }

func (l *lines) read(from io.Reader) {
	scanner := bufio.NewScanner(from)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		l.mutex.Lock()
		l.seen = append(l.seen, scanner.Text())
		close(l.changed)
		l.changed = make(chan struct{})
		l.mutex.Unlock()
	}
}

// all is every line so far; changed is closed when there are more.
func (l *lines) all() (seen []string, changed <-chan struct{}) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.seen[:len(l.seen):len(l.seen)], l.changed
}

// String implements fmt.Stringer.
func (l *lines) String() string {
	seen, _ := l.all()
	return strings.Join(seen, "\n")
}

// eventually waits until check answers nil. It asks again every few milliseconds: what it waits for
// is in another process, which can not call back.
func eventually(t *testing.T, what string, check func() error) {
	t.Helper()
	deadline := time.After(patience)
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		err := check()
		if err == nil {
			return
		}
		select {
		case <-again.C:
		case <-deadline:
			t.Fatalf("%s: not within %v: %v", what, patience, err)
		}
	}
}

// environment is all that a client or server sees of this machine's environment: a home of its own, and no
// proxy, profile or credentials of whoever runs the tests.
func environment(t *testing.T, endpoint string, more ...string) []string {
	t.Helper()
	home := t.TempDir()
	e := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TMPDIR=" + os.TempDir(), "LANG=C.UTF-8",
		"AWS_CONFIG_FILE=" + home + "/none", "AWS_SHARED_CREDENTIALS_FILE=" + home + "/none",
		"AWS_EC2_METADATA_DISABLED=true", "AWS_PAGER=", "NO_PROXY=*",
	}
	if endpoint != "" {
		e = append(e, "AWS_ENDPOINT_URL="+endpoint, "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test",
			"AWS_DEFAULT_REGION=us-east-1", "AWS_MAX_ATTEMPTS=2")
	}
	return append(e, more...)
}

// result is what a program printed, and its exit code.
type result struct {
	stdout, stderr string
	code           int
}

// execute runs a program to its end.
func execute(t *testing.T, environment []string, name string, arguments ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	command := exec.CommandContext(t.Context(), name, arguments...)
	command.Env, command.Stdout, command.Stderr = environment, &stdout, &stderr
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{stdout.String(), stderr.String(), command.ProcessState.ExitCode()}
}
