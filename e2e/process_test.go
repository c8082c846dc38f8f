package e2e

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// What is in use is said, with what to do, and the exit code is 1.
func TestInUse(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	s := start(t, "--data", data)
	for what, c := range map[string]struct{ arguments, says []string }{
		"port":   {[]string{"--listen", s.name}, []string{s.name, "in use", "--listen"}},
		"folder": {[]string{"--listen", "127.0.0.1:0", "--data", data}, []string{data, "in use", "--data"}},
	} {
		other := launch(t, c.arguments...)
		if code := other.exit(); code != 1 {
			t.Errorf("%s in use: exit code %d, want 1", what, code)
		}
		for _, text := range c.says {
			if !strings.Contains(other.stderr.String(), text) {
				t.Errorf("%s in use: %q does not say %q", what, other.stderr, text)
			}
		}
		if strings.Contains(other.stdout.String(), "Ready.") {
			t.Errorf("%s in use: ready nevertheless", what)
		}
	}
	s.stop()
	start(t, "--data", data).stop() // what was in use is free again
}

// Data of a version to come is refused with a sentence, not misread.
func TestNewerFormat(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	start(t, "--data", data).stop()
	name := filepath.Join(data, "FORMAT")
	format, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	number := regexp.MustCompile(`\d+`).FindIndex(format)
	if err := os.WriteFile(name, slices.Concat(format[:number[0]], []byte("999"), format[number[1]:]), 0o600); err != nil {
		t.Fatal(err)
	}
	s := launch(t, "--listen", "127.0.0.1:0", "--data", data)
	if code := s.exit(); code != 1 || !strings.Contains(s.stderr.String(), "format 999") || !strings.Contains(s.stderr.String(), data) {
		t.Errorf("exit code %d: %s", code, s.stderr)
	}
}

// SIGTERM and SIGINT let calls in flight end, and the process exits 0.
func TestSignalsDrain(t *testing.T) {
	t.Parallel()
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			s := start(t)
			c := newSDK(s)
			createStudents(t, c)
			startExperiment(t, c, createTemplate(t, c, latencyTemplate).Id)
			before := callsOf(t, s)
			answered := make(chan error, 1)
			go func() {
				_, err := c.dynamodb().GetItem(t.Context(), getStudent())
				answered <- err
			}()
			eventually(t, "the call has come in", func() error {
				if n := callsOf(t, s); n <= before {
					return fmt.Errorf("%v calls so far", n)
				}
				return nil
			})
			s.signal(signal)
			if err := <-answered; err != nil {
				t.Errorf("the call in flight ended with %v", err)
			}
			if code := s.exit(); code != 0 {
				t.Errorf("exit code %d, want 0", code)
			}
			if connection, err := net.Dial("tcp", s.name); err == nil {
				connection.Close()
				t.Error("the port is still open")
			}
		})
	}
}

// callsOf is how many AWS calls have come in.
func callsOf(t *testing.T, s *server) float64 {
	t.Helper()
	_, _, text := send(t, "GET", s.URL+"/_brownout/health", nil)
	var health map[string]any
	if err := json.Unmarshal([]byte(text), &health); err != nil {
		t.Fatal(err)
	}
	n, is := health["calls"].(float64)
	if !is {
		t.Fatalf("no calls in %s", text)
	}
	return n
}

// The message of a line of the log is the same in every format.
func TestLogFormats(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"text", "auto", "json"} {
		s := start(t, "--log-format", format)
		createStudents(t, newSDK(s))
		s.stop()
		want := `msg="AWS dynamodb.PutItem => 200"`
		if format == "json" {
			want = `"msg":"AWS dynamodb.PutItem => 200"`
		}
		if text := s.stderr.String(); strings.Count(text, want) != 1 {
			t.Errorf("%s: the log has not one line with %s:\n%s", format, want, text)
		}
		if out := s.stdout.String(); strings.Count(out, "Ready.\n") != 1 {
			t.Errorf("%s: standard output has not one line \"Ready.\":\n%s", format, out)
		}
	}
}

// No credential and no signature ever reaches the log.
func TestNoSecretsInLog(t *testing.T) {
	t.Parallel()
	s := start(t, "--log-level", "debug")
	c := newSDK(s)
	createStudents(t, c)
	_, err := c.dynamodb().DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String("None")})
	wantError(t, err, "ResourceNotFoundException", 400, "")
	s.stop()
	for _, secret := range []string{"Signature", "AWS4-HMAC", "secret", "Ada"} {
		if strings.Contains(s.stderr.String(), secret) {
			t.Errorf("the log holds %q:\n%s", secret, s.stderr)
		}
	}
}

// `brownout demo` tells the whole story by itself.
func TestDemo(t *testing.T) {
	t.Parallel()
	began := time.Now()
	r := execute(t, environment(t, ""), program.brownout, "demo")
	if r.code != 0 {
		t.Fatalf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	if d := time.Since(began); d > 15*time.Second {
		t.Errorf("it took %v, want 15 s at most", d)
	}
	for _, text := range []string{"GetItem", "503", "Service Unavailable", faultMessage, "us-east-1", "us-west-2", "eu-central-1"} {
		if !strings.Contains(r.stdout, text) {
			t.Errorf("the demo does not show %q", text)
		}
	}
	if t.Failed() {
		t.Log(r.stdout)
	}
}

// The commands that talk to a server find it by --url, else by BROWNOUT_URL, and exit 1 when it is not there.
func TestStatusAndEnv(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, c := range []struct {
		environment []string
		arguments   []string
	}{
		{nil, []string{"status", "--url", s.URL}},
		{[]string{"BROWNOUT_URL=" + s.URL}, []string{"status"}},
	} {
		if r := execute(t, environment(t, "", c.environment...), program.brownout, c.arguments...); r.code != 0 || !strings.Contains(r.stdout, s.URL) {
			t.Errorf("%v: exit code %d\n%s%s", c, r.code, r.stdout, r.stderr)
		}
	}
	r := execute(t, environment(t, "", "BROWNOUT_URL="+s.URL, "SHELL=/bin/bash"), program.brownout, "env")
	if r.code != 0 || !strings.Contains(r.stdout, "export AWS_ENDPOINT_URL="+s.URL) {
		t.Errorf("env: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	s.stop()
	if r := execute(t, environment(t, ""), program.brownout, "status", "--url", s.URL); r.code != 1 || !strings.Contains(r.stderr, s.URL) {
		t.Errorf("status without a server: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	if r := execute(t, environment(t, ""), program.brownout, "start", "--nonsense"); r.code != 2 {
		t.Errorf("a usage error: exit code %d", r.code)
	}
}
