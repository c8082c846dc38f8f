package dynamodb

import (
	"slices"
	"time"
)

const statusUpdating = "UPDATING"

const textOneOnline = "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table"

// indexUpdates checks the members of GlobalSecondaryIndexUpdates.
func (c *constraints) indexUpdates(updates []GlobalSecondaryIndexUpdate) {
	for i, u := range updates {
		path := member("globalSecondaryIndexUpdates", i)
		if u.Update != nil {
			c.indexName(path+".update.indexName", u.Update.IndexName)
			c.throughput(path+".update.provisionedThroughput", u.Update.ProvisionedThroughput)
		}
		if u.Create != nil {
			c.indexName(path+".create.indexName", u.Create.IndexName)
			c.keySchema(path+".create.keySchema", u.Create.KeySchema, mostKeyAttributes)
			c.projection(path+".create.projection", u.Create.Projection)
			c.throughput(path+".create.provisionedThroughput", u.Create.ProvisionedThroughput)
		}
		if u.Delete != nil {
			c.indexName(path+".delete.indexName", u.Delete.IndexName)
		}
	}
}

// indexThroughputs checks that updates of indexes say what to update, which only the older layer does here.
func (c *constraints) indexThroughputs(updates []GlobalSecondaryIndexUpdate) {
	for i, u := range updates {
		if u.Update != nil && u.Update.OnDemandThroughput == nil && u.Update.WarmThroughput == nil {
			c.required(member("globalSecondaryIndexUpdates", i)+".update.provisionedThroughput", u.Update.ProvisionedThroughput == nil)
		}
	}
}

// definitions checks the members of AttributeDefinitions.
func (c *constraints) definitions(definitions []AttributeDefinition) {
	for i := range definitions {
		d, path := &definitions[i], member("attributeDefinitions", i)
		c.required(path+".attributeName", d.AttributeName == nil)
		c.length(path+".attributeName", d.AttributeName, 1, 255)
		c.required(path+".attributeType", d.AttributeType == nil)
		c.oneOf(path+".attributeType", d.AttributeType, "B, N, S")
	}
}

func (u *GlobalSecondaryIndexUpdate) indexName() string {
	switch {
	case u.Create != nil:
		return *u.Create.IndexName
	case u.Delete != nil:
		return *u.Delete.IndexName
	}
	return *u.Update.IndexName
}

// checkIndexUpdates judges the updates as far as it can without the table.
func checkIndexUpdates(in *UpdateTableInput) error {
	online := 0
	var names []string
	for _, u := range in.GlobalSecondaryIndexUpdates {
		kinds := 0
		for _, given := range []bool{u.Update != nil, u.Create != nil, u.Delete != nil} {
			if given {
				kinds++
			}
		}
		switch {
		case kinds == 0:
			return invalidParameter("One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null")
		case kinds > 1:
			return invalidParameter("Only one of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete may be given")
		case slices.Contains(names, u.indexName()):
			return invalidParameter("Only one global secondary index update per index is allowed simultaneously. Index: " + u.indexName())
		case u.Update == nil:
			online++
		}
		names = append(names, u.indexName())
	}
	if online > 1 {
		return refused(codeLimit, textOneOnline)
	}
	if online == 0 {
		return nil
	}
	return checkBesideOnline(in)
}

// checkBesideOnline refuses what cannot change along with the creation or deletion of an index.
func checkBesideOnline(in *UpdateTableInput) error {
	creates := slices.ContainsFunc(in.GlobalSecondaryIndexUpdates, func(u GlobalSecondaryIndexUpdate) bool { return u.Create != nil })
	const alone = " modification must be the only operation in the request"
	switch {
	case in.ProvisionedThroughput != nil && in.BillingMode == nil:
		return invalid("You cannot create or delete index while updating table IOPS")
	case in.StreamSpecification != nil:
		return invalid("You cannot create or delete index while changing stream status")
	case in.DeletionProtectionEnabled != nil:
		return invalid("DeletionProtection" + alone)
	case in.SSESpecification != nil:
		return invalid("Server-Side Encryption" + alone)
	case in.TableClass != nil:
		return invalid("TableClass" + alone)
	case in.WarmThroughput != nil && creates:
		return invalid("Create global secondary index cannot be specified when updating WarmThroughput")
	}
	return nil
}

// isUpdating is whether an index of the table is being created or deleted.
func (d *descriptor) isUpdating() bool {
	return slices.ContainsFunc(d.GlobalSecondaryIndexes, func(x indexDescriptor) bool { return x.Status != "" })
}

// status is the table's state as descriptions show it.
func (d *descriptor) status() string {
	if d.isUpdating() {
		return statusUpdating
	}
	return active
}

