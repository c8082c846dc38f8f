package identity_test

import (
	"testing"

	"github.com/brownoutdev/brownout/identity"
)

func TestAccountOfAnAccessKey(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"":                     "000000000000",
		"test":                 "000000000000",
		"123456789012":         "123456789012",
		"123456789012abc":      "123456789012",
		"1234567890123":        "123456789012",
		"12345678901":          "000000000000",
		"12345678901a":         "000000000000",
		"AKIAIOSFODNN7EXAMPLE": "000000000000",
		"ASIAY34FZKBOKMUTVV7A": "000000000000",
		// The same letters as in a key whose account is known from public texts about AWS's key ids.
		"LSIAY34FZKBOKMUTVV7A": "609629065308",
		"LKIAQAAAAAAAAAAAAAAA": "000000000000",
		"LKIAQAAAAAAAQAAAAAAA": "000000000001",
		"LKIAQAAAAAABAAAAAAAA": "000000000002",
		"LKIA7777777777777777": "000000000000", // more than 12 digits
		"LKIA1111111111111111": "000000000000", // no base 32
		"LKIAQAAAAAAAQ":        "000000000000", // too short
	} {
		if p := identity.Of(key); p.Account != want || p.AccessKey != key {
			t.Errorf("%q: account %s, want %s", key, p.Account, want)
		}
	}
}
