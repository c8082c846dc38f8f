package identity

import "time"

// Credential is what an access key signs with. It is never logged.
type Credential struct {
	Secret string
	// Token is the session's; empty for keys that last.
	Token string
	// Expires is when a session ends; zero for keys that last.
	Expires time.Time
	// Inactive keys are known, but refused.
	Inactive bool
}
