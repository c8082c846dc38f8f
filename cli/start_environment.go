package cli

import (
	"encoding/json"
	"math"
	"strconv"

	"github.com/brownoutdev/brownout/control"
	"github.com/brownoutdev/brownout/fault"
)

// The operations that LocalStack's probabilities are about.
var (
	dynamodbReads  = fault.Patterns{"GetItem", "Query", "Scan", "TransactGetItems", "BatchGetItem"}
	dynamodbWrites = fault.Patterns{"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"} // and BatchWriteItem
)

// probabilityVariables are LocalStack's: for all operations, for those that read, for those that write.
var probabilityVariables = [...]string{"DYNAMODB_ERROR_PROBABILITY", "DYNAMODB_READ_ERROR_PROBABILITY", "DYNAMODB_WRITE_ERROR_PROBABILITY"}

// environmentRules are what LocalStack's variables DYNAMODB_*_PROBABILITY ask for. Where the general
// one and that for reads or writes are both set, the greater counts.
func (p *process) environmentRules() ([]fault.Rule, error) {
	var values [3]float64
	for i, name := range probabilityVariables {
		text := p.env(name)
		if text == "" {
			continue
		}
		value, err := strconv.ParseFloat(text, 64)
		if err != nil || !(value >= 0 && value <= 1) {
			return nil, usage("%s: %q is not a probability from 0 to 1", name, text)
		}
		values[i] = value
	}
	var rules []fault.Rule
	add := func(id string, operations fault.Patterns, share *float64, effect json.RawMessage) {
		rules = append(rules, fault.Rule{
			ID: id, Owner: control.OwnerEnv, Description: "from DYNAMODB_*_PROBABILITY in the server's environment",
			Match: fault.Match{Service: fault.Patterns{"dynamodb"}, Operation: operations}, When: fault.When{Share: share}, Effect: effect,
		})
	}
	exceeded := fault.ErrorWith("ProvisionedThroughputExceededException", 400,
		"The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API")
	if share := 100 * math.Max(values[0], values[1]); share > 0 {
		add("env-dynamodb-read", dynamodbReads, &share, exceeded)
	}
	if share := 100 * math.Max(values[0], values[2]); share > 0 {
		add("env-dynamodb-write", dynamodbWrites, &share, exceeded)
		// A batch does not fail: each of its items may be left undone.
		undone, err := json.Marshal(map[string]any{"kind": "unprocessed-items", "share": share})
		if err != nil {
			return nil, err
		}
		add("env-dynamodb-batch-write", fault.Patterns{"BatchWriteItem"}, nil, undone)
	}
	return rules, nil
}
