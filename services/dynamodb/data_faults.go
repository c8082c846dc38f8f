package dynamodb

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/services"
)

// Faults of single calls that only a database can have.
const (
	// faultLostRace lets the condition of PutItem, UpdateItem and DeleteItem fail, as if another writer
	// had come first. Writes without a condition do not notice it.
	faultLostRace = "conditional-check-race"
	// faultShortPages ends the pages of Query and Scan after a few items, with a LastEvaluatedKey.
	faultShortPages = "short-pages"
	// faultCanceled cancels TransactWriteItems and TransactGetItems for reasons that the rule gives.
	faultCanceled = "transaction-canceled"
	// faultInProgress says of writing transactions with a ClientRequestToken that one with this token goes on still.
	faultInProgress = "transaction-in-progress"
)

func init() {
	for _, kind := range []string{faultLostRace, faultInProgress} {
		operations.Fault(kind, func(text json.RawMessage) (any, error) {
			var p struct{}
			return p, fault.ParseParameters(text, &p)
		})
	}
	operations.Fault(faultShortPages, func(text json.RawMessage) (any, error) {
		p := shortPages{Items: 1}
		if err := fault.ParseParameters(text, &p); err != nil {
			return nil, err
		}
		if p.Items < 1 {
			return nil, &fault.RuleError{Field: "items", Message: "a page has at least one item"}
		}
		return p, nil
	})
	operations.Fault(faultCanceled, parseCanceled)
}

// losesRace tells whether the call's condition is to fail whatever the item is.
func losesRace(r *services.Request) bool {
	_, hit := r.Faults.Hit(faultLostRace)
	return hit
}

// inProgress is the error that a rule wants of a transaction with this token; nil when none does.
func inProgress(r *services.Request, t *token) error {
	if t == nil {
		return nil
	}
	if _, hit := r.Faults.Hit(faultInProgress); !hit {
		return nil
	}
	return refused("TransactionInProgressException", "The transaction with the given request token is already in progress.")
}

// shortPages are the parameters of short-pages.
type shortPages struct {
	// Items is how many items a page evaluates; 1 where it is not given.
	Items int64 `json:"items"`
}

// shorten ends the page early when a rule says so.
func (rd *reading) shorten(r *services.Request) {
	hit, ok := r.Faults.Hit(faultShortPages)
	if !ok {
		return
	}
	if p, ok := hit.Parameters.(shortPages); ok && (rd.limit == 0 || p.Items < rd.limit) {
		rd.limit = p.Items
	}
}

// canceled are the parameters of transaction-canceled.
type canceled struct {
	// Reasons are the codes for the actions in order; actions beyond the list have None. Where the list is
	// not given, the first action has TransactionConflict.
	Reasons []string `json:"reasons"`
}

// textOfReason is what AWS says beside each code.
var textOfReason = map[string]string{
	reasonConditional:                 "The conditional request failed",
	"TransactionConflict":             "Transaction is ongoing for the item",
	"ItemCollectionSizeLimitExceeded": "Collection size exceeded.",
	reasonThroughput:                  "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.",
	reasonThrottling:                  "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly.",
	reasonValidation:                  "One or more parameter values were invalid.",
}

func parseCanceled(text json.RawMessage) (any, error) {
	p := canceled{Reasons: []string{"TransactionConflict"}}
	if err := fault.ParseParameters(text, &p); err != nil {
		return nil, err
	}
	some := false
	for _, code := range p.Reasons {
		known := textOfReason[code] != ""
		if !known && code != reasonNone {
			names := make([]string, 0, len(textOfReason))
			for name := range textOfReason {
				names = append(names, name)
			}
			slices.Sort(names)
			return nil, &fault.RuleError{Field: "reasons", Message: fmt.Sprintf("%q is no reason; there are None, %s", code, strings.Join(names, ", "))}
		}
		some = some || known
	}
	if !some {
		return nil, &fault.RuleError{Field: "reasons", Message: "a transaction is cancelled for at least one reason other than None"}
	}
	return p, nil
}

// canceledBy is the cancellation that a rule wants of a transaction of so many actions; nil when none does.
func canceledBy(r *services.Request, actions int) error {
	hit, ok := r.Faults.Hit(faultCanceled)
	if !ok {
		return nil
	}
	p, ok := hit.Parameters.(canceled)
	if !ok || actions == 0 {
		return nil
	}
	codes := p.Reasons[:min(len(p.Reasons), actions)]
	if !slices.ContainsFunc(codes, func(code string) bool { return code != reasonNone }) {
		// The reasons lie beyond this transaction's actions: its first takes the first of them.
		codes = p.Reasons[slices.IndexFunc(p.Reasons, func(code string) bool { return code != reasonNone }):][:1]
	}
	why := newReasons(actions)
	why.failed = true
	for i, code := range codes {
		if why.list[i].Code = code; code != reasonNone {
			why.list[i].Message = new(textOfReason[code])
		}
	}
	return why.err()
}
