package dynamodb

import (
	"strconv"
	"strings"
)

// createTable checks all members but the table's name.
func (c *constraints) createTable(in *CreateTableInput) {
	c.required("attributeDefinitions", in.AttributeDefinitions == nil)
	c.definitions(in.AttributeDefinitions)
	c.keySchema("keySchema", in.KeySchema, 2)
	for i := range in.GlobalSecondaryIndexes {
		x, path := &in.GlobalSecondaryIndexes[i], member("globalSecondaryIndexes", i)
		c.indexName(path+".indexName", x.IndexName)
		c.keySchema(path+".keySchema", x.KeySchema, mostKeyAttributes)
		c.projection(path+".projection", x.Projection)
		c.throughput(path+".provisionedThroughput", x.ProvisionedThroughput)
	}
	for i := range in.LocalSecondaryIndexes {
		x, path := &in.LocalSecondaryIndexes[i], member("localSecondaryIndexes", i)
		c.indexName(path+".indexName", x.IndexName)
		c.keySchema(path+".keySchema", x.KeySchema, 2)
		c.projection(path+".projection", x.Projection)
	}
	c.oneOf("billingMode", in.BillingMode, "PROVISIONED, PAY_PER_REQUEST")
	c.throughput("provisionedThroughput", in.ProvisionedThroughput)
	c.streamSpecification(in.StreamSpecification)
	c.settings(in.SSESpecification, in.TableClass)
	for i := range in.Tags {
		tag, path := &in.Tags[i], member("tags", i)
		c.required(path+".key", tag.Key == nil)
		c.length(path+".key", tag.Key, 1, 128)
		c.required(path+".value", tag.Value == nil)
		c.length(path+".value", tag.Value, 0, 256)
	}
}

// member is the path of a list's element as AWS writes it, counted from 1.
func member(list string, i int) string { return list + "." + strconv.Itoa(i+1) + ".member" }

func (c *constraints) keySchema(path string, elements []KeySchemaElement, most int) {
	c.required(path, elements == nil)
	if elements != nil && len(elements) == 0 {
		c.add(path, "[]", "Member must have length greater than or equal to 1")
	}
	if len(elements) > most {
		c.add(path, listed(elements), "Member must have length less than or equal to "+strconv.Itoa(most))
	}
	for i := range elements {
		e, path := &elements[i], member(path, i)
		c.required(path+".attributeName", e.AttributeName == nil)
		c.length(path+".attributeName", e.AttributeName, 1, 255)
		c.required(path+".keyType", e.KeyType == nil)
		c.oneOf(path+".keyType", e.KeyType, "HASH, RANGE")
	}
}

// listed is a key schema as AWS's messages echo it.
func listed(elements []KeySchemaElement) string {
	texts := make([]string, len(elements))
	for i, e := range elements {
		texts[i] = "KeySchemaElement(attributeName=" + orNull(e.AttributeName) + ", keyType=" + orNull(e.KeyType) + ")"
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

func orNull(text *string) string {
	if text == nil {
		return "null"
	}
	return *text
}

func (c *constraints) indexName(path string, name *string) {
	c.required(path, name == nil)
	c.length(path, name, 3, 255)
	c.pattern(path, name)
}

func (c *constraints) projection(path string, p *Projection) {
	c.required(path, p == nil)
	if p == nil {
		return
	}
	c.oneOf(path+".projectionType", p.ProjectionType, "ALL, INCLUDE, KEYS_ONLY")
	if n := len(p.NonKeyAttributes); p.NonKeyAttributes != nil && (n < 1 || n > 20) {
		limit := "greater than or equal to 1"
		if n > 20 {
			limit = "less than or equal to 20"
		}
		c.add(path+".nonKeyAttributes", "["+strings.Join(p.NonKeyAttributes, ", ")+"]", "Member must have length "+limit)
	}
	for i := range p.NonKeyAttributes {
		c.length(member(path+".nonKeyAttributes", i), &p.NonKeyAttributes[i], 1, 255)
	}
}

func (c *constraints) throughput(path string, t *ProvisionedThroughput) {
	if t == nil {
		return
	}
	c.required(path+".readCapacityUnits", t.ReadCapacityUnits == nil)
	c.atLeast(path+".readCapacityUnits", t.ReadCapacityUnits, 1)
	c.required(path+".writeCapacityUnits", t.WriteCapacityUnits == nil)
	c.atLeast(path+".writeCapacityUnits", t.WriteCapacityUnits, 1)
}

func (c *constraints) settings(encryption *SSESpecification, class *string) {
	if encryption != nil {
		c.oneOf("sSESpecification.sSEType", encryption.SSEType, "AES256, KMS")
	}
	c.oneOf("tableClass", class, "STANDARD, STANDARD_INFREQUENT_ACCESS")
}
