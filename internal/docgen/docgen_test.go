package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestPagesAreAsMade(t *testing.T) {
	t.Parallel()
	for name, make := range pages {
		text, err := make()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		again, err := make()
		if err != nil || again != text {
			t.Errorf("%s comes out different each time: %v", name, err)
		}
		committed, err := os.ReadFile(filepath.Join("..", "..", "docs", "reference", name))
		if err != nil || string(committed) != generated+text {
			t.Errorf("docs/reference/%s is not what docgen makes (%v); run 'go run ./internal/docgen'", name, err)
		}
	}
}
