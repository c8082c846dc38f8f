package e2e

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// What every service has acknowledged survives kill -9, and a reset clears every service, for good.
func TestEveryServiceKeepsAndForgets(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	s := start(t, "--data", data)
	made := strings.Fields(rooms(t, s, "fill"))
	s.kill()

	s = start(t, "--data", data)
	rooms(t, s, "kept", made...)
	if status, _, text := send(t, http.MethodPost, s.URL+"/_localstack/state/reset", nil); status != 200 {
		t.Fatalf("reset: %d %s", status, text)
	}
	rooms(t, s, "gone")
	made = strings.Fields(rooms(t, s, "fill")) // nothing is in the way
	rooms(t, s, "kept", made...)
	if status, _, text := send(t, http.MethodPost, s.URL+"/_brownout/reset", nil); status != 200 {
		t.Fatalf("reset: %d %s", status, text)
	}
	s.kill()

	s = start(t, "--data", data)
	rooms(t, s, "gone")
}

func rooms(t *testing.T, s *server, what string, made ...string) (printed string) {
	t.Helper()
	r := execute(t, environment(t, s.URL), program.python, append([]string{"testdata/rooms.py", what}, made...)...)
	if r.code != 0 {
		t.Fatalf("%s: exit code %d\n%s%s", what, r.code, r.stdout, r.stderr)
	}
	return r.stdout
}
