package dynamodb

import (
	"bytes"
	"context"
	"slices"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
	"github.com/brownoutdev/brownout/store"
)

func init() {
	services.Add(&operations, "RestoreTableFromBackup", (*Service).restoreTableFromBackup)
}

// restoreItems is how many items a restore writes in one transaction.
const restoreItems = 500

// restoreTableFromBackup makes a table from a backup. As on AWS the new table has the items, the keys, the
// indexes and the capacity of the old one, and none of its streams, TTL, tags and policies. It is complete
// when the call is answered; the answer says CREATING all the same, as AWS does.
func (s *Service) restoreTableFromBackup(r *services.Request, in *RestoreTableFromBackupInput) (*RestoreTableFromBackupOutput, error) {
	if err := checkRestore(r.Call, in); err != nil {
		return nil, err
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	b, err := s.backup(r.Call, in.BackupArn)
	if err != nil {
		return nil, err
	}
	name, _ := resolve(r.Call, *in.TargetTableName)
	if (*s.tables.Load())[name] != nil {
		return nil, refused(codeTableExists, "Table already exists: "+name.name)
	}
	d, err := s.restored(b, name, in)
	if err != nil {
		return nil, err
	}
	t, err := s.addRestored(r, d, b)
	if err != nil {
		return nil, err
	}
	st := t.state.Load()
	out := t.describe(st, t.load(st))
	out.TableStatus = new(creating)
	summary := *d.Restored
	summary.RestoreInProgress = new(true)
	out.RestoreSummary = &summary
	return &RestoreTableFromBackupOutput{TableDescription: out}, nil
}

func checkRestore(call *aws.Call, in *RestoreTableFromBackupInput) error {
	var c constraints
	c.required("targetTableName", in.TargetTableName == nil)
	c.length("targetTableName", in.TargetTableName, 3, 255)
	c.pattern("targetTableName", in.TargetTableName)
	c.required("backupArn", in.BackupArn == nil)
	c.length("backupArn", in.BackupArn, 37, 1024)
	c.oneOf("billingModeOverride", in.BillingModeOverride, "PROVISIONED, PAY_PER_REQUEST")
	c.throughput("provisionedThroughputOverride", in.ProvisionedThroughputOverride)
	for i := range in.GlobalSecondaryIndexOverride {
		x, path := &in.GlobalSecondaryIndexOverride[i], member("globalSecondaryIndexOverride", i)
		c.indexName(path+".indexName", x.IndexName)
		c.throughput(path+".provisionedThroughput", x.ProvisionedThroughput)
	}
	for i := range in.LocalSecondaryIndexOverride {
		c.indexName(member("localSecondaryIndexOverride", i)+".indexName", in.LocalSecondaryIndexOverride[i].IndexName)
	}
	c.settings(in.SSESpecificationOverride, nil)
	if err := c.err(); err != nil {
		return err
	}
	switch mode := in.BillingModeOverride; {
	case is(mode, payPerRequest) && in.ProvisionedThroughputOverride != nil:
		return invalid("Invalid Request: Cannot override ProvisionedThroughput if BillingMode is overridden to PAY_PER_REQUEST")
	case is(mode, provisioned) && in.ProvisionedThroughputOverride == nil:
		return invalid("Invalid Request: Must override ProvisionedThroughput if BillingMode is overridden to PROVISIONED")
	}
	return nil
}

// restored is the descriptor of the table that a restore makes.
func (s *Service) restored(b *backup, name tableName, in *RestoreTableFromBackupInput) (*descriptor, error) {
	d, err := b.Table.copy()
	if err != nil {
		return nil, err
	}
	now := s.now()
	d.Number, d.Account, d.Region, d.Name, d.ID, d.Created = s.lastNumber+1, name.account, name.region, name.name, s.ids.UUID(), now
	d.Tags, d.DeletionProtection = nil, false
	d.TableClass, d.TableClassSince = "", nil
	d.options = options{Restored: &RestoreSummary{
		SourceBackupArn: new(b.arn()), SourceTableArn: new(b.Table.arn()), RestoreDateTime: &b.Created, RestoreInProgress: new(false),
	}}
	if in.SSESpecificationOverride != nil {
		d.SSESpecification = in.SSESpecificationOverride
	}
	if in.OnDemandThroughputOverride != nil {
		d.OnDemandThroughput = in.OnDemandThroughputOverride
	}
	if in.BillingModeOverride != nil && *in.BillingModeOverride != d.BillingMode {
		if d.BillingMode = *in.BillingModeOverride; d.BillingMode == payPerRequest {
			d.PayPerRequestSince, d.Throughput = &now, throughput{}
		}
	}
	if in.ProvisionedThroughputOverride != nil {
		if d.BillingMode != provisioned {
			return nil, invalid("Invalid Request: Cannot override ProvisionedThroughput unless BillingMode is PROVISIONED")
		}
		d.Throughput = newThroughput(in.ProvisionedThroughputOverride)
	}
	if err := d.restoreIndexes(in); err != nil {
		return nil, err
	}
	return d, nil
}

// restoreIndexes leaves those indexes that the overrides have, where there are any, with their capacity,
// and only the attribute definitions that are still needed.
func (d *descriptor) restoreIndexes(in *RestoreTableFromBackupInput) error {
	wanted := map[string]*ProvisionedThroughput{}
	for i := range in.GlobalSecondaryIndexOverride {
		wanted[*in.GlobalSecondaryIndexOverride[i].IndexName] = in.GlobalSecondaryIndexOverride[i].ProvisionedThroughput
	}
	d.finishIndexes()
	if err := keepIndexes(&d.GlobalSecondaryIndexes, wanted, in.GlobalSecondaryIndexOverride != nil); err != nil {
		return err
	}
	for i := range d.GlobalSecondaryIndexes {
		x := &d.GlobalSecondaryIndexes[i]
		switch asked := wanted[x.Name]; {
		case d.BillingMode == payPerRequest:
			x.Throughput = throughput{}
		case asked != nil:
			x.Throughput = newThroughput(asked)
		case x.Throughput.Read == 0:
			return invalid("Invalid Request: Must specify provisioned throughput for index " + x.Name)
		}
	}
	wanted = map[string]*ProvisionedThroughput{}
	for i := range in.LocalSecondaryIndexOverride {
		wanted[*in.LocalSecondaryIndexOverride[i].IndexName] = nil
	}
	if err := keepIndexes(&d.LocalSecondaryIndexes, wanted, in.LocalSecondaryIndexOverride != nil); err != nil {
		return err
	}
	used := map[string]bool{}
	for _, e := range d.KeySchema {
		used[*e.AttributeName] = true
	}
	for _, x := range slices.Concat(d.GlobalSecondaryIndexes, d.LocalSecondaryIndexes) {
		for _, e := range x.KeySchema {
			used[*e.AttributeName] = true
		}
	}
	d.AttributeDefinitions = slices.DeleteFunc(d.AttributeDefinitions, func(a AttributeDefinition) bool { return !used[*a.AttributeName] })
	return nil
}

// finishIndexes is for a copy of a table whose indexes are filled with its items from the start: those
// that were being created are there, those that were being deleted are not.
func (d *descriptor) finishIndexes() {
	d.GlobalSecondaryIndexes = slices.DeleteFunc(d.GlobalSecondaryIndexes, func(x indexDescriptor) bool { return x.Status == deleting })
	for i := range d.GlobalSecondaryIndexes {
		d.GlobalSecondaryIndexes[i].Status = ""
	}
}

func keepIndexes(indexes *[]indexDescriptor, wanted map[string]*ProvisionedThroughput, overridden bool) error {
	if !overridden {
		return nil
	}
	for name := range wanted {
		if !slices.ContainsFunc(*indexes, func(x indexDescriptor) bool { return x.Name == name }) {
			return invalid("Invalid Request: Index " + name + " does not match a secondary index that existed in the source table and cannot be created during the restore operation")
		}
	}
	*indexes = slices.DeleteFunc(*indexes, func(x indexDescriptor) bool {
		_, keep := wanted[x.Name]
		return !keep
	})
	return nil
}

// addRestored fills the new table before anybody can see it. s.changing is held.
func (s *Service) addRestored(ctx context.Context, d *descriptor, b *backup) (*table, error) {
	d, err := d.copy()
	if err != nil {
		return nil, err
	}
	t, err := s.newTable(d)
	if err != nil {
		return nil, err
	}
	t.counted = true
	data := store.Prefix(s.tableSpace(d.Number))
	// What an unfinished restore has left, should there be any, goes first.
	err = s.store.Update(ctx, nil, func(w store.Writer) error { return w.DeleteRange(data.Start, data.End) })
	if err == nil {
		err = s.restoreAll(ctx, t, b)
	}
	if err == nil {
		var encoded []byte
		if encoded, err = d.encode(); err == nil {
			err = s.put(ctx, s.descriptorKey(t.name), encoded)
		}
	}
	if err != nil {
		return nil, err
	}
	s.lastNumber = d.Number
	s.register(t.name, t)
	return t, nil
}

// restoreAll writes all items of a backup.
func (s *Service) restoreAll(ctx context.Context, t *table, b *backup) error {
	from := s.space(letterBackupItem, b.Number)
	st := t.state.Load()
	return s.store.View(ctx, func(r store.Reader) error {
		var keys, values [][]byte
		err := r.Scan(store.Prefix(from), func(key, value []byte) (bool, error) {
			keys = append(keys, bytes.Join([][]byte{st.space, key[len(from):]}, nil))
			values = append(values, value)
			if len(keys) < restoreItems {
				return true, nil
			}
			err := s.restoreSome(ctx, t, st, keys, values)
			keys, values = nil, nil
			return err == nil, err
		})
		if err != nil {
			return err
		}
		return s.restoreSome(ctx, t, st, keys, values)
	})
}

func (s *Service) restoreSome(ctx context.Context, t *table, st *state, keys, values [][]byte) error {
	effects := make([]effect, len(keys))
	err := s.store.Update(ctx, nil, func(w store.Writer) error {
		for i, key := range keys {
			it, err := item.Stored(values[i]).Decode()
			if err == nil {
				effects[i], err = st.apply(w, key, nil, it, values[i])
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i := range effects {
		t.count(st, &effects[i])
	}
	return nil
}
