package dynamodb

import (
	"encoding/binary"
	"maps"
	"sync"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

const (
	// burstSeconds is how many seconds' worth of unused capacity a table or an index saves up.
	burstSeconds = 300
	// What one partition key's items take in a second, whatever the table's capacity is.
	partitionReads  = 3000
	partitionWrites = 1000
	// mostBuckets is from how many buckets on the idle ones are thrown away: a full bucket says no more
	// than a new one.
	mostBuckets = 1 << 14
)

// reasonKeyRange ends the reason of what is too much for one partition.
const reasonKeyRange = "KeyRangeThroughputExceeded"

const (
	textTableThroughput = "The level of configured provisioned throughput for the table was exceeded. " +
		"Consider increasing your provisioning level with the UpdateTable API."
	textIndexThroughput = "The level of configured provisioned throughput for one or more global secondary indexes of the table was exceeded. " +
		"Consider increasing your provisioning level for the under-provisioned global secondary indexes with the UpdateTable API."
	textOnDemandThroughput = "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index " +
		"so please try again shortly. If exceptions persist, check if you have a hot key: " +
		"https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html"
)

// throttle keeps tables and indexes to their capacity, by token buckets. A call is let through while its
// buckets are not empty, and may leave them in debt: what it costs shows only when it is done.
type throttle struct {
	clock   clock.Clock
	mutex   sync.Mutex
	buckets map[bucketName]*bucket

	// hot is a rule that makes partitions hot, whose buckets are in taken; below is what applies besides. They are set in
	// a throttle that is for one call, which has no buckets of its own.
	hot   *hotPartition
	taken *throttle
	below *throttle
}

type bucketName struct {
	table     uint32
	index     byte
	writes    bool
	partition uint64
	// whole is true for all of the table or index, false for one partition of it.
	whole bool
}

// bucket had so many tokens at a time.
type bucket struct {
	tokens float64
	at     time.Time
	limit
}

// limit is how many tokens come in a second, and how many there can be.
type limit struct{ rate, most float64 }

func newThrottle(c clock.Clock) *throttle {
	return &throttle{clock: c, buckets: map[bucketName]*bucket{}}
}

// demand is what a call wants of a table or an index.
type demand struct {
	index *index // nil: the table
	// partition is the storage key of what is read or written; nil for a Scan, which meets them all.
	partition []byte
	units     float64
}

// spend takes the demands' units from all the buckets that they need, or takes nothing and answers AWS's
// error about the first that is empty. Nil throttles let everything pass.
func (th *throttle) spend(st *state, writes bool, demands ...demand) error {
	if th == nil {
		return nil
	}
	if th.hot != nil {
		if err := th.checkHot(st, writes, demands); err != nil {
			return err
		}
		return th.below.spend(st, writes, demands...)
	}
	th.mutex.Lock()
	defer th.mutex.Unlock()
	now := th.clock.Now()
	for _, d := range demands {
		if err := th.check(st, writes, d, now); err != nil {
			return err
		}
	}
	for _, d := range demands {
		for _, n := range st.bucketNames(writes, d) {
			if b := th.buckets[n]; b != nil {
				b.tokens -= d.units
			}
		}
	}
	return nil
}

// check fills the buckets up to now.
func (th *throttle) check(st *state, writes bool, d demand, now time.Time) error {
	for _, n := range st.bucketNames(writes, d) {
		limit, reason := st.limitOf(n, d.index)
		if limit.rate == 0 {
			continue
		}
		if th.bucket(n, limit, now).tokens <= 0 {
			return st.throttled(n, d.index, reason)
		}
	}
	return nil
}

func (th *throttle) bucket(n bucketName, l limit, now time.Time) *bucket {
	b := th.buckets[n]
	if b == nil {
		if len(th.buckets) >= mostBuckets {
			maps.DeleteFunc(th.buckets, func(_ bucketName, b *bucket) bool { return b.fill(now) >= b.most })
		}
		b = &bucket{tokens: l.most, at: now, limit: l}
		th.buckets[n] = b
	}
	b.limit = l
	b.fill(now)
	return b
}

func (b *bucket) fill(now time.Time) float64 {
	if passed := now.Sub(b.at).Seconds(); passed > 0 {
		b.tokens = min(b.most, b.tokens+passed*b.rate)
	}
	b.tokens, b.at = min(b.most, b.tokens), now
	return b.tokens
}

// bucketNames are the buckets of a demand: all of the table or index, and the partition. Local indexes
// draw on their table.
func (st *state) bucketNames(writes bool, d demand) []bucketName {
	n := bucketName{table: st.descriptor.Number, writes: writes, whole: true}
	space := len(st.space)
	if d.index != nil && d.index.global {
		n.index = d.index.number
	}
	names := []bucketName{n}
	if len(d.partition) >= space+hashLength {
		n.whole, n.partition = false, binary.BigEndian.Uint64(d.partition[space:])
		names = append(names, n)
	}
	return names
}

// limitOf is a bucket's limit, and what AWS calls going beyond it. The zero limit is none.
func (st *state) limitOf(n bucketName, x *index) (l limit, reason string) {
	if !n.whole {
		l.rate = partitionReads
		if n.writes {
			l.rate = partitionWrites
		}
		l.most = l.rate
		return l, reasonKeyRange
	}
	capacity, onDemand := st.descriptor.Throughput, st.descriptor.OnDemandThroughput
	if n.index != tableNumber {
		d := st.descriptor.globalIndex(x.name)
		capacity, onDemand = d.Throughput, d.OnDemandThroughput
	}
	units, seconds := capacity.Read, burstSeconds
	if n.writes {
		units = capacity.Write
	}
	reason = "ProvisionedThroughputExceeded"
	if st.descriptor.BillingMode == payPerRequest {
		units, seconds, reason = onDemand.most(n.writes), 1, "MaxOnDemandThroughputExceeded"
	}
	l.rate = float64(units)
	l.most = l.rate * float64(seconds)
	return l, reason
}

// most is the maximum that an on-demand table was given; 0 for none.
func (o *OnDemandThroughput) most(writes bool) int64 {
	switch {
	case o == nil:
	case writes && o.MaxWriteRequestUnits != nil:
		return max(0, *o.MaxWriteRequestUnits)
	case !writes && o.MaxReadRequestUnits != nil:
		return max(0, *o.MaxReadRequestUnits)
	}
	return 0
}

// throttled is AWS's error.
func (st *state) throttled(n bucketName, x *index, reason string) *aws.Error {
	what, resource, message := "Table", st.descriptor.arn(), textTableThroughput
	if n.index != tableNumber {
		what, resource, message = "Index", resource+"/index/"+x.name, textIndexThroughput
	}
	code := codeThroughput
	if st.descriptor.BillingMode == payPerRequest {
		code, message = codeThrottling, textOnDemandThroughput
	}
	direction := "Read"
	if n.writes {
		direction = "Write"
	}
	e := refused(code, message)
	e.Detail = &throttling{[]ThrottlingReason{{Reason: new(what + direction + reason), Resource: &resource}}}
	return e
}

// throttling is what the error carries besides its message.
type throttling struct{ ThrottlingReasons []ThrottlingReason }

// spendRead is spend for one read.
func (th *throttle) spendRead(st *state, x *index, partition []byte, units float64) error {
	if th == nil {
		return nil
	}
	return th.spend(st, false, demand{x, partition, units})
}

// spendWrite is spend for a write that has been performed and not yet committed: times is how many times
// its units it costs.
func (th *throttle) spendWrite(st *state, p *pending, times float64) error {
	if th == nil {
		return nil
	}
	demands := []demand{{nil, p.key, float64(p.effect.units) * times}}
	for i, x := range p.effect.indexes {
		if x.units > 0 {
			demands = append(demands, demand{st.indexes[i], x.partition, float64(x.units) * times})
		}
	}
	return th.spend(st, true, demands...)
}

// refuses is the error about a write of a batch that would be throttled, as far as that shows before it
// is performed: it is nil for the item that is to be deleted.
func (th *throttle) refuses(st *state, key []byte, it item.Item) error {
	if th == nil {
		return nil
	}
	demands := []demand{{nil, key, 0}}
	for _, x := range st.indexes {
		if !x.global {
			continue
		}
		if entry, ok := st.entryKey(x, it); ok {
			demands = append(demands, demand{x, entry, 0})
		}
	}
	return th.spend(st, true, demands...)
}

// owe takes what a write of a batch costs, also from buckets that are empty: it was let through.
func (th *throttle) owe(st *state, p *pending) {
	if th == nil {
		return
	}
	if th.hot != nil {
		th.below.owe(st, p)
		return
	}
	th.mutex.Lock()
	defer th.mutex.Unlock()
	now := th.clock.Now()
	th.take(st, demand{nil, p.key, float64(p.effect.units)}, now)
	for i, x := range p.effect.indexes {
		if x.units > 0 {
			th.take(st, demand{st.indexes[i], x.partition, float64(x.units)}, now)
		}
	}
}

func (th *throttle) take(st *state, d demand, now time.Time) {
	for _, n := range st.bucketNames(true, d) {
		if l, _ := st.limitOf(n, d.index); l.rate > 0 {
			th.bucket(n, l, now).tokens -= d.units
		}
	}
}

// page takes what a page of a Query or Scan costs.
func (th *throttle) page(rd *reading, p *page, partition []byte) error {
	if th == nil {
		return nil
	}
	units := demand{rd.index, partition, readUnits(p.bytes, rd.consistent)}
	if p.fetched == 0 {
		return th.spend(rd.st, false, units)
	}
	return th.spend(rd.st, false, units, demand{nil, nil, p.fetched})
}
