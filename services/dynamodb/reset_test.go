package dynamodb_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/brownoutdev/brownout/services/dynamodb"
	"github.com/brownoutdev/brownout/store"
	"github.com/brownoutdev/brownout/store/memory"
)

func TestResetDropsAllTables(t *testing.T) {
	t.Parallel()
	s := start(t, func() store.Store { return memory.New() }, dynamodb.Current)
	const create = `{"TableName":"%","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],` +
		`"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST","DeletionProtectionEnabled":true}`
	const batch = `{"RequestItems":{"one":[{"PutRequest":{"Item":{"id":{"S":"1"}}}}],"two":[{"PutRequest":{"Item":{"id":{"S":"1"}}}}]}}`
	for range 3 {
		for _, name := range []string{"one", "two"} {
			if status, answer := s.call("CreateTable", strings.Replace(create, "%", name, 1)); status != 200 {
				t.Fatalf("CreateTable: %d %s", status, answer)
			}
		}
		var writers sync.WaitGroup
		for range 4 { // writes that are under way end before the tables do, or find none
			writers.Go(func() {
				for range 50 {
					if status, answer := s.call("BatchWriteItem", batch); status != 200 && !strings.Contains(answer, "ResourceNotFoundException") {
						t.Errorf("BatchWriteItem: %d %s", status, answer)
					}
				}
			})
		}
		if err := s.service.Reset(context.Background()); err != nil {
			t.Fatal(err)
		}
		writers.Wait()
		if _, answer := s.call("ListTables", `{}`); strings.Contains(answer, "one") {
			t.Errorf("tables are left: %s", answer)
		}
		left := 0
		err := s.store.View(context.Background(), func(r store.Reader) error {
			return r.Scan(store.Prefix([]byte("dynamodb/")), func(_, _ []byte) (bool, error) { left++; return true, nil })
		})
		if err != nil || left > 0 {
			t.Errorf("%d keys are left, %v", left, err)
		}
	}
}
