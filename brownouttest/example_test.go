package brownouttest_test

import (
	"net/http"
	"testing"

	"github.com/brownoutdev/brownout/brownouttest"
	"github.com/brownoutdev/brownout/fault"
)

// A test of code that calls AWS gives its SDK client srv.URL as base endpoint, and any credentials.
func ExampleStart() {
	_ = func(t *testing.T) {
		srv := brownouttest.Start(t)
		srv.AddRule(fault.Rule{
			Match:  fault.Match{Service: fault.Patterns{"dynamodb"}, Operation: fault.Patterns{"GetItem"}},
			Effect: fault.ErrorWith("ServiceUnavailable", http.StatusServiceUnavailable, "on purpose"),
		})
		// ... what does your code do now? ...
		srv.RemoveRules()
	}
	// Output:
}
