// Package identity says who a caller is: access key to account, role and session.
package identity

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/brownoutdev/brownout/aws"
)

// Principal is the caller of a call, as far as it is known.
type Principal struct {
	AccessKey string // empty: unsigned
	Account   string // 12 digits
	// ARN is the user or the assumed role's session, as GetCallerIdentity answers it
	// ("arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION"); empty when all that is known is the account.
	ARN string
	// Role is the assumed role's own ARN ("arn:aws:iam::ACCOUNT:role/PATH/NAME"), Session the session's name.
	// Both are empty for whoever has assumed none.
	Role, Session string
	// ID is GetCallerIdentity's UserId ("AROA...:SESSION"); empty when it is not known.
	ID string
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

// AssumedRole is the principal of a role's session. role is the role's own ARN; id is the role's unique id
// ("AROA..."), or empty.
func AssumedRole(accessKey, role, session, id string) (p Principal, ok bool) {
	arn, ok := aws.ParseARN(role)
	path, isRole := strings.CutPrefix(arn.Resource, "role/")
	if !ok || !isRole || len(arn.Account) != accountDigits || !beginsWithAccount(arn.Account) {
		return Principal{}, false
	}
	name := path[strings.LastIndexByte(path, '/')+1:]
	p = Principal{
		AccessKey: accessKey, Account: arn.Account, Role: role, Session: session,
		ARN: "arn:" + arn.Partition + ":sts::" + arn.Account + ":assumed-role/" + name + "/" + session,
	}
	if id != "" {
		p.ID = id + ":" + session
	}
	return p, name != "" && session != ""
}

// AccessKey is an access key id of 20 characters that holds an account, as Of reads it: prefix is "LKIA" for
// keys that last or "LSIA" for those of sessions. random decides the rest of it.
func AccessKey(prefix, account string, random uint64) string {
	number, err := strconv.ParseUint(account, 10, 64)
	if err != nil || number > 999_999_999_999 {
		number = 0
	}
	key := []byte(prefix)
	half := number>>1 | 1<<39 // AWS sets the bit that says nothing
	for shift := 35; shift >= 0; shift -= 5 {
		key = append(key, base32Alphabet[half>>shift&31])
	}
	key = append(key, base32Alphabet[number&1<<4|random&15])
	for random >>= 4; len(key) < 20; random >>= 5 {
		key = append(key, base32Alphabet[random&31])
	}
	return string(key)
}

const base32Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

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
