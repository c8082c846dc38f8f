package dynamodb

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/brownoutdev/brownout/aws"
)

// constraints collects what is wrong with the members of an input by the model's constraints. AWS
// reports all of them in one message, before it looks at anything else.
type constraints struct {
	found []string
	// metricsFirst is that the older words report returnItemCollectionMetrics before returnValues.
	metricsFirst bool
	// more checks what an operation has beyond what it shares with others; nil for nothing.
	more func(*constraints)
}

// err is the message about all that was found; nil when that is nothing.
func (c *constraints) err() error {
	if len(c.found) == 0 {
		return nil
	}
	return c.message()
}

func (c *constraints) message() *aws.Error {
	noun := " validation errors detected: "
	if len(c.found) == 1 {
		noun = " validation error detected: "
	}
	return invalid(strconv.Itoa(len(c.found)) + noun + strings.Join(c.found, "; "))
}

// add reports a member in the words of the older generation, which today's keeps for most members.
func (c *constraints) add(path, value, constraint string) {
	c.found = append(c.found, "Value '"+value+"' at '"+path+"' failed to satisfy constraint: "+constraint)
}

// addToday reports a member in the words that today's generation has for some: no value, and the
// member's name as it is on the wire.
func (c *constraints) addToday(path, constraint string) {
	c.found = append(c.found, "Value at '"+path+"' failed to satisfy constraint: "+constraint)
}

func (c *constraints) required(path string, missing bool) {
	if missing {
		c.found = append(c.found, "Value null at '"+path+"' failed to satisfy constraint: Member must not be null")
	}
}

// oneOf checks an enumeration; set is the values as AWS lists them: "INDEXES, TOTAL, NONE".
func (c *constraints) oneOf(path string, value *string, set string) {
	if value != nil && !inSet(*value, set) {
		c.add(path, *value, "Member must satisfy enum value set: ["+set+"]")
	}
}

func inSet(value, set string) bool {
	for name := range strings.SplitSeq(set, ", ") {
		if name == value {
			return true
		}
	}
	return false
}

// length checks the length of a string; max 0 means none.
func (c *constraints) length(path string, value *string, least, most int) {
	if value == nil {
		return
	}
	n := utf8.RuneCountInString(*value)
	if n < least {
		c.add(path, *value, "Member must have length greater than or equal to "+strconv.Itoa(least))
	}
	if most > 0 && n > most {
		c.add(path, *value, "Member must have length less than or equal to "+strconv.Itoa(most))
	}
}

func (c *constraints) atLeast(path string, value *int64, least int64) {
	if value != nil && *value < least {
		c.add(path, strconv.FormatInt(*value, 10), "Member must have value greater than or equal to "+strconv.FormatInt(least, 10))
	}
}

func (c *constraints) atMost(path string, value *int64, most int64) {
	if value != nil && *value > most {
		c.add(path, strconv.FormatInt(*value, 10), "Member must have value less than or equal to "+strconv.FormatInt(most, 10))
	}
}

const (
	namePattern   = "[a-zA-Z0-9_.-]+"
	textPattern   = "Member must satisfy regular expression pattern: " + namePattern
	enumCapacity  = "INDEXES, TOTAL, NONE"
	enumMetrics   = "SIZE, NONE"
	enumOnFailure = "ALL_OLD, NONE"
	enumValues    = "ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW"
	enumSelect    = "SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES"
)

func (c *constraints) pattern(path string, value *string) {
	if value != nil && *value != "" && !isName(*value) {
		c.add(path, *value, textPattern)
	}
}

// isName tells whether text is one or more of the characters of table and index names.
func isName(text string) bool {
	for i := range len(text) {
		switch c := text[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '.', c == '-':
		default:
			return false
		}
	}
	return text != ""
}

// dataTable checks the TableName of a data operation, which may be an ARN. stop is true for an
// empty one: today's generation then looks at nothing else.
func (c *constraints) dataTable(v voice, name *string) (stop bool) {
	switch {
	case name == nil:
		c.required("tableName", true)
	case *name == "" && v != older:
		c.addToday("TableName", "Member must have length greater than or equal to 1")
		return true
	case isTableARN(*name):
		c.length("tableName", name, 1, 1024)
	default:
		c.length("tableName", name, 1, 255)
		c.pattern("tableName", name)
	}
	return false
}

// controlTable checks the TableName of DescribeTable, UpdateTable and DeleteTable.
func (c *constraints) controlTable(name *string) {
	switch {
	case name == nil:
		c.required("tableName", true)
	case isTableARN(*name):
		c.length("tableName", name, 1, 1024)
	default:
		c.length("tableName", name, 3, 255)
		c.pattern("tableName", name)
	}
}

const textReturnValues = "Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]"

// first is the message about one fault only: this one, where it was found, else the first.
func (c *constraints) first(text string) error {
	if slices.Contains(c.found, text) {
		c.found[0] = text
	}
	c.found = c.found[:1]
	return c.err()
}

// returns are the enumerations that most data operations share; nil members are not looked at.
type returns struct {
	capacity, values, metrics, onFailure *string
}

// returns checks them in the order in which AWS reports them.
func (c *constraints) returns(v voice, r returns) {
	c.oneOf("returnConsumedCapacity", r.capacity, enumCapacity)
	if r.values != nil && !inSet(*r.values, enumValues) {
		if v == enveloped {
			// Today's generation names no member here, and misspells a value.
			c.found = append(c.found, textReturnValues)
		} else {
			c.oneOf("returnValues", r.values, enumValues)
		}
	}
	c.oneOf("returnItemCollectionMetrics", r.metrics, enumMetrics)
	c.oneOf("returnValuesOnConditionCheckFailure", r.onFailure, enumOnFailure)
}

// single checks what PutItem, UpdateItem and DeleteItem have in common. missing is true when the
// member called path, which is required, is not there.
func (c *constraints) single(v voice, table *string, path string, missing bool, r returns) error {
	if v == older {
		c.olderSingle(table, path, missing, r)
		return c.err()
	}
	if c.dataTable(v, table) {
		return c.err()
	}
	c.required(path, missing)
	c.returns(v, r)
	c.rest()
	return c.err()
}

// olderSingle is single in the order of the older layer.
func (c *constraints) olderSingle(table *string, path string, missing bool, r returns) {
	c.oneOf("returnConsumedCapacity", r.capacity, enumCapacity)
	c.dataTable(older, table)
	if path == "item" {
		c.required(path, missing)
		c.rest()
	}
	if c.metricsFirst {
		c.oneOf("returnItemCollectionMetrics", r.metrics, enumMetrics)
	}
	c.oneOf("returnValues", r.values, enumValues)
	if !c.metricsFirst {
		c.oneOf("returnItemCollectionMetrics", r.metrics, enumMetrics)
	}
	if path != "item" {
		c.required(path, missing)
		c.rest()
	}
	c.oneOf("returnValuesOnConditionCheckFailure", r.onFailure, enumOnFailure)
}

func (c *constraints) rest() {
	if c.more != nil {
		c.more(c)
	}
}
