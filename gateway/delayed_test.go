package gateway_test

import (
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/gateway"
	"github.com/brownoutdev/brownout/internal/random"
)

// TestTenThousandDelays: so many calls wait at once, and none of them for another.
func TestTenThousandDelays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rules := fault.NewRules(clock.Real{}, 1)
		if err := rules.Put(fault.Rule{Effect: fault.DelayBy(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		g := gateway.New(gateway.Config{Rules: rules, Clock: clock.Real{}, IDs: random.New(), Log: slog.New(slog.DiscardHandler)})
		began := clock.Real{}.Now()
		var calls sync.WaitGroup
		for range 10_000 {
			calls.Go(func() {
				r := httptest.NewRequest("POST", "http://localhost/", strings.NewReader("Action=GetCallerIdentity&Version=2011-06-15"))
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				sign(r, "sts")
				w := httptest.NewRecorder()
				if g.ServeHTTP(w, r); w.Code != 501 { // nobody serves sts here
					t.Errorf("got %d %s", w.Code, w.Body)
				}
			})
		}
		calls.Wait()
		if took := (clock.Real{}).Now().Sub(began); took != time.Hour {
			t.Errorf("all of them took %v, want an hour", took)
		}
	})
}
