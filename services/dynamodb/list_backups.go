package dynamodb

import (
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/store"
)

func init() { services.Add(&operations, "ListBackups", (*Service).listBackups) }

// listBackups lists backups in the order in which they were made; those of deleted tables, too.
func (s *Service) listBackups(r *services.Request, in *ListBackupsInput) (*ListBackupsOutput, error) {
	if err := checkListBackups(r.Call, in); err != nil {
		return nil, err
	}
	var found []*backup
	err := s.store.View(r, func(reader store.Reader) error {
		return reader.Scan(store.Prefix(s.backupSpace(r.Call.Account, r.Call.Region)), func(_, value []byte) (bool, error) {
			b, err := decodeBackup(value)
			if err == nil && in.lists(r.Call, b) {
				found = append(found, b)
			}
			return err == nil, err
		})
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b *backup) int { return strings.Compare(a.ID, b.ID) })
	out := &ListBackupsOutput{BackupSummaries: []BackupSummary{}}
	limit := mostListed
	if in.Limit != nil {
		limit = int(*in.Limit)
	}
	if len(found) > limit {
		found = found[:limit]
		out.LastEvaluatedBackupArn = new(found[limit-1].arn())
	}
	for _, b := range found {
		d := b.Table
		out.BackupSummaries = append(out.BackupSummaries, BackupSummary{
			TableName: &d.Name, TableId: &d.ID, TableArn: new(d.arn()), BackupArn: new(b.arn()), BackupName: &b.Name,
			BackupCreationDateTime: &b.Created, BackupStatus: new(backupAvailable), BackupType: new(backupUser), BackupSizeBytes: &b.Bytes,
		})
	}
	return out, nil
}

func checkListBackups(call *aws.Call, in *ListBackupsInput) error {
	var c constraints
	if in.TableName != nil {
		c.controlTable(in.TableName)
	}
	c.pageLimit(in.Limit, mostListed)
	c.length("exclusiveStartBackupArn", in.ExclusiveStartBackupArn, 37, 1024)
	c.oneOf("backupType", in.BackupType, "AWS_BACKUP, USER, SYSTEM, ALL")
	if err := c.err(); err != nil {
		return err
	}
	if in.TimeRangeLowerBound != nil && in.TimeRangeUpperBound != nil && in.TimeRangeLowerBound.After(*in.TimeRangeUpperBound) {
		return invalidParameter("Time range lower bound must be less than or equal to upper bound")
	}
	if in.ExclusiveStartBackupArn != nil {
		if arn, ok := aws.ParseARN(*in.ExclusiveStartBackupArn); !ok || backupID(arn.Resource) == "" {
			return invalid(textInvalidBackup)
		} else if arn.Region != call.Region {
			return invalid("Invalid Request: The supplied ExclusiveStartBackupArn does not match the region")
		}
	}
	return nil
}

func backupID(resource string) string {
	_, id, _ := strings.Cut(resource, "/backup/")
	return id
}

// lists tells whether a backup is among those asked for: all are USER backups.
func (in *ListBackupsInput) lists(call *aws.Call, b *backup) bool {
	if in.BackupType != nil && *in.BackupType != backupUser && *in.BackupType != "ALL" {
		return false
	}
	if in.TableName != nil {
		if name, _ := resolve(call, *in.TableName); name.name != b.Table.Name {
			return false
		}
	}
	return (in.TimeRangeLowerBound == nil || !b.Created.Before(*in.TimeRangeLowerBound)) &&
		(in.TimeRangeUpperBound == nil || b.Created.Before(*in.TimeRangeUpperBound)) &&
		(in.ExclusiveStartBackupArn == nil || b.ID > backupID(*in.ExclusiveStartBackupArn))
}
