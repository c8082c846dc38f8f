package gateway

import (
	"container/list"
	"hash/maphash"
	"strings"
	"sync"
	"time"

	"github.com/brownoutdev/brownout/clock"
)

const (
	// mostAttempts is how many failed calls are remembered of clients that do not number their attempts.
	mostAttempts = 10_000
	// attemptsApart is how long after a failure an identical request still counts as its next attempt.
	attemptsApart = 5 * time.Minute
)

// attempts numbers the attempts of clients that do not say: an identical request that comes after a
// failure is the next attempt of the same call. It is kept only while a rule asks.
type attempts struct {
	seed  maphash.Seed
	mutex sync.Mutex
	known map[uint64]*list.Element
	order list.List // of failure, the oldest first
}

// failure is a call that failed.
type failure struct {
	key     uint64
	attempt int
	at      time.Time // real time
}

func newAttempts() *attempts {
	return &attempts{seed: maphash.MakeSeed(), known: map[uint64]*list.Element{}}
}

// key tells identical requests: what is signed anew for each attempt is left out.
func (a *attempts) key(x *exchange) uint64 {
	var h maphash.Hash
	h.SetSeed(a.seed)
	c := &x.call
	for _, part := range [...]string{c.Service, c.Operation, c.Region, c.AccessKey, x.r.Method, x.r.Host, x.r.URL.Path, unsigned(x.r.URL.RawQuery)} {
		_, _ = h.WriteString(part) // never fails
		_ = h.WriteByte(0)
	}
	_, _ = h.Write(x.body)
	return h.Sum64()
}

// unsigned is a query string without what presigning adds.
func unsigned(query string) string {
	if !strings.Contains(query, "X-Amz-Signature") {
		return query
	}
	var kept strings.Builder
	for part := range strings.SplitSeq(query, "&") {
		if !strings.HasPrefix(part, "X-Amz-") {
			kept.WriteString(part + "&")
		}
	}
	return kept.String()
}

// next is the number of a request that begins.
func (a *attempts) next(key uint64) int {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if e := a.known[key]; e != nil {
		if f := e.Value.(failure); (clock.Real{}).Now().Sub(f.at) < attemptsApart {
			return f.attempt + 1
		}
	}
	return 1
}

// ended remembers a request that failed and forgets one that did not.
func (a *attempts) ended(key uint64, attempt int, failed bool) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if e := a.known[key]; e != nil {
		a.order.Remove(e)
		delete(a.known, key)
	}
	if !failed {
		return
	}
	a.known[key] = a.order.PushBack(failure{key, attempt, clock.Real{}.Now()})
	if a.order.Len() > mostAttempts {
		delete(a.known, a.order.Remove(a.order.Front()).(failure).key)
	}
}

// clear forgets everything: no rule asks any more.
func (a *attempts) clear() {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if len(a.known) > 0 {
		clear(a.known)
		a.order.Init()
	}
}
