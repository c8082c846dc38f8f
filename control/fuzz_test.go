package control

import (
	"encoding/json"
	"testing"

	"github.com/brownoutdev/brownout/fault"
)

// FuzzChaosFaults: what is accepted is an array that is answered as it was sent, and equal to itself.
func FuzzChaosFaults(f *testing.F) {
	f.Add([]byte(`[{"service":"kms","region":"us-east-1","probability":0.1,"error":{"statusCode":500,"code":"X"},"description":"d"}]`))
	f.Add([]byte(`[{},{"probability":1e-3}]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		faults, err := parseChaosFaults(body)
		if err != nil {
			return
		}
		for _, one := range faults {
			again, err := parseChaosFault(one.text)
			if err != nil || !again.equals(one) {
				t.Errorf("%s: %v", one.text, err)
			}
		}
	})
}

// FuzzRules: what is dropped before the parser sees a body never makes a good body a bad one.
func FuzzRules(f *testing.F) {
	f.Add([]byte(`{"rules":[{"match":{"service":"kms"},"effect":{"kind":"hang"},"seed":18446744073709551615,"hits":7}]}`))
	f.Add([]byte(`[{"when":{"share":0.5},"effect":{"kind":"delay","duration":"1s"}}]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		before, err := fault.ParseRules(body)
		if err != nil {
			_, _ = fault.ParseRules(withoutReadOnly(body)) // must not panic
			return
		}
		after, err := fault.ParseRules(withoutReadOnly(body))
		if err != nil || len(before) != len(after) {
			t.Fatalf("%s: %v", body, err)
		}
		for i := range before {
			before[i].Made = after[i].Made
			a, errA := json.Marshal(before[i])
			b, errB := json.Marshal(after[i])
			if (errA == nil) != (errB == nil) || errA == nil && string(a) != string(b) && string(before[i].Effect) == string(after[i].Effect) {
				t.Errorf("%s became %s", a, b)
			}
		}
	})
}
