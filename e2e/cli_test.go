package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// cli is the AWS CLI, pointed at a server. A failed call is tried twice, unless told otherwise.
type cli struct {
	t           *testing.T
	environment []string
}

func newCLI(t *testing.T, s *server, environmentToo ...string) *cli {
	t.Helper()
	return &cli{t, environment(t, s.URL, environmentToo...)}
}

// run runs `aws ARGUMENTS`.
func (c *cli) run(arguments ...string) result {
	c.t.Helper()
	return execute(c.t, c.environment, program.aws, append(arguments, "--output", "json")...)
}

// ok wants success, and answers the JSON that the CLI printed.
func (c *cli) ok(arguments ...string) map[string]any {
	c.t.Helper()
	r := c.run(arguments...)
	if r.code != 0 {
		c.t.Fatalf("aws %s: exit code %d\n%s", strings.Join(arguments, " "), r.code, r.stderr)
	}
	var answer map[string]any
	if r.stdout != "" {
		if err := json.Unmarshal([]byte(r.stdout), &answer); err != nil {
			c.t.Fatalf("aws %s: %v\n%s", strings.Join(arguments, " "), err, r.stdout)
		}
	}
	return answer
}

// fails wants a failure whose message holds this text.
func (c *cli) fails(text string, arguments ...string) {
	c.t.Helper()
	r := c.run(arguments...)
	if r.code == 0 || !strings.Contains(r.stderr, text) {
		c.t.Fatalf("aws %s: exit code %d\n%s%s\nwant a failure that says:\n%s", strings.Join(arguments, " "), r.code, r.stdout, r.stderr, text)
	}
}

// at is the member of a JSON answer at a path of member names; nil where there is none.
func at(answer any, path ...string) any {
	for _, name := range path {
		object, _ := answer.(map[string]any)
		answer = object[name]
	}
	return answer
}

// file writes a file for the test, and answers "file://PATH".
func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return "file://" + path
}
