package dynamodb

import (
	"encoding/json"
	"time"

	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/services"
)

// Faults of what happens behind the calls.
const (
	// faultReplicationPaused keeps writes of a global table in their region; they go on when it ends.
	faultReplicationPaused = "replication-paused"
	// faultReplicationDelay makes replication take longer.
	faultReplicationDelay = "replication-delay"
	// faultStreamDelay keeps records back from GetRecords for a time.
	faultStreamDelay = "stream-delay"
	// faultStreamDuplicates lets GetRecords answer records twice.
	faultStreamDuplicates = "stream-duplicates"
)

func init() {
	operations.Fault(faultReplicationPaused, func(text json.RawMessage) (any, error) {
		var p struct{}
		return p, fault.ParseParameters(text, &p)
	})
	operations.Fault(faultReplicationDelay, parseDelay)
	streamOperations.Fault(faultStreamDelay, parseDelay)
	streamOperations.Fault(faultStreamDuplicates, func(text json.RawMessage) (any, error) {
		var p duplicates
		if err := fault.ParseParameters(text, &p); err != nil {
			return nil, err
		}
		if s := p.Share; s != nil && !(*s >= 0 && *s <= 100) {
			return nil, &fault.RuleError{Field: "share", Message: "a share is a percentage from 0 to 100"}
		}
		return p, nil
	})
}

// delayParameters are the parameters of delays: {"duration": "10s"}.
type delayParameters struct{ delay time.Duration }

func parseDelay(text json.RawMessage) (any, error) {
	var p struct {
		Duration *fault.Duration `json:"duration"`
	}
	if err := fault.ParseParameters(text, &p); err != nil {
		return nil, err
	}
	if p.Duration == nil || *p.Duration <= 0 {
		return nil, &fault.RuleError{Field: "duration", Message: "a duration above zero is needed, such as \"10s\""}
	}
	return delayParameters{time.Duration(*p.Duration)}, nil
}

// duplicates are the parameters of stream-duplicates.
type duplicates struct {
	// Share is the percentage of records that come twice; nil is all of them.
	Share *float64 `json:"share"`
}

// repeated is what GetRecords answers: as a rule the records as they are. Under stream-duplicates some
// are answered again behind the others, as a consumer sees that fails and begins anew.
func repeated(r *services.Request, records rawList) rawList {
	hit, ok := r.Faults.Hit(faultStreamDuplicates)
	if !ok {
		return records
	}
	share := 100.0
	if p, ok := hit.Parameters.(duplicates); ok && p.Share != nil {
		share = *p.Share
	}
	for i, record := range records {
		if hit.Chance(i, share) {
			records = append(records, record)
		}
	}
	return records
}
