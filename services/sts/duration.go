package sts

import "time"

// duration is how long credentials last: what was asked for, else the operation's default.
func duration(seconds *int64, otherwise time.Duration) time.Duration {
	if seconds == nil {
		return otherwise
	}
	return time.Duration(*seconds) * time.Second
}
