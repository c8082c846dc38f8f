package gateway

import (
	"github.com/brownoutdev/brownout/journal"
)

// record tells the journal of the call, once, when its answer is known and before its last byte is
// sent: whoever has the answer finds the call in the journal.
func (x *exchange) record(status int, code string, bytesOut int64) {
	if x.gateway.Journal == nil {
		return
	}
	call := &x.call
	r := journal.Record{
		At: call.At, ID: call.ID, Service: call.Service, Operation: call.Operation, Region: call.Region,
		Account: call.Account, AccessKey: call.AccessKey, Caller: call.CallerARN,
		Status: status, Code: code, InjectedError: x.injectedError, Rules: x.hits(),
		InvocationID: call.InvocationID, Attempt: call.Attempt, MaxAttempts: call.MaxAttempts, EstimatedAttempt: call.EstimatedAttempt,
		BytesIn: x.bytesIn(), BytesOut: bytesOut,
		Total: x.took, Injected: x.injected, Upstream: x.upstream,
		Others: call.Others, ClientGone: status == statusClientGone,
	}
	if r.ClientGone {
		r.Code = ""
	}
	r.Work = max(0, r.Total-r.Injected-r.Upstream)
	x.gateway.Journal.Add(&r)
}

// hits are the rules that hit, as the journal has them.
func (x *exchange) hits() []journal.Hit {
	if !x.plan.Hit() {
		return nil
	}
	all := x.plan.Hits()
	hits := make([]journal.Hit, len(all))
	for i, hit := range all {
		hits[i] = journal.Hit(hit)
	}
	return hits
}

// bytesIn is the size of the request's body: what was read of it, or what a stream's length was said to be.
func (x *exchange) bytesIn() int64 {
	if x.body == nil || x.partial {
		sent := int64(len(x.body))
		if x.upload != nil {
			sent += x.upload.count.Load()
		}
		return max(sent, x.r.ContentLength)
	}
	return int64(len(x.body))
}
