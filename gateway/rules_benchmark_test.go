package gateway_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/gateway"
	"github.com/brownoutdev/brownout/internal/random"
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/dynamodb"
	"github.com/brownoutdev/brownout/store/memory"
)

// thousandRules are 500 on other operations, 300 on GetItem of other tables, 200 globs; none matches GetItem of Orders.
func thousandRules() []fault.Rule {
	var rules []fault.Rule
	add := func(operation, resource string) {
		rules = append(rules, fault.Rule{
			ID:     fmt.Sprint("r", len(rules)),
			Match:  fault.Match{Service: fault.Patterns{"dynamodb"}, Operation: fault.Patterns{operation}, Resource: fault.Patterns{resource}},
			Effect: fault.ErrorWith("InternalServerError", 500, ""),
		})
	}
	for i := range 500 {
		add([]string{"PutItem", "UpdateItem", "Query", "Scan"}[i%4], "table/Orders")
	}
	for i := range 300 {
		add("GetItem", fmt.Sprint("table/Other", i))
	}
	for i := range 200 {
		add([]string{"Get*", "*Item"}[i%2], fmt.Sprintf("table/Group%d-*", i))
	}
	return rules
}

// BenchmarkGetItem is a call's way through the gateway, without the network: what a thousand rules that miss add to it.
func BenchmarkGetItem(b *testing.B) {
	for _, n := range []int{0, 1000} {
		b.Run(fmt.Sprint(n, " rules"), func(b *testing.B) {
			tables, err := dynamodb.New(dynamodb.Config{Store: memory.New(), Prefix: []byte("d/"), Clock: clock.Real{}, IDs: random.New()})
			if err != nil {
				b.Fatal(err)
			}
			rules := fault.NewRules(clock.Real{}, 1)
			if err := rules.Put(thousandRules()[:n]...); err != nil {
				b.Fatal(err)
			}
			g := gateway.New(gateway.Config{Services: []*services.Service{tables.Bind()}, Rules: rules, Clock: clock.Real{}, IDs: random.New(), Log: slog.New(slog.DiscardHandler)})
			call := func(operation, body string) *httptest.ResponseRecorder {
				r := httptest.NewRequestWithContext(context.Background(), "POST", "http://localhost/", strings.NewReader(body))
				r.Header["X-Amz-Target"] = []string{"DynamoDB_20120810." + operation}
				r.Header["Content-Type"] = []string{"application/x-amz-json-1.0"}
				sign(r, "dynamodb")
				w := httptest.NewRecorder()
				g.ServeHTTP(w, r)
				return w
			}
			if w := call("CreateTable", createOrders); w.Code != 200 {
				b.Fatal(w.Body)
			}
			b.ReportAllocs()
			for b.Loop() {
				if w := call("GetItem", get("a")); w.Code != 200 {
					b.Fatal(w.Body)
				}
			}
		})
	}
}
