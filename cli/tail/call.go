// Package tail shows AWS calls as a person thinks of them: the attempts of one logical call are one
// line, which says how far apart they came and how it ended.
package tail

import (
	"slices"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/journal"
)

const (
	// quiet is how long a failed call must be without a further attempt, at least, to count as ended;
	// three times the last gap between attempts if that is longer.
	quiet = 5 * time.Second
	// maxRemembered is how many ended calls are remembered in case a late attempt comes.
	maxRemembered = 1000
	maxGaps       = 8
	maxOwners     = 8
)

// Call is a logical call: what a program asked of its SDK once, in as many attempts as that made.
type Call struct {
	first, last journal.Record
	seen        int
	gaps        []time.Duration // between the arrivals of the first attempts
	lastGap     time.Duration
	max         int // attempts that the client makes at most; 0: not known
	failure     journal.Record
	failures    int
	owners      []string
	heard       time.Time // when the last attempt was heard of
	shown       bool      // as it is now
	wanted      bool
}

// add takes in an attempt.
func (c *Call) add(r journal.Record, now time.Time) {
	if c.seen == 0 {
		c.first = r
	} else {
		c.lastGap = max(0, r.At.Sub(c.last.At))
		if len(c.gaps) < maxGaps {
			c.gaps = append(c.gaps, c.lastGap)
		}
	}
	c.seen++
	c.last, c.heard, c.shown = r, now, false
	c.max = max(c.max, r.MaxAttempts)
	if r.Failed() {
		c.failure = r
		c.failures++
	}
	for _, hit := range r.Rules {
		if !slices.Contains(c.owners, hit.Owner) && len(c.owners) < maxOwners {
			c.owners = append(c.owners, hit.Owner)
		}
	}
}

// attempts is how many there were, those before we began to look included.
func (c *Call) attempts() int { return max(c.seen, c.last.Attempt) }

// end is how the call ended, as far as one can know.
func (c *Call) end(now time.Time) (how ending) {
	switch {
	case !c.last.Failed():
		return succeeded
	case c.max > 0 && c.last.Attempt >= c.max:
		return exhausted
	case !retryable(&c.last), c.last.InvocationID == "":
		return failed
	case now.Sub(c.heard) >= max(quiet, 3*c.lastGap):
		return silent
	}
	return open
}

type ending int

const (
	open      ending = iota // a further attempt may come
	succeeded               // at last
	failed                  // with an error that SDKs do not retry
	exhausted               // the client has made all its attempts
	silent                  // no further attempt came
)

// throttles are parts of the codes of client errors that SDKs retry.
var throttles = []string{"throttl", "toomanyrequests", "limitexceeded", "throughputexceeded", "slowdown", "requesttimeout", "requesttimetooskewed",
	"transactioninprogress", "priorrequestnotcomplete", "ec2throttled", "bandwidth", "expiredtoken"}

// retryable says whether SDKs try again after this answer.
func retryable(r *journal.Record) bool {
	if r.Status == 0 || r.Status >= 500 || r.Status == 429 || r.ClientGone {
		return true
	}
	code := strings.ToLower(r.Code)
	return slices.ContainsFunc(throttles, func(part string) bool { return strings.Contains(code, part) })
}

// Calls groups attempts into calls. What it remembers is bounded.
type Calls struct {
	// Wanted says which attempts make their call worth showing; nil: all.
	Wanted func(*journal.Record) bool

	calls []*Call // in the order of their last attempts, as far as they are open or remembered
	byID  map[string]*Call
}

// Add takes in an attempt, heard of now.
func (c *Calls) Add(r journal.Record, now time.Time) {
	c.add(r, now)
	if len(c.calls) > 2*maxRemembered {
		c.forget()
	}
}

// AddRecent takes in attempts of before, of which the last calls are to be shown, so many at most. They
// were heard of as long before now as they came before the latest of them.
func (c *Calls) AddRecent(attempts []journal.Record, last int, now time.Time) {
	for i := range attempts {
		c.add(attempts[i], now.Add(attempts[i].At.Sub(attempts[len(attempts)-1].At)))
	}
	for _, call := range slices.Backward(c.calls) {
		if call.wanted {
			last--
		}
		call.shown = call.shown || last < 0
	}
}

func (c *Calls) add(r journal.Record, now time.Time) {
	call := c.byID[r.InvocationID]
	if call == nil {
		call = &Call{}
		if c.byID == nil {
			c.byID = map[string]*Call{}
		}
		if r.InvocationID != "" {
			c.byID[r.InvocationID] = call
		}
	} else {
		c.calls = slices.DeleteFunc(c.calls, func(other *Call) bool { return other == call })
	}
	call.add(r, now)
	call.wanted = call.wanted || c.Wanted == nil || c.Wanted(&r)
	c.calls = append(c.calls, call)
}

// forget drops the oldest calls that were shown, and of the open ones what is beyond all measure.
func (c *Calls) forget() {
	surplus := len(c.calls) - maxRemembered
	c.calls = slices.DeleteFunc(c.calls, func(call *Call) bool {
		if surplus <= 0 || !call.shown && surplus <= maxRemembered/2 {
			return false
		}
		surplus--
		delete(c.byID, call.last.InvocationID)
		return true
	})
}

// Ended answers the wanted calls that have ended since it was asked last.
func (c *Calls) Ended(now time.Time) (ended []*Call) {
	for _, call := range c.calls {
		if !call.shown && call.end(now) != open {
			call.shown = true
			if call.wanted {
				ended = append(ended, call)
			}
		}
	}
	return ended
}

// Open answers the wanted calls that a further attempt may come of.
func (c *Calls) Open(now time.Time) (open []*Call) {
	for _, call := range c.calls {
		if !call.shown && call.wanted {
			open = append(open, call)
		}
	}
	return open
}
