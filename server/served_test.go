package server_test

import (
	"testing"

	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/server"
)

// A server asks the catalogue for its own operations only when one of them is called, and panics then.
func TestServedOperationsAreInTheCatalogue(t *testing.T) {
	t.Parallel()
	served, err := server.Served()
	if err != nil {
		t.Fatal(err)
	}
	for name, operations := range served {
		service := catalog.Lookup(name)
		if service == nil {
			t.Errorf("The catalogue has no service %s.", name)
			continue
		}
		for _, operation := range operations {
			if service.Operation(operation) == nil {
				t.Errorf("%s has no operation %s.", name, operation)
			}
		}
	}
}
