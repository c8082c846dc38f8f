package memory_test

import (
	"testing"

	"github.com/brownoutdev/brownout/store"
	"github.com/brownoutdev/brownout/store/memory"
	"github.com/brownoutdev/brownout/store/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(*testing.T) store.Store { return memory.New() })
}
