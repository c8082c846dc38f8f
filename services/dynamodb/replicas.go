package dynamodb

import (
	"context"
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/store"
)

// replicaUpdates checks the members.
func (c *constraints) replicaUpdates(updates []ReplicationGroupUpdate) {
	if updates != nil && len(updates) == 0 {
		c.add("replicaUpdates", "[]", "Member must have length greater than or equal to 1")
	}
	for i := range updates {
		u, path := &updates[i], member("replicaUpdates", i)
		if u.Create != nil {
			c.required(path+".create.regionName", u.Create.RegionName == nil)
			c.oneOf(path+".create.tableClassOverride", u.Create.TableClassOverride, "STANDARD, STANDARD_INFREQUENT_ACCESS")
		}
		if u.Update != nil {
			c.required(path+".update.regionName", u.Update.RegionName == nil)
			c.oneOf(path+".update.tableClassOverride", u.Update.TableClassOverride, "STANDARD, STANDARD_INFREQUENT_ACCESS")
		}
		if u.Delete != nil {
			c.required(path+".delete.regionName", u.Delete.RegionName == nil)
		}
	}
}

// checkReplicaUpdates judges a change of replicas, as far as it can without the table.
func checkReplicaUpdates(in *UpdateTableInput) error {
	if in.BillingMode != nil || in.ProvisionedThroughput != nil || in.GlobalSecondaryIndexUpdates != nil || in.StreamSpecification != nil ||
		in.SSESpecification != nil || in.TableClass != nil || in.DeletionProtectionEnabled != nil || in.OnDemandThroughput != nil || in.WarmThroughput != nil {
		return invalidParameter("Replica modification must be the only operation in the request")
	}
	kinds := map[string]int{}
	for _, u := range in.ReplicaUpdates {
		before := len(kinds)
		if u.Create != nil {
			kinds["create"]++
		}
		if u.Update != nil {
			if u.Update.empty() {
				return errNoReplicaAction()
			}
			kinds["update"]++
		}
		if u.Delete != nil {
			kinds["delete"]++
		}
		if before == len(kinds) && u.Create == nil && u.Update == nil && u.Delete == nil {
			return errNoReplicaAction()
		}
	}
	switch {
	case len(kinds) > 1:
		return invalid("Update table operation with more than one type of replica actions not allowed.")
	case kinds["create"] > 1 || kinds["delete"] > 1:
		return invalid("Update table operation with more than one create or delete replica actions not allowed")
	}
	return nil
}

func errNoReplicaAction() error {
	return invalid("There are no actions specified in the Replica Update Action of the request.")
}

func (u *UpdateReplicationGroupMemberAction) empty() bool {
	return u.KMSMasterKeyId == nil && u.ProvisionedThroughputOverride == nil && u.OnDemandThroughputOverride == nil &&
		u.GlobalSecondaryIndexes == nil && u.TableClassOverride == nil
}

// updateReplicas carries ReplicaUpdates out: each has one replica created or deleted, or some updated.
// s.changing is held.
func (s *Service) updateReplicas(r *services.Request, t *table, updates []ReplicationGroupUpdate) (*UpdateTableOutput, error) {
	for _, u := range updates {
		var err error
		switch {
		case u.Create != nil:
			err = s.createReplica(r, t, u.Create)
		case u.Delete != nil:
			err = s.deleteReplica(r, t, *u.Delete.RegionName)
		default:
			err = s.updateReplica(r, t, u.Update)
		}
		if err != nil {
			return nil, err
		}
	}
	st, sizes, err := s.sizes(r, t)
	if err != nil {
		return nil, err
	}
	return &UpdateTableOutput{t.describe(st, sizes)}, nil
}

// checkReplicaRegion judges a region that a change names.
func checkReplicaRegion(t *table, region string) error {
	switch {
	case region == t.name.region:
		return invalid("Cannot add or delete the local region through ReplicaUpdates. Use CreateTable, DeleteTable, or UpdateTable as required.")
	case !isRegion(region):
		return invalid("Region " + region + " is not supported.")
	}
	return nil
}

// isRegion tells whether text has the form of a region's name: "eu-west-1".
func isRegion(text string) bool {
	parts := strings.Split(text, "-")
	if len(parts) < 3 {
		return false
	}
	for i, part := range parts {
		last := i == len(parts)-1
		if part == "" || strings.ContainsFunc(part, func(c rune) bool {
			return (c < 'a' || c > 'z') && (!last || c < '0' || c > '9')
		}) {
			return false
		}
	}
	return true
}

