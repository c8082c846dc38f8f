package dynamodb

import (
	"errors"
	"strings"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

const (
	mostActions      = 100
	transactionBytes = 4 << 20
	// transactional is how many times as much as others a transaction's reads and writes cost.
	transactional = 2
)

// The codes of cancellation reasons.
const (
	reasonNone        = "None"
	reasonDuplicate   = "DuplicateItem"
	reasonConditional = "ConditionalCheckFailed"
	reasonValidation  = "ValidationError"
	reasonThroughput  = "ProvisionedThroughputExceeded"
	reasonThrottling  = "ThrottlingError"
)

const (
	codeCanceled       = "TransactionCanceledException"
	codeMismatch       = "IdempotentParameterMismatchException"
	textSeveralActions = "Transaction request cannot include multiple operations on one item"
	textMismatch       = "DynamoDB rejected the request because you retried a request with a different payload but with an idempotent token that was already used."
	textTooMuch        = "The aggregate size of the items in the transaction exceeds the maximum allowed size of 4 MB"
)

// cancellation is what the error about a cancelled transaction carries: a reason for each action, in order.
type cancellation struct{ CancellationReasons []reason }

// reason says why an action did not go through; Code is None when it would have.
type reason struct {
	Item    rawJSON
	Code    string
	Message *string
}

// reasonOf is the reason that an error of one action is; ok is false for errors that are none, and for
// those that refuse the whole request.
func reasonOf(err error) (r reason, ok bool) {
	var e *aws.Error
	if !errors.As(err, &e) {
		return r, false
	}
	switch {
	case e.Code == codeConditional:
		r.Code = reasonConditional
		if failure, ok := e.Detail.(*conditionFailure); ok {
			r.Item = failure.Item
		}
	case e.Code == codeDuplicate:
		r.Code = reasonDuplicate
	case e.Code == codeThroughput:
		r.Code = reasonThroughput
	case e.Code == codeThrottling:
		r.Code = reasonThrottling
	case e.Code == "ValidationException" && !strings.HasPrefix(e.Message, textNotValid):
		r.Code = reasonValidation
	default:
		return r, false
	}
	r.Message = &e.Message
	return r, true
}

// reasons collects what became of a transaction's actions.
type reasons struct {
	list   []reason
	failed bool
}

func newReasons(actions int) *reasons {
	list := make([]reason, actions)
	for i := range list {
		list[i].Code = reasonNone
	}
	return &reasons{list: list}
}

// add takes the error of an action, nil for none. Its own error refuses the whole request.
func (r *reasons) add(i int, err error) error {
	if err == nil {
		return nil
	}
	why, ok := reasonOf(err)
	if !ok {
		return err
	}
	r.list[i], r.failed = why, true
	return nil
}

// err is the cancellation; nil when every action went through.
func (r *reasons) err() error {
	if !r.failed {
		return nil
	}
	codes := make([]string, len(r.list))
	for i := range r.list {
		codes[i] = r.list[i].Code
	}
	e := refused(codeCanceled, "Transaction cancelled, please refer cancellation reasons for specific reasons ["+strings.Join(codes, ", ")+"]")
	e.Detail = &cancellation{r.list}
	return e
}

// actionCount checks the number of a transaction's actions. A list that is too long is not echoed in full.
func (c *constraints) actionCount(count int, missing bool) {
	const path = "transactItems"
	switch {
	case missing:
		c.required(path, true)
	case count == 0:
		c.add(path, "[]", "Member must have length greater than or equal to 1")
	case count > mostActions:
		c.add(path, "[...]", "Member must have length less than or equal to 100")
	}
}

// hasKeyTwice tells whether two actions name one item by its key, as far as that shows without the tables.
func hasKeyTwice(tables []string, keys []item.Item) bool {
	for i := range keys {
		for j := range i {
			if keys[i] != nil && keys[j] != nil && tables[i] == tables[j] && item.EqualItems(keys[i], keys[j]) {
				return true
			}
		}
	}
	return false
}

// transactionCost is a table's part of the cost of a transaction, as answers say it.
func (c consumption) transactionCost(mode *string, name string, writes bool) *ConsumedCapacity {
	out := c.describe(mode, name)
	if out == nil {
		return nil
	}
	set := func(total *float64, reads, written **float64) {
		if writes {
			*written = new(*total)
		} else {
			*reads = new(*total)
		}
	}
	set(out.CapacityUnits, &out.ReadCapacityUnits, &out.WriteCapacityUnits)
	if out.Table != nil {
		set(out.Table.CapacityUnits, &out.Table.ReadCapacityUnits, &out.Table.WriteCapacityUnits)
	}
	for _, indexes := range []map[string]Capacity{out.GlobalSecondaryIndexes, out.LocalSecondaryIndexes} {
		for index, units := range indexes {
			set(units.CapacityUnits, &units.ReadCapacityUnits, &units.WriteCapacityUnits)
			indexes[index] = units
		}
	}
	return out
}

// times is a cost so many times over.
func (c consumption) times(n float64) consumption {
	out := consumption{table: c.table * n}
	for _, x := range c.indexes {
		out.indexes = append(out.indexes, indexUnits{x.index, x.units * n})
	}
	return out
}
