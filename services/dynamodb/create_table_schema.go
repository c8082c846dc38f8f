package dynamodb

import (
	"slices"
	"strconv"
	"strings"
)

const (
	mostLocal     = 5
	mostGlobal    = 20
	mostProjected = 100
	mostUnits     = 1_000_000_000_000
	// A global index has up to four attributes of each kind in its key.
	mostOfKind        = 4
	mostKeyAttributes = 2 * mostOfKind

	textMostGlobal    = "GlobalSecondaryIndex count exceeds the per-table limit of 20"
	textMostProjected = "Number of NonKeyAttributes exceeds per-table limit of 100 across all indexes"
)

// checkSchema judges keys, indexes and billing of a new table as a whole, in AWS's order.
func checkSchema(in *CreateTableInput) error {
	onDemand := in.BillingMode != nil && *in.BillingMode == payPerRequest
	if err := checkBilling(onDemand, in.ProvisionedThroughput); err != nil {
		return err
	}
	c := schemaCheck{onDemand: onDemand, indexNames: map[string]bool{}, used: map[string]bool{}}
	for _, d := range in.AttributeDefinitions {
		if slices.Contains(c.defined, *d.AttributeName) {
			return invalidParameter("Duplicate attribute name: " + *d.AttributeName)
		}
		c.defined = append(c.defined, *d.AttributeName)
	}
	if len(in.KeySchema) > len(c.defined) {
		return invalid("Invalid KeySchema: Some index key attribute have no definition")
	}
	if err := c.keys(in.KeySchema); err != nil {
		return err
	}
	if in.LocalSecondaryIndexes == nil && in.GlobalSecondaryIndexes == nil && len(in.KeySchema) != len(c.defined) {
		return invalidParameter("Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions")
	}
	if err := c.locals(in); err != nil {
		return err
	}
	if err := c.globals(in); err != nil {
		return err
	}
	return c.all()
}

func checkBilling(onDemand bool, t *ProvisionedThroughput) error {
	switch {
	case onDemand && t != nil:
		return invalidParameter("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST")
	case onDemand:
		return nil
	case t == nil:
		return invalidParameter("ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED")
	}
	return checkUnits(t)
}

func checkUnits(t *ProvisionedThroughput) error {
	if *t.ReadCapacityUnits > mostUnits {
		return invalid("Given value " + strconv.FormatInt(*t.ReadCapacityUnits, 10) + " for ReadCapacityUnits is out of bounds")
	}
	if *t.WriteCapacityUnits > mostUnits {
		return invalid("Given value " + strconv.FormatInt(*t.WriteCapacityUnits, 10) + " for WriteCapacityUnits is out of bounds")
	}
	return nil
}

type schemaCheck struct {
	onDemand   bool
	defined    []string // in the order given
	keysUsed   []string
	used       map[string]bool
	indexNames map[string]bool
	projected  int
}

func (c *schemaCheck) keys(elements []KeySchemaElement) error {
	names := make([]string, len(elements))
	for i, e := range elements {
		names[i] = *e.AttributeName
		if !c.used[names[i]] {
			c.used[names[i]] = true
			c.keysUsed = append(c.keysUsed, names[i])
		}
	}
	for _, name := range names {
		if !slices.Contains(c.defined, name) {
			return invalidParameter("Some index key attributes are not defined in AttributeDefinitions. Keys: [" +
				strings.Join(names, ", ") + "], AttributeDefinitions: [" + strings.Join(c.defined, ", ") + "]")
		}
	}
	switch {
	case len(names) > 1 && names[0] == names[1]:
		return invalid("Both the Hash Key and the Range Key element in the KeySchema have the same name")
	case *elements[0].KeyType != keyTypeHash:
		return invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
	case len(elements) > 1 && *elements[1].KeyType != keyTypeRange:
		return invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")
	}
	return nil
}

func (c *schemaCheck) locals(in *CreateTableInput) error {
	indexes := in.LocalSecondaryIndexes
	if indexes == nil {
		return nil
	}
	switch {
	case len(indexes) == 0:
		return invalidParameter("List of LocalSecondaryIndexes is empty")
	case len(in.KeySchema) != 2:
		return invalidParameter("Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex")
	}
	tableHash := *in.KeySchema[0].AttributeName
	for _, x := range indexes {
		if err := c.keys(x.KeySchema); err != nil {
			return err
		}
		if len(x.KeySchema) != 2 {
			return invalidParameter("Index KeySchema does not have a range key for index: " + *x.IndexName)
		}
		if hash := *x.KeySchema[0].AttributeName; hash != tableHash {
			return invalidParameter("Index KeySchema does not have the same leading hash key as table KeySchema for index: " +
				*x.IndexName + ". index hash key: " + hash + ", table hash key: " + tableHash)
		}
		if err := c.index(*x.IndexName, x.Projection); err != nil {
			return err
		}
	}
	if len(indexes) > mostLocal {
		return invalidParameter("Number of LocalSecondaryIndexes exceeds per-table limit of 5")
	}
	return nil
}

