package server_test

import (
	"os"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/server"
)

// TestEveryKindIsDocumented: also those that services bring, which package fault does not know.
func TestEveryKindIsDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/reference/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	s, _ := run(t, server.Config{})
	kinds := s.Rules().Kinds()
	if len(kinds) < 20 {
		t.Fatalf("there are only the kinds %v", kinds)
	}
	for _, kind := range kinds {
		if !strings.Contains(string(page), "\n| `"+kind+"` |") {
			t.Errorf("the page does not describe %s", kind)
		}
	}
}