// updateIndexes carries the updates out on a copy of the descriptor. Indexes that are created or deleted
// only get their state here: the work is buildIndexes'.
func updateIndexes(d *descriptor, in *UpdateTableInput, now time.Time) error {
	for _, u := range in.GlobalSecondaryIndexUpdates {
		var err error
		switch {
		case u.Create != nil:
			err = createIndex(d, in.AttributeDefinitions, u.Create)
		case u.Delete != nil:
			err = deleteIndex(d, *u.Delete.IndexName)
		default:
			err = updateIndex(d, u.Update, now)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func errNoIndex(name string) error {
	return refused(codeNotFound, "Requested resource not found: Index: "+name+" not found")
}

func deleteIndex(d *descriptor, name string) error {
	x := d.globalIndex(name)
	if x == nil {
		return errNoIndex(name)
	}
	x.Status = deleting
	return nil
}

func createIndex(d *descriptor, definitions []AttributeDefinition, in *CreateGlobalSecondaryIndexAction) error {
	c := schemaCheck{onDemand: d.BillingMode == payPerRequest, indexNames: map[string]bool{}, used: map[string]bool{}}
	for _, x := range slices.Concat(d.GlobalSecondaryIndexes, d.LocalSecondaryIndexes) {
		if x.Name == *in.IndexName {
			return invalid("Attempting to create an index which already exists")
		}
		c.projected += len(x.Projection.NonKeyAttributes)
	}
	// The keys must be defined here, even those that the table has a definition of.
	for _, a := range definitions {
		c.defined = append(c.defined, *a.AttributeName)
	}
	if err := d.define(definitions, in.KeySchema); err != nil {
		return err
	}
	if err := c.global(&GlobalSecondaryIndex{
		IndexName: in.IndexName, KeySchema: in.KeySchema, Projection: in.Projection, ProvisionedThroughput: in.ProvisionedThroughput,
	}); err != nil {
		return err
	}
	switch {
	case len(d.GlobalSecondaryIndexes) >= mostGlobal:
		return invalidParameter(textMostGlobal)
	case c.projected > mostProjected:
		return invalidParameter(textMostProjected)
	}
	number, ok := d.freeIndexNumber()
	if !ok {
		return refused(codeLimit, textOneOnline) // cannot be: at most 25 of 255 are taken
	}
	d.GlobalSecondaryIndexes = append(d.GlobalSecondaryIndexes, indexDescriptor{
		Name: *in.IndexName, Number: number, Status: creating, KeySchema: in.KeySchema, Projection: *in.Projection,
		Throughput: newThroughput(in.ProvisionedThroughput), OnDemandThroughput: in.OnDemandThroughput, WarmThroughput: in.WarmThroughput,
	})
	return nil
}

// define adds the definitions of the new index's keys that the table does not have yet. Other than CreateTable,
// UpdateTable does not mind definitions that nothing uses.
func (d *descriptor) define(definitions []AttributeDefinition, keys []KeySchemaElement) error {
	for i := range definitions {
		a := &definitions[i]
		old := definitionOf(d.AttributeDefinitions, *a.AttributeName)
		switch {
		case old != nil && *old.AttributeType != *a.AttributeType:
			return d.redefined(old, a)
		case old == nil && slices.ContainsFunc(keys, func(e KeySchemaElement) bool { return *e.AttributeName == *a.AttributeName }):
			d.AttributeDefinitions = append(d.AttributeDefinitions, *a)
		}
	}
	return nil
}

// redefined refuses to give an attribute another type.
func (d *descriptor) redefined(old, a *AttributeDefinition) error {
	use := keyTypeHash
	for _, x := range slices.Concat(d.LocalSecondaryIndexes, d.GlobalSecondaryIndexes, []indexDescriptor{{KeySchema: d.KeySchema}}) {
		for _, e := range x.KeySchema {
			if *e.AttributeName == *a.AttributeName {
				use = *e.KeyType
			}
		}
	}
	element := func(a *AttributeDefinition) string {
		return "Schema:[SchemaElement: key{" + *a.AttributeName + ":" + *a.AttributeType + ":" + use + "}]"
	}
	return invalidParameter("Attributes cannot be redefined. Please check that your attribute has the same type as previously defined. " +
		"Existing schema: " + element(old) + " New schema: " + element(a))
}

// definitionOf is the definition of an attribute, nil when there is none.
func definitionOf(definitions []AttributeDefinition, name string) *AttributeDefinition {
	i := slices.IndexFunc(definitions, func(a AttributeDefinition) bool { return *a.AttributeName == name })
	if i < 0 {
		return nil
	}
	return &definitions[i]
}

// keyNames are the attributes that the table and its indexes have as keys, each once.
func (d *descriptor) keyNames() []string {
	var names []string
	add := func(elements []KeySchemaElement) {
		for _, e := range elements {
			if !slices.Contains(names, *e.AttributeName) {
				names = append(names, *e.AttributeName)
			}
		}
	}
	add(d.KeySchema)
	for _, x := range slices.Concat(d.LocalSecondaryIndexes, d.GlobalSecondaryIndexes) {
		add(x.KeySchema)
	}
	return names
}

// freeIndexNumber is a number that no index has, the next if possible, so that a number comes back
// as late as can be. What a deleted index had under its number is gone before it leaves the descriptor.
func (d *descriptor) freeIndexNumber() (byte, bool) {
	taken := map[byte]bool{tableNumber: true}
	for _, x := range slices.Concat(d.GlobalSecondaryIndexes, d.LocalSecondaryIndexes) {
		taken[x.Number] = true
	}
	for i := range 255 {
		number := byte((int(d.LastIndex)+i)%255 + 1)
		if !taken[number] {
			d.LastIndex = number
			return number, true
		}
	}
	return 0, false
}

// dropIndex takes an index out of the descriptor, with the definitions that nothing uses any more.
func (d *descriptor) dropIndex(name string) {
	d.GlobalSecondaryIndexes = slices.DeleteFunc(d.GlobalSecondaryIndexes, func(x indexDescriptor) bool { return x.Name == name })
	used := d.keyNames()
	d.AttributeDefinitions = slices.DeleteFunc(d.AttributeDefinitions, func(a AttributeDefinition) bool {
		return !slices.Contains(used, *a.AttributeName)
	})
}
