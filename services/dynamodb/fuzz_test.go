package dynamodb_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/services/dynamodb"
	"github.com/brownoutdev/brownout/store"
	"github.com/brownoutdev/brownout/store/memory"
)

// FuzzOperations sends any body to any operation of a server that has a table with indexes: nothing
// panics, and nothing is an internal failure (call reports those).
func FuzzOperations(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		f.Fatal("no scripts", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for line := range strings.Lines(strings.ReplaceAll(string(text), "\n ", "")) {
			if operation, body, ok := strings.Cut(strings.TrimSpace(line), " {"); ok && strings.ContainsAny(operation[:1], "BCDGLPQSU") {
				f.Add(operation, strings.ReplaceAll("{"+body, `"Tee"`, `"Model"`))
			}
		}
	}
	f.Fuzz(func(t *testing.T, operation, body string) {
		s := start(t, func() store.Store { return memory.New() }, dynamodb.Current)
		if s.service.Handler(operation) == nil {
			return
		}
		s.must("CreateTable", modelTable)
		s.must("PutItem", `{"TableName":"Model","Item":{"pk":{"S":"p"},"sk":{"N":"1"},"a":{"S":"a"},"b":{"B":"AA=="},"n":{"N":"2"}}}`)
		s.call(operation, body)
		s.call("DescribeTable", `{"TableName":"Model"}`)
	})
}
