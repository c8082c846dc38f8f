package fault_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
)

// TestTheDocumentedRules puts every example of docs/reference/rules.md into force, and finds every effect there.
func TestTheDocumentedRules(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/reference/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```json\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	if len(blocks) < 5 {
		t.Fatalf("the page has only %d examples", len(blocks))
	}
	used := map[string]bool{}
	for _, block := range blocks {
		list, err := fault.ParseRules([]byte(block[1]))
		if err != nil {
			t.Errorf("%v:\n%s", err, block[1])
			continue
		}
		rules := fault.NewRules(clock.Real{}, 1)
		rules.Register("dynamodb", map[string]fault.Parse{"unprocessed-items": parseOwn})
		for i := range list {
			list[i].When.End = nil
			list[i].When.Start = nil // the time of the example may have passed
		}
		statuses, warnings, err := rules.PutChecked(list...)
		if err != nil || len(warnings) != 0 && !strings.Contains(warnings[0].Message, "percentage") {
			t.Errorf("%v %v:\n%s", err, warnings, block[1])
		}
		for _, s := range statuses {
			used[regexp.MustCompile(`"kind": *"([a-z-]+)"`).FindStringSubmatch(string(s.Effect))[1]] = true
		}
	}
	for _, kind := range fault.Kinds() {
		if !strings.Contains(string(page), "\n| `"+kind+"` |") {
			t.Errorf("the page does not describe %s", kind)
		}
	}
	for _, kind := range []string{"hang", "reset", "corrupt", "after-commit", "unprocessed-items"} {
		if !used[kind] {
			t.Errorf("no example has %s", kind)
		}
	}
}
