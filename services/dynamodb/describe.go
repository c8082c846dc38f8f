package dynamodb

import (
	"strings"

	"github.com/brownoutdev/brownout/aws"
)

// What AWS says of the warm throughput of on-demand tables that ask for none.
const (
	warmReads  = 12000
	warmWrites = 4000
)

// describe is a table as DescribeTable shows it.
func (t *table) describe(st *state, sizes sizes) *TableDescription {
	d := st.descriptor
	arn := d.arn()
	out := &TableDescription{
		TableName: new(d.Name), TableStatus: new(d.status()), TableArn: &arn, TableId: new(d.ID),
		CreationDateTime: new(d.Created), KeySchema: d.KeySchema, AttributeDefinitions: d.AttributeDefinitions,
		ProvisionedThroughput: d.Throughput.describe(), BillingModeSummary: d.billingSummary(),
		ItemCount: new(sizes.table.items), TableSizeBytes: new(sizes.table.bytes),
		DeletionProtectionEnabled: new(d.DeletionProtection), OnDemandThroughput: d.OnDemandThroughput.describe(),
		SSEDescription: d.encryption(),
	}
	d.describeStream(out)
	d.describeReplicas(out)
	out.RestoreSummary = d.Restored
	reads, writes := warm(d.WarmThroughput, d.BillingMode, d.Throughput)
	out.WarmThroughput = &TableWarmThroughputDescription{ReadUnitsPerSecond: &reads, WriteUnitsPerSecond: &writes, Status: new(active)}
	if d.TableClass != "" {
		out.TableClassSummary = &TableClassSummary{TableClass: new(d.TableClass), LastUpdateDateTime: d.TableClassSince}
	}
	for i := range d.GlobalSecondaryIndexes {
		x := &d.GlobalSecondaryIndexes[i]
		out.GlobalSecondaryIndexes = append(out.GlobalSecondaryIndexes, x.describeGlobal(arn, d.BillingMode, sizes.of(st, x.Name)))
	}
	for i := range d.LocalSecondaryIndexes {
		x := &d.LocalSecondaryIndexes[i]
		size := sizes.of(st, x.Name)
		out.LocalSecondaryIndexes = append(out.LocalSecondaryIndexes, LocalSecondaryIndexDescription{
			IndexName: new(x.Name), KeySchema: x.KeySchema, Projection: &x.Projection,
			IndexArn: new(arn + "/index/" + x.Name), ItemCount: &size.items, IndexSizeBytes: &size.bytes,
		})
	}
	return out
}

func (x *indexDescriptor) describeGlobal(tableARN, billing string, size size) GlobalSecondaryIndexDescription {
	reads, writes := warm(x.WarmThroughput, billing, x.Throughput)
	status, backfilling := active, (*bool)(nil)
	if x.Status != "" {
		status = x.Status
	}
	if status == creating {
		backfilling = new(true)
	}
	return GlobalSecondaryIndexDescription{
		IndexName: new(x.Name), KeySchema: x.KeySchema, Projection: &x.Projection, IndexStatus: &status, Backfilling: backfilling,
		ProvisionedThroughput: x.Throughput.describe(), IndexArn: new(tableARN + "/index/" + x.Name),
		ItemCount: &size.items, IndexSizeBytes: &size.bytes, OnDemandThroughput: x.OnDemandThroughput.describe(),
		WarmThroughput: &GlobalSecondaryIndexWarmThroughputDescription{ReadUnitsPerSecond: &reads, WriteUnitsPerSecond: &writes, Status: new(active)},
	}
}

// describeDeleted is a table as DeleteTable shows it: without its schema.
func (t *table) describeDeleted(d *descriptor) *TableDescription {
	return &TableDescription{
		TableName: new(d.Name), TableStatus: new(deleting), TableArn: new(d.arn()), TableId: new(d.ID),
		ProvisionedThroughput: d.Throughput.describe(), BillingModeSummary: d.billingSummary(),
		ItemCount: new(int64(0)), TableSizeBytes: new(int64(0)), DeletionProtectionEnabled: new(false),
	}
}

// billingSummary is there for tables that are on demand, or were.
func (d *descriptor) billingSummary() *BillingModeSummary {
	if d.BillingMode != payPerRequest && d.PayPerRequestSince == nil {
		return nil
	}
	return &BillingModeSummary{BillingMode: new(d.BillingMode), LastUpdateToPayPerRequestDateTime: d.PayPerRequestSince}
}

// encryption is there only for keys of KMS; other tables are encrypted with AWS's own key, unsaid.
func (d *descriptor) encryption() *SSEDescription {
	spec := d.SSESpecification
	if spec == nil || spec.Enabled == nil || !*spec.Enabled {
		return nil
	}
	key := "alias/aws/dynamodb"
	if spec.KMSMasterKeyId != nil {
		key = *spec.KMSMasterKeyId
	}
	if !strings.HasPrefix(key, "arn:") {
		if !strings.HasPrefix(key, "alias/") {
			key = "key/" + key
		}
		key = aws.NewARN("kms", d.Region, d.Account, key).String()
	}
	kind := "KMS"
	if spec.SSEType != nil {
		kind = *spec.SSEType
	}
	return &SSEDescription{Status: new("ENABLED"), SSEType: &kind, KMSMasterKeyArn: &key}
}

func (t *throughput) describe() *ProvisionedThroughputDescription {
	return &ProvisionedThroughputDescription{
		ReadCapacityUnits: &t.Read, WriteCapacityUnits: &t.Write, NumberOfDecreasesToday: &t.Decreases,
		LastIncreaseDateTime: t.Increased, LastDecreaseDateTime: t.Decreased,
	}
}

// describe fills in -1, no limit, for what was not given.
func (o *OnDemandThroughput) describe() *OnDemandThroughput {
	if o == nil {
		return nil
	}
	out := *o
	if out.MaxReadRequestUnits == nil {
		out.MaxReadRequestUnits = new(int64(-1))
	}
	if out.MaxWriteRequestUnits == nil {
		out.MaxWriteRequestUnits = new(int64(-1))
	}
	return &out
}

func warm(asked *WarmThroughput, billing string, t throughput) (reads, writes int64) {
	reads, writes = t.Read, t.Write
	if billing == payPerRequest {
		reads, writes = warmReads, warmWrites
	}
	if asked != nil && asked.ReadUnitsPerSecond != nil {
		reads = *asked.ReadUnitsPerSecond
	}
	if asked != nil && asked.WriteUnitsPerSecond != nil {
		writes = *asked.WriteUnitsPerSecond
	}
	return reads, writes
}

// checkWarm refuses to cool a table: warm throughput only grows, from what every table of its kind has.
func checkWarm(asked, current *WarmThroughput, billing string, t throughput) error {
	reads, writes := warm(current, billing, t)
	const lower = " for WarmThroughput for table is lower than current WarmThroughput, decreasing WarmThroughput is not supported"
	switch {
	case asked.ReadUnitsPerSecond != nil && *asked.ReadUnitsPerSecond < reads:
		return invalidParameter("Requested ReadUnitsPerSecond" + lower)
	case asked.WriteUnitsPerSecond != nil && *asked.WriteUnitsPerSecond < writes:
		return invalidParameter("Requested WriteUnitsPerSecond" + lower)
	}
	return nil
}
