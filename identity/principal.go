// Package identity says who a caller is: access key to account, later role and session.
package identity

import (
	"fmt"

	"github.com/brownoutdev/brownout/aws"
)

// Principal is the caller of a call, as far as it is known.
type Principal struct {
	AccessKey string // empty: unsigned
	Account   string // 12 digits
}

// Of is the principal behind an access key id, as LocalStack tells the account: a key that begins with
// 12 digits says it; a key of LocalStack's own (LKIA..., LSIA...) holds it; all others, also AWS's
// (AKIA..., ASIA...), belong to the default account, so that nobody works in a real account by accident.
func Of(accessKey string) Principal {
	p := Principal{AccessKey: accessKey, Account: aws.DefaultAccount}
	switch {
	case beginsWithAccount(accessKey):
		p.Account = accessKey[:accountDigits]
	case len(accessKey) >= 20 && (accessKey[:4] == "LKIA" || accessKey[:4] == "LSIA"):
		if account, ok := accountIn(accessKey); ok {
			p.Account = account
		}
	}
	return p
}

const accountDigits = 12

func beginsWithAccount(s string) bool {
	if len(s) < accountDigits {
		return false
	}
	for i := range accountDigits {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// accountIn reads the account that an access key id holds, as AWS's and LocalStack's do: the 8 letters
// of base 32 behind the prefix are half of it (their first bit says nothing), and the letter behind those
// says whether it is odd.
func accountIn(accessKey string) (account string, ok bool) {
	var half uint64
	for i := 4; i < 12; i++ {
		digit, ok := base32Digit(accessKey[i])
		if !ok {
			return "", false
		}
		half = half<<5 | digit
	}
	odd, ok := base32Digit(accessKey[12])
	if !ok {
		return "", false
	}
	number := (half&(1<<39-1))<<1 | odd>>4
	if number > 999_999_999_999 {
		return "", false
	}
	return fmt.Sprintf("%012d", number), true
}

func base32Digit(c byte) (digit uint64, ok bool) {
	switch {
	case c >= 'A' && c <= 'Z':
		return uint64(c - 'A'), true
	case c >= '2' && c <= '7':
		return uint64(c-'2') + 26, true
	}
	return 0, false
}
