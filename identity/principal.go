// Package identity says who a caller is: access key to account, later role and session.
package identity

import "github.com/brownoutdev/brownout/aws"

// Principal is the caller of a call, as far as it is known.
type Principal struct {
	AccessKey string // empty: unsigned
	Account   string // 12 digits
}

// Of is the principal behind an access key id. A key of 12 digits is the account itself (as
// LocalStack has it); any other key belongs to the default account.
func Of(accessKey string) Principal {
	p := Principal{AccessKey: accessKey, Account: aws.DefaultAccount}
	if isAccount(accessKey) {
		p.Account = accessKey
	}
	return p
}

func isAccount(s string) bool {
	if len(s) != 12 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
