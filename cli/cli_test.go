package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// message is what the gateway logs for a call; people and scripts look for exactly this text.
const message = "AWS dynamodb.GetItem => 503 (Service Unavailable)"

func TestEveryLogFormatHasTheMessageAsItIs(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"text", "json", "coloured"} {
		var text bytes.Buffer
		log := slog.New(logHandler(format, &text, slog.LevelInfo))
		log.LogAttrs(context.Background(), slog.LevelInfo, message, slog.String("region", "us-east-1"))
		log.Debug("too much")
		if !strings.Contains(text.String(), message) || strings.Count(text.String(), "\n") != 1 {
			t.Errorf("%s: %q", format, text.String())
		}
		if coloured := strings.Contains(text.String(), "\x1b["); coloured != (format == "coloured") {
			t.Errorf("%s: colours: %v", format, coloured)
		}
		if format == "json" && !json.Valid(text.Bytes()) {
			t.Errorf("no JSON: %q", text.String())
		}
	}
}

func TestColoursAreForTerminals(t *testing.T) {
	t.Parallel()
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	device, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0) // like a terminal, a character device
	if err != nil {
		t.Fatal(err)
	}
	defer device.Close()
	env := func(set map[string]string) func(string) string {
		return func(name string) string { return set[name] }
	}
	for _, test := range []struct {
		name string
		to   any
		env  map[string]string
		want bool
	}{
		{"terminal", device, map[string]string{"TERM": "xterm"}, true},
		{"terminal without colours", device, map[string]string{"TERM": "dumb"}, false},
		{"NO_COLOR", device, map[string]string{"TERM": "xterm", "NO_COLOR": "1"}, false},
		{"file", file, map[string]string{"TERM": "xterm"}, false},
		{"buffer", &bytes.Buffer{}, map[string]string{"TERM": "xterm"}, false},
	} {
		p := &process{env: env(test.env)}
		if got := p.coloured(test.to.(interface{ Write([]byte) (int, error) })); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"demo", "env", "start", "status", "version"}
	for typed, want := range map[string][]string{
		"strat": {"start"}, "stat": {"start", "status"}, "Status": {"status"}, "ver": {"version"}, "dmeo": {"demo"}, "xyzzy": nil, "": nil,
	} {
		if got := nearest(typed, names); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", typed, got, want)
		}
	}
}

func TestFlagValues(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ flag, value, want string }{ // want "": refused
		{"listen", "127.0.0.1:4566", "127.0.0.1:4566"}, {"listen", "[::1]:0", "[::1]:0"}, {"listen", ":4566", ":4566"},
		{"listen", "4566", ""}, {"listen", "localhost:http", ""}, {"listen", "127.0.0.1:65536", ""}, {"listen", "127.0.0.1:-1", ""},
		{"seed", "18446744073709551615", "18446744073709551615"}, {"seed", "0", "0"}, {"seed", "-1", ""}, {"seed", "1e3", ""},
		{"data", "dir", "dir"}, {"data", "", ""},
		{"log-level", "debug", "debug"}, {"log-level", "INFO", ""}, {"log-format", "xml", ""},
		{"cors-origin", "https://App.example.com/, http://localhost:3000", "https://app.example.com,http://localhost:3000"}, {"cors-origin", "*", "*"},
		{"cors-origin", "app.example.com", ""}, {"cors-origin", "https://a/b", ""}, {"cors-origin", "https://u@a", ""}, {"cors-origin", "https://a,", ""},
		{"allowed-host", "AWS.example.com.,.example.org", "aws.example.com,.example.org"}, {"allowed-host", "[::1]", "::1"}, {"allowed-host", "192.0.2.1", "192.0.2.1"},
		{"upstream", "s3=http://A:9000/, https://b", "https://b,s3=http://a:9000"}, {"upstream", "h2c://[::1]:80", "h2c://[::1]:80"},
		{"upstream", "http://a,http://b", ""}, {"upstream", "ftp://a", ""}, {"upstream", "http://a/b", ""}, {"upstream", "http://a:0", ""},
		{"upstream", "http://u:p@a", ""}, {"upstream", "s33=http://a", ""}, {"upstream", "fis=http://a", ""}, {"upstream", "http://a?b=c", ""}, {"upstream", "s3=", ""},
		{"upstream-host", "*.Example.com:80,a:1", "*.example.com:80,a:1"}, {"upstream-host", "a", ""}, {"upstream-host", "a*:1", ""}, {"upstream-host", "a:x", ""},
		{"serve", "DynamoDB, sfn", "dynamodb,stepfunctions"}, {"serve", "nothing", ""},
		{"identity", "K=arn:aws:iam::123456789012:role/p/R", "K=arn:aws:iam::123456789012:role/p/R"},
		{"identity", "K=arn:aws:sts::123456789012:assumed-role/R/s,L=arn:aws:iam::123456789012:user/u",
			"K=arn:aws:sts::123456789012:assumed-role/R/s,L=arn:aws:iam::123456789012:user/u"},
		{"identity", "arn:aws:iam::123456789012:role/R", ""}, {"identity", "K=", ""}, {"identity", "K=arn:aws:s3:::b", ""},
		{"identity", "K=arn:aws:iam::123456789012:role/R,K=arn:aws:iam::123456789012:role/S", ""},
		{"allowed-host", "a:80", ""}, {"allowed-host", "http://a", ""}, {"allowed-host", "*.a", ""},
	} {
		flag := (&process{}).start().Flags().Lookup(test.flag)
		err := flag.Value.Set(test.value)
		if got := flag.Value.String(); err == nil && got != test.want || err != nil && test.want != "" {
			t.Errorf("--%s %q: %q, %v; want %q", test.flag, test.value, got, err, test.want)
		}
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestOutputThatCannotBeWrittenIsAFailure(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"version", "env", "demo", "start --listen 127.0.0.1:0"} {
		var stderr bytes.Buffer
		code := Main(strings.Fields(command), strings.NewReader(""), brokenPipe{}, &stderr, func(string) string { return "" })
		if code != exitFailed || !strings.Contains(stderr.String(), "standard output: broken pipe") {
			t.Errorf("%s: exit code %d, %q", command, code, stderr.String())
		}
	}
}

func TestStatusOfWhatIsNoBrownout(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	code := Main([]string{"status", "--url", notBrownout(t)}, strings.NewReader(""), &stdout, &stderr, func(string) string { return "" })
	if code != exitFailed || stdout.Len() > 0 || !strings.Contains(stderr.String(), "is not Brownout (HTTP status 404") {
		t.Errorf("exit code %d, %q, %q", code, stdout.String(), stderr.String())
	}
}

func notBrownout(t *testing.T) string {
	other := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(other.Close)
	return other.URL
}