func (c *schemaCheck) globals(in *CreateTableInput) error {
	indexes := in.GlobalSecondaryIndexes
	if indexes == nil {
		return nil
	}
	if len(indexes) == 0 {
		return invalidParameter("List of GlobalSecondaryIndexes is empty")
	}
	for i := range indexes {
		if err := c.global(&indexes[i]); err != nil {
			return err
		}
	}
	if len(indexes) > mostGlobal {
		return invalidParameter(textMostGlobal)
	}
	return nil
}

// global checks one global index.
func (c *schemaCheck) global(x *GlobalSecondaryIndex) error {
	check := c.keys
	if isMultiple(x.KeySchema) {
		check = c.multipleKeys
	}
	if err := check(x.KeySchema); err != nil {
		return err
	}
	if err := c.index(*x.IndexName, x.Projection); err != nil {
		return err
	}
	switch {
	case c.onDemand && x.ProvisionedThroughput != nil:
		return invalidParameter("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: " +
			*x.IndexName + " when BillingMode is PAY_PER_REQUEST")
	case !c.onDemand && x.ProvisionedThroughput == nil:
		return invalidParameter("ProvisionedThroughput must be specified for index: " + *x.IndexName)
	case !c.onDemand:
		return checkUnits(x.ProvisionedThroughput)
	}
	return nil
}

// isMultiple is whether a key has several attributes of one kind.
func isMultiple(elements []KeySchemaElement) bool {
	return len(elements) > 2 || len(elements) == 2 && *elements[0].KeyType == keyTypeHash && *elements[1].KeyType == keyTypeHash
}

// multipleKeys checks a key of up to four partition key attributes and then up to four sort key attributes.
func (c *schemaCheck) multipleKeys(elements []KeySchemaElement) error {
	hashes, ranges := 0, 0
	for i, e := range elements {
		if !slices.Contains(c.defined, *e.AttributeName) {
			return c.keys(elements) // has the words for it
		}
		if slices.ContainsFunc(elements[:i], func(o KeySchemaElement) bool { return *o.AttributeName == *e.AttributeName }) {
			return invalidParameter("Duplicate attribute name in KeySchema: " + *e.AttributeName)
		}
		switch {
		case *e.KeyType == keyTypeRange && hashes == 0:
			return invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
		case *e.KeyType == keyTypeRange:
			ranges++
		case ranges > 0:
			return invalid("Invalid KeySchema: HASH key attributes must be specified before RANGE key attributes")
		default:
			hashes++
		}
		if !c.used[*e.AttributeName] {
			c.used[*e.AttributeName] = true
			c.keysUsed = append(c.keysUsed, *e.AttributeName)
		}
	}
	if hashes > mostOfKind || ranges > mostOfKind {
		return invalid("Invalid KeySchema: The number of HASH or RANGE key attributes exceeds the limit of 4")
	}
	return nil
}

// index checks what both kinds of index have.
func (c *schemaCheck) index(name string, p *Projection) error {
	kind := orNull(p.ProjectionType)
	switch {
	case p.ProjectionType == nil:
		return invalidParameter("Unknown ProjectionType: null")
	case p.NonKeyAttributes != nil && kind != projectSome:
		return invalidParameter("ProjectionType is " + kind + ", but NonKeyAttributes is specified")
	case p.NonKeyAttributes == nil && kind == projectSome:
		return invalidParameter("ProjectionType is " + kind + ", but NonKeyAttributes is not specified")
	case c.indexNames[name]:
		return invalidParameter("Duplicate index name: " + name)
	}
	for i, attribute := range p.NonKeyAttributes {
		if slices.Contains(p.NonKeyAttributes[:i], attribute) {
			return invalidParameter("Duplicate attribute name in NonKeyAttributes: " + attribute)
		}
	}
	c.indexNames[name] = true
	c.projected += len(p.NonKeyAttributes)
	return nil
}

// all checks what only the sum of the table and its indexes shows.
func (c *schemaCheck) all() error {
	if c.projected > mostProjected {
		return invalidParameter(textMostProjected)
	}
	if len(c.used) != len(c.defined) {
		return invalidParameter("Some AttributeDefinitions are not used. AttributeDefinitions: [" +
			strings.Join(c.defined, ", ") + "], keys used: [" + strings.Join(c.keysUsed, ", ") + "]")
	}
	return nil
}