func (s *Service) createReplica(ctx context.Context, t *table, in *CreateReplicationGroupMemberAction) error {
	region := *in.RegionName
	if err := checkReplicaRegion(t, region); err != nil {
		return err
	}
	d := t.state.Load().descriptor
	if (*s.tables.Load())[tableName{t.name.account, region, t.name.name}] != nil || d.replica(region) != nil {
		return invalid("Failed to create a the new replica of table with name: ‘" + t.name.name + "’ because one or more replicas already existed as tables.")
	}
	if d.BillingMode != payPerRequest {
		return invalid("Table write capacity should either be Pay-Per-Request or AutoScaled.")
	}
	if d.Stream != nil && d.Stream.Enabled && d.Stream.ViewType != viewBoth {
		return invalidParameter("Table stream must have StreamViewType NEW_AND_OLD_IMAGES to add a replica, not " + d.Stream.ViewType)
	}
	added := replica{
		Region: region, Status: creating, TableClass: in.TableClassOverride, KMSMasterKeyID: in.KMSMasterKeyId,
		Throughput: in.ProvisionedThroughputOverride, OnDemand: in.OnDemandThroughputOverride, GlobalIndexes: in.GlobalSecondaryIndexes,
	}
	if err := s.addReplicaTable(ctx, t, added); err != nil {
		return err
	}
	for _, member := range s.group(t) {
		if err := s.changeReplicas(ctx, member, func(d *descriptor) {
			one := added
			one.Seed = member == t
			d.Replicas = append(d.Replicas, one)
		}); err != nil {
			return err
		}
	}
	return nil
}

// addReplicaTable makes the table in the other region, which knows all others from the start.
func (s *Service) addReplicaTable(ctx context.Context, t *table, added replica) error {
	d, err := t.state.Load().descriptor.copy()
	if err != nil {
		return err
	}
	others := append(d.Replicas, replica{Region: t.name.region, Status: active})
	d.Number, d.Region, d.ID, d.Created = s.lastNumber+1, added.Region, s.ids.UUID(), s.now()
	d.options = options{TimeToLive: d.TimeToLive, Replicas: others}
	d.Tags, d.DeletionProtection = nil, false
	if added.TableClass != nil {
		d.TableClass, d.TableClassSince = *added.TableClass, new(s.now())
	}
	view := viewBoth
	_, err = s.addTable(ctx, d, &StreamSpecification{StreamEnabled: new(true), StreamViewType: &view})
	return err
}

// changeReplicas changes what a table knows of the others. Its stream is on while there are any.
func (s *Service) changeReplicas(ctx context.Context, t *table, change func(*descriptor)) error {
	d, err := t.state.Load().descriptor.copy()
	if err != nil {
		return err
	}
	change(d)
	if d, err = d.copy(); err != nil {
		return err
	}
	var streams streamChange
	if len(d.Replicas) > 0 && (d.Stream == nil || !d.Stream.Enabled) {
		s.enableStream(&streams, d, viewBoth)
	}
	_, err = s.change(ctx, t, d, &streams)
	return err
}

func (s *Service) updateReplica(ctx context.Context, t *table, in *UpdateReplicationGroupMemberAction) error {
	if t.state.Load().descriptor.replica(*in.RegionName) == nil {
		return errNotInGroup(*in.RegionName)
	}
	if in.ProvisionedThroughputOverride != nil && t.state.Load().descriptor.BillingMode == payPerRequest {
		return invalid("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST")
	}
	for _, member := range s.group(t) {
		if err := s.changeReplicas(ctx, member, func(d *descriptor) {
			if x := d.replica(*in.RegionName); x != nil {
				x.override(in)
			}
		}); err != nil {
			return err
		}
	}
	return nil
}

func (x *replica) override(in *UpdateReplicationGroupMemberAction) {
	if in.TableClassOverride != nil {
		x.TableClass = in.TableClassOverride
	}
	if in.KMSMasterKeyId != nil {
		x.KMSMasterKeyID = in.KMSMasterKeyId
	}
	if in.ProvisionedThroughputOverride != nil {
		x.Throughput = in.ProvisionedThroughputOverride
	}
	if in.OnDemandThroughputOverride != nil {
		x.OnDemand = in.OnDemandThroughputOverride
	}
	if in.GlobalSecondaryIndexes != nil {
		x.GlobalIndexes = in.GlobalSecondaryIndexes
	}
}

func errNotInGroup(region string) error {
	return invalid("Update global table operation failed because one or more replicas were not part of the global table. " +
		"Please retry the request without these replicas: [" + region + "].")
}

