package dynamodb

import (
	"strconv"
	"time"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "UpdateTable", (*Service).updateTable) }

func (s *Service) updateTable(r *services.Request, in *UpdateTableInput) (*UpdateTableOutput, error) {
	if err := checkUpdateTable(s.wording, in); err != nil {
		return nil, err
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	t, err := s.named(r, in.TableName)
	if err != nil {
		return nil, err
	}
	for _, x := range s.group(t) {
		if x.state.Load().descriptor.isUpdating() {
			return nil, refused(codeInUse, "Attempt to change a resource which is still in use: Table is being updated: "+t.name.name)
		}
	}
	if in.ReplicaUpdates != nil {
		return s.updateReplicas(r, t, in.ReplicaUpdates)
	}
	d, err := t.state.Load().descriptor.copy()
	if err != nil {
		return nil, err
	}
	if err := s.updateDescriptor(d, in); err != nil {
		return nil, err
	}
	if d, err = d.copy(); err != nil { // shares no memory with the request
		return nil, err
	}
	var streams streamChange
	if err := s.updateStream(&streams, d, in.StreamSpecification); err != nil {
		return nil, err
	}
	others, err := s.updateOthers(t, in)
	if err != nil {
		return nil, err
	}
	if _, err := s.change(r, t, d, &streams); err != nil {
		return nil, err
	}
	for other, d := range others {
		if _, err := s.change(r, other, d); err != nil {
			return nil, err
		}
	}
	s.wakeBuilder()
	st, sizes, err := s.sizes(r, t)
	if err != nil {
		return nil, err
	}
	return &UpdateTableOutput{t.describe(st, sizes)}, nil
}

const textTableLength = "TableName must be at least 3 characters long and at most 255 characters long"

func checkUpdateTable(wording Wording, in *UpdateTableInput) error {
	if in.TableName == nil {
		return invalid(textNoTableName)
	}
	var c constraints
	if n := len(*in.TableName); wording == Classic && (n < 3 || n > 255) && !isTableARN(*in.TableName) {
		return invalid(textTableLength)
	}
	c.controlTable(in.TableName)
	c.oneOf("billingMode", in.BillingMode, "PROVISIONED, PAY_PER_REQUEST")
	c.throughput("provisionedThroughput", in.ProvisionedThroughput)
	c.definitions(in.AttributeDefinitions)
	c.indexUpdates(in.GlobalSecondaryIndexUpdates)
	if wording == Classic {
		c.indexThroughputs(in.GlobalSecondaryIndexUpdates)
	}
	c.streamSpecification(in.StreamSpecification)
	c.replicaUpdates(in.ReplicaUpdates)
	c.settings(in.SSESpecification, in.TableClass)
	if err := c.err(); err != nil {
		return err
	}
	for _, p := range []parameter{
		{"MultiRegionConsistency", in.MultiRegionConsistency != nil},
		{"GlobalTableWitnessUpdates", in.GlobalTableWitnessUpdates != nil},
		{"GlobalTableSettingsReplicationMode", in.GlobalTableSettingsReplicationMode != nil},
	} {
		if p.given {
			return notCarriedOut("UpdateTable", p.name)
		}
	}
	if in.ProvisionedThroughput != nil {
		if err := checkUnits(in.ProvisionedThroughput); err != nil {
			return err
		}
	}
	if err := checkIndexUpdates(in); err != nil {
		return err
	}
	if err := in.StreamSpecification.checkChange(); err != nil {
		return err
	}
	if in.ReplicaUpdates != nil {
		return checkReplicaUpdates(in)
	}
	if in.BillingMode == nil && in.ProvisionedThroughput == nil && len(in.GlobalSecondaryIndexUpdates) == 0 && in.SSESpecification == nil &&
		in.StreamSpecification == nil && in.TableClass == nil && in.DeletionProtectionEnabled == nil && in.OnDemandThroughput == nil && in.WarmThroughput == nil {
		return invalid("At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required")
	}
	return nil
}

// updateDescriptor carries the update out on a copy.
func (s *Service) updateDescriptor(d *descriptor, in *UpdateTableInput) error {
	now := s.now()
	if err := updateBilling(d, in, now); err != nil {
		return err
	}
	if err := updateIndexes(d, in, now); err != nil {
		return err
	}
	if in.DeletionProtectionEnabled != nil {
		d.DeletionProtection = *in.DeletionProtectionEnabled
	}
	if in.OnDemandThroughput != nil {
		d.OnDemandThroughput = in.OnDemandThroughput
	}
	if in.WarmThroughput != nil {
		if err := checkWarm(in.WarmThroughput, d.WarmThroughput, d.BillingMode, d.Throughput); err != nil {
			return err
		}
		d.WarmThroughput = in.WarmThroughput
	}
	if in.SSESpecification != nil {
		d.SSESpecification = in.SSESpecification
	}
	if in.TableClass != nil {
		d.TableClass, d.TableClassSince = *in.TableClass, &now
	}
	return nil
}

// updateOthers are the descriptors of a table's replicas with what all replicas have in common: how they are paid
// for, and their global indexes. Each region then builds or deletes its index for itself.
func (s *Service) updateOthers(t *table, in *UpdateTableInput) (map[*table]*descriptor, error) {
	common := &UpdateTableInput{
		BillingMode: in.BillingMode, AttributeDefinitions: in.AttributeDefinitions, GlobalSecondaryIndexUpdates: in.GlobalSecondaryIndexUpdates,
	}
	if in.BillingMode != nil {
		common.ProvisionedThroughput = in.ProvisionedThroughput
	}
	if in.BillingMode == nil && len(in.GlobalSecondaryIndexUpdates) == 0 {
		return nil, nil
	}
	others := map[*table]*descriptor{}
	for _, other := range s.group(t)[1:] {
		d, err := other.state.Load().descriptor.copy()
		if err != nil {
			return nil, err
		}
		if err := s.updateDescriptor(d, common); err != nil {
			return nil, err
		}
		if others[other], err = d.copy(); err != nil {
			return nil, err
		}
	}
	return others, nil
}

func updateBilling(d *descriptor, in *UpdateTableInput, now time.Time) error {
	mode := d.BillingMode
	if in.BillingMode != nil {
		mode = *in.BillingMode
	}
	switched := mode != d.BillingMode
	d.BillingMode = mode
	if mode == payPerRequest {
		if in.ProvisionedThroughput != nil {
			return checkBilling(true, in.ProvisionedThroughput)
		}
		if switched {
			d.PayPerRequestSince = &now
			d.Throughput = throughput{}
			for i := range d.GlobalSecondaryIndexes {
				d.GlobalSecondaryIndexes[i].Throughput = throughput{}
			}
		}
		return nil
	}
	if switched {
		return provision(d, in, now)
	}
	if in.ProvisionedThroughput == nil {
		return nil
	}
	if err := checkUnits(in.ProvisionedThroughput); err != nil {
		return err
	}
	return d.Throughput.update(in.ProvisionedThroughput, "table", now)
}

// provision goes from on-demand to provisioned capacity, which needs figures for the table and each index.
func provision(d *descriptor, in *UpdateTableInput, now time.Time) error {
	if err := checkBilling(false, in.ProvisionedThroughput); err != nil {
		return err
	}
	d.Throughput = newThroughput(in.ProvisionedThroughput)
	d.Throughput.Increased = &now
	given := map[string]bool{}
	for _, u := range in.GlobalSecondaryIndexUpdates {
		given[u.indexName()] = u.Update != nil && u.Update.ProvisionedThroughput != nil || u.Delete != nil
	}
	for i := range d.GlobalSecondaryIndexes {
		if name := d.GlobalSecondaryIndexes[i].Name; !given[name] {
			return invalidParameter("ProvisionedThroughput must be specified for index: " + name)
		}
	}
	return nil
}

func updateIndex(d *descriptor, u *UpdateGlobalSecondaryIndexAction, now time.Time) error {
	x := d.globalIndex(*u.IndexName)
	if x == nil {
		return errNoIndex(*u.IndexName)
	}
	if u.OnDemandThroughput != nil {
		x.OnDemandThroughput = u.OnDemandThroughput
	}
	if u.WarmThroughput != nil {
		x.WarmThroughput = u.WarmThroughput
	}
	if u.ProvisionedThroughput == nil {
		return nil
	}
	if d.BillingMode == payPerRequest {
		return invalidParameter("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: " +
			x.Name + " when BillingMode is PAY_PER_REQUEST")
	}
	if err := checkUnits(u.ProvisionedThroughput); err != nil {
		return err
	}
	return x.Throughput.update(u.ProvisionedThroughput, "index", now)
}

// update changes provisioned capacity; what is the table or the index, for the message.
func (t *throughput) update(asked *ProvisionedThroughput, what string, now time.Time) error {
	reads, writes := *asked.ReadCapacityUnits, *asked.WriteCapacityUnits
	if reads == t.Read && writes == t.Write {
		text := func(n int64) string { return strconv.FormatInt(n, 10) }
		return invalid("The provisioned throughput for the " + what + " will not change. The requested value equals the current value. " +
			"Current ReadCapacityUnits provisioned for the " + what + ": " + text(t.Read) + ". Requested ReadCapacityUnits: " + text(reads) + ". " +
			"Current WriteCapacityUnits provisioned for the " + what + ": " + text(t.Write) + ". Requested WriteCapacityUnits: " + text(writes) + ". " +
			"Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.")
	}
	if reads < t.Read || writes < t.Write {
		if t.Decreased == nil || !sameDay(*t.Decreased, now) {
			t.Decreases = 0
		}
		t.Decreases++
		t.Decreased = &now
	}
	if reads > t.Read || writes > t.Write {
		t.Increased = &now
	}
	t.Read, t.Write = reads, writes
	return nil
}

func sameDay(a, b time.Time) bool {
	return a.UTC().Truncate(24 * time.Hour).Equal(b.UTC().Truncate(24 * time.Hour))
}
