package e2e

import "testing"

// boto3's clients of more than 60 services are understood, and understand the errors that they get.
func TestBoto3CallsAreRecognised(t *testing.T) {
	t.Parallel()
	s := start(t)
	if r := execute(t, environment(t, s.URL), program.python, "testdata/recognition.py"); r.code != 0 {
		t.Fatalf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
}