func (s *Service) deleteReplica(ctx context.Context, t *table, region string) error {
	if err := checkReplicaRegion(t, region); err != nil {
		return err
	}
	if t.state.Load().descriptor.replica(region) == nil {
		return errNotInGroup(region)
	}
	gone := (*s.tables.Load())[tableName{t.name.account, region, t.name.name}]
	if gone == nil {
		return s.leaveGroup(ctx, t, region)
	}
	if gone.state.Load().descriptor.DeletionProtection {
		return invalid("Cannot delete table " + t.name.name + " in region " + region + " because it has deletion protection enabled. Disable deletion protection first.")
	}
	return s.removeTable(ctx, gone)
}

// leaveGroup makes a table forget the replica in a region.
func (s *Service) leaveGroup(ctx context.Context, t *table, region string) error {
	return s.changeReplicas(ctx, t, func(d *descriptor) {
		d.Replicas = slices.DeleteFunc(d.Replicas, func(x replica) bool { return x.Region == region })
	})
}

// removeTable deletes a table with all that is its own; its replicas go on without it. Its stream can be
// read for another day. s.changing is held.
func (s *Service) removeTable(ctx context.Context, t *table) error {
	for _, other := range s.group(t)[1:] {
		if err := s.leaveGroup(ctx, other, t.name.region); err != nil {
			return err
		}
		spaces := [][]byte{append(append(s.space(letterOutbox, other.number), t.name.region...), 0)}
		if len(other.state.Load().descriptor.Replicas) == 0 {
			spaces = append(spaces, s.space(letterVersion, other.number))
		}
		if err := s.clear(ctx, spaces...); err != nil {
			return err
		}
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	d, err := t.state.Load().descriptor.copy()
	if err != nil {
		return err
	}
	var streams streamChange
	s.disableStream(&streams, d)
	key := s.descriptorKey(t.name)
	err = s.store.Update(ctx, [][]byte{key}, func(w store.Writer) error {
		if err := streams.save(s, w); err != nil {
			return err
		}
		if err := clearSpaces(w, s.tableSpace(t.number), s.space(letterVersion, t.number), s.space(letterOutbox, t.number)); err != nil {
			return err
		}
		return w.Delete(key)
	})
	streams.end(s, err)
	if err != nil {
		return err
	}
	t.deleted = true
	s.expiries.Delete(t.number)
	s.histories.Delete(t.number)
	s.register(t.name, nil)
	return nil
}

// clear deletes all keys that begin with one of these.
func (s *Service) clear(ctx context.Context, spaces ...[]byte) error {
	return s.store.Update(ctx, nil, func(w store.Writer) error { return clearSpaces(w, spaces...) })
}

func clearSpaces(w store.Writer, spaces ...[]byte) error {
	for _, space := range spaces {
		keys := store.Prefix(space)
		if err := w.DeleteRange(keys.Start, keys.End); err != nil {
			return err
		}
	}
	return nil
}

// replica is the one in a region; nil when there is none.
func (d *descriptor) replica(region string) *replica {
	for i := range d.Replicas {
		if d.Replicas[i].Region == region {
			return &d.Replicas[i]
		}
	}
	return nil
}

// describeReplicas adds the replicas in other regions to a table's description.
func (d *descriptor) describeReplicas(out *TableDescription) {
	for i := range d.Replicas {
		out.GlobalTableVersion = new(globalTableVersion)
		out.Replicas = append(out.Replicas, d.Replicas[i].describe(d))
	}
}

func (x *replica) describe(d *descriptor) ReplicaDescription {
	other := descriptor{Account: d.Account, Region: x.Region, Name: d.Name}
	out := ReplicaDescription{
		RegionName: &x.Region, ReplicaStatus: &x.Status, ReplicaArn: new(other.arn()), KMSMasterKeyId: x.KMSMasterKeyID,
		ProvisionedThroughputOverride: x.Throughput, OnDemandThroughputOverride: x.OnDemand,
	}
	reads, writes := warm(d.WarmThroughput, d.BillingMode, d.Throughput)
	out.WarmThroughput = &TableWarmThroughputDescription{ReadUnitsPerSecond: &reads, WriteUnitsPerSecond: &writes, Status: new(active)}
	if x.TableClass != nil {
		out.ReplicaTableClassSummary = &TableClassSummary{TableClass: x.TableClass}
	}
	for _, index := range x.GlobalIndexes {
		out.GlobalSecondaryIndexes = append(out.GlobalSecondaryIndexes, ReplicaGlobalSecondaryIndexDescription{
			IndexName: index.IndexName, ProvisionedThroughputOverride: index.ProvisionedThroughputOverride,
			OnDemandThroughputOverride: index.OnDemandThroughputOverride,
		})
	}
	return out
}
