package dynamodb

import (
	"context"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "CreateTable", (*Service).createTable) }

func (s *Service) createTable(r *services.Request, in *CreateTableInput) (*CreateTableOutput, error) {
	if err := checkCreateTable(r.Call, in); err != nil {
		return nil, err
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	name, _ := resolve(r.Call, *in.TableName)
	if (*s.tables.Load())[name] != nil {
		return nil, refused(codeInUse, "Table already exists: "+name.name)
	}
	d := s.newDescriptor(name, in)
	t, err := s.addTable(r, d, in.StreamSpecification)
	if err != nil {
		return nil, err
	}
	st := t.state.Load()
	return &CreateTableOutput{t.describe(st, t.load(st))}, nil
}

const textNoTableName = "The parameter 'TableName' is required but was not present in the request"

func checkCreateTable(call *aws.Call, in *CreateTableInput) error {
	if in.TableName == nil {
		return invalid(textNoTableName)
	}
	var c constraints
	if c.controlTable(in.TableName); len(c.found) > 0 {
		return c.err() // AWS says nothing of the rest then
	}
	c.createTable(in)
	if err := c.err(); err != nil {
		return err
	}
	if _, ok := resolve(call, *in.TableName); !ok {
		return invalid("Invalid TableArn: " + *in.TableName)
	}
	for _, p := range []parameter{
		{"GlobalTableSourceArn", in.GlobalTableSourceArn != nil},
		{"GlobalTableSettingsReplicationMode", in.GlobalTableSettingsReplicationMode != nil},
	} {
		if p.given {
			return notCarriedOut("CreateTable", p.name)
		}
	}
	if len(in.Tags) > 50 {
		return invalidParameter("Too many tags: the limit is 50 per table")
	}
	if err := in.StreamSpecification.checkNew(); err != nil {
		return err
	}
	if err := checkPolicy(in.ResourcePolicy); err != nil {
		return err
	}
	return checkSchema(in)
}

// addTable stores a new table and makes it known. s.changing is held.
func (s *Service) addTable(ctx context.Context, d *descriptor, spec *StreamSpecification) (*table, error) {
	d, err := d.copy() // shares no memory with the request
	if err != nil {
		return nil, err
	}
	var streams streamChange
	if spec != nil && *spec.StreamEnabled {
		s.enableStream(&streams, d, *spec.StreamViewType)
	}
	encoded, err := d.encode()
	if err == nil {
		var t *table
		if t, err = s.newTable(d); err == nil {
			t.counted = true
			if err := s.put(ctx, s.descriptorKey(t.name), encoded, &streams); err != nil {
				return nil, err
			}
			s.lastNumber = d.Number
			s.register(t.name, t)
			return t, nil
		}
	}
	streams.end(s, err)
	return nil, err
}

func (s *Service) newDescriptor(name tableName, in *CreateTableInput) *descriptor {
	now := s.now()
	d := &descriptor{
		Format: descriptorFormat, Number: s.lastNumber + 1, Account: name.account, Region: name.region, Name: name.name,
		ID: s.ids.UUID(), Created: now, AttributeDefinitions: in.AttributeDefinitions, KeySchema: in.KeySchema,
		BillingMode: provisioned, DeletionProtection: in.DeletionProtectionEnabled != nil && *in.DeletionProtectionEnabled,
		Tags: in.Tags,
	}
	if in.ResourcePolicy != nil {
		d.Policy = &resourcePolicy{Text: *in.ResourcePolicy, Revision: s.newRevision()}
	}
	if in.BillingMode != nil {
		d.BillingMode = *in.BillingMode
	}
	if d.BillingMode == payPerRequest {
		d.PayPerRequestSince = &now
	}
	d.Throughput = newThroughput(in.ProvisionedThroughput)
	d.settings = settings{OnDemandThroughput: in.OnDemandThroughput, WarmThroughput: in.WarmThroughput, SSESpecification: in.SSESpecification}
	if in.TableClass != nil {
		d.TableClass = *in.TableClass // it has a date only once it is changed
	}
	for _, x := range in.GlobalSecondaryIndexes {
		d.LastIndex++
		d.GlobalSecondaryIndexes = append(d.GlobalSecondaryIndexes, indexDescriptor{
			Name: *x.IndexName, Number: d.LastIndex, KeySchema: x.KeySchema, Projection: *x.Projection,
			Throughput: newThroughput(x.ProvisionedThroughput), OnDemandThroughput: x.OnDemandThroughput, WarmThroughput: x.WarmThroughput,
		})
	}
	for _, x := range in.LocalSecondaryIndexes {
		d.LastIndex++
		d.LocalSecondaryIndexes = append(d.LocalSecondaryIndexes, indexDescriptor{
			Name: *x.IndexName, Number: d.LastIndex, KeySchema: x.KeySchema, Projection: *x.Projection,
		})
	}
	return d
}

func newThroughput(asked *ProvisionedThroughput) throughput {
	if asked == nil {
		return throughput{}
	}
	return throughput{Read: *asked.ReadCapacityUnits, Write: *asked.WriteCapacityUnits}
}

// now is the time as table descriptions show it: to the millisecond.
func (s *Service) now() time.Time { return s.clock.Now().UTC().Truncate(time.Millisecond) }
