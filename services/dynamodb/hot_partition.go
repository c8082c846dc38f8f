package dynamodb

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// faultHotPartition throttles what touches some partition keys, as AWS does when one of them gets more
// traffic than a partition takes: single calls fail, batches leave their items undone, transactions are cancelled.
const faultHotPartition = "hot-partition"

func init() {
	operations.Fault(faultHotPartition, func(text json.RawMessage) (any, error) {
		var p hotPartition
		if err := fault.ParseParameters(text, &p); err != nil {
			return nil, err
		}
		if s := p.Share; s != nil && !(*s >= 0 && *s <= 100) {
			return nil, &fault.RuleError{Field: "share", Message: fmt.Sprintf("%v is not a percentage from 0 to 100", *s)}
		}
		if r := p.PerSecond; r != nil && !(*r > 0) {
			return nil, &fault.RuleError{Field: "per_second", Message: "a rate above zero is needed; without one nothing gets through"}
		}
		return p, nil
	})
}

// hotPartition are the fault's parameters.
type hotPartition struct {
	// Key are the values of the partition keys that are hot, of the table or of a global index: strings, numbers
	// in canonical form, binaries in Base64. Without patterns all are.
	Key fault.Patterns `json:"key"`
	// Share is the percentage of these keys that are hot, the same ones each time; nil: all.
	Share *float64 `json:"share"`
	// PerSecond is how many capacity units a hot key takes in a second, for reads and for writes each; nil: none.
	PerSecond *float64 `json:"per_second"`
}

// limits are what the call's reads and writes have to keep to; nil for nothing.
func (s *Service) limits(r *services.Request) *throttle {
	hit, ok := r.Faults.Hit(faultHotPartition)
	if !ok {
		return s.throttle
	}
	p, _ := hit.Parameters.(hotPartition)
	return &throttle{clock: s.clock, hot: &p, below: s.throttle, taken: s.hot}
}

// isHot is whether a rule says so of the partition that a demand is for.
func (h *hotPartition) isHot(st *state, d demand) bool {
	space := len(st.space)
	if len(d.partition) < space+hashLength {
		return false
	}
	if h.Share != nil && keyShare(d.partition[space:]) >= *h.Share {
		return false
	}
	v, _, err := item.DecodeKey(d.partition[space+hashLength:])
	return err == nil && h.Key.Match(keyText(v))
}

// keyShare puts partition keys in an order of its own, evenly from 0 to 100.
func keyShare(hash []byte) float64 {
	n := uint64(0)
	for _, c := range hash[:hashLength] {
		n = n<<8 | uint64(c)
	}
	n *= 0x9e3779b97f4a7c15 // else the keys that a Scan meets first were the hot ones
	return float64(n) / math.MaxUint64 * 100
}

// checkHot throttles demands on hot partitions, or takes their units where a rate lets them through.
func (th *throttle) checkHot(st *state, writes bool, demands []demand) error {
	var taken []*bucket
	var units []float64
	if th.taken != nil {
		th.taken.mutex.Lock()
		defer th.taken.mutex.Unlock()
	}
	for _, d := range demands {
		if !th.hot.isHot(st, d) {
			continue
		}
		names := st.bucketNames(writes, d)
		n := names[len(names)-1]
		if th.hot.PerSecond == nil {
			return st.throttled(n, d.index, reasonKeyRange)
		}
		b := th.taken.bucket(n, limit{*th.hot.PerSecond, max(1, *th.hot.PerSecond)}, th.clock.Now())
		if b.tokens <= 0 {
			return st.throttled(n, d.index, reasonKeyRange)
		}
		taken, units = append(taken, b), append(units, d.units)
	}
	for i, b := range taken {
		b.tokens -= units[i]
	}
	return nil
}

// keyText is a key attribute's value as rules name it.
func keyText(v item.Value) string {
	if v.Type == item.B {
		return base64.StdEncoding.EncodeToString([]byte(v.Text))
	}
	return v.Text
}

// shortName is a table's name, also where a call gives its ARN.
func shortName(table string) string {
	if isTableARN(table) {
		return table[strings.LastIndexByte(table, '/')+1:]
	}
	return table
}
