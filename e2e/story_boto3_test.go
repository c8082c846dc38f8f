package e2e

import "testing"

func TestStoryWithBoto3(t *testing.T) {
	t.Parallel()
	s := start(t)
	if r := execute(t, environment(t, s.URL), program.python, "testdata/story.py"); r.code != 0 {
		t.Fatalf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	s.log(unavailableAt, 3)
}
