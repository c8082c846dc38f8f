package dynamodb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/store"
)

// Backups are stored below two letters more:
//
//	b account 00 region 00 id   a backup's descriptor: JSON, see backup
//	k backup rest               an item of the table, as it was
//
// id is the last part of the backup's ARN, backup its number (4 bytes, big-endian), rest the item's key
// behind the table's space. Indexes are made anew by a restore.

const (
	backupFormat = 1
	// backupBytes is how much is copied in one transaction.
	backupBytes = 4 << 20

	backupAvailable = "AVAILABLE"
	backupDeleted   = "DELETED"
	backupUser      = "USER"

	codeNoTable       = "TableNotFoundException"
	codeNoBackup      = "BackupNotFoundException"
	codeBackupInUse   = "BackupInUseException"
	codeTableExists   = "TableAlreadyExistsException"
	textInvalidBackup = "Invalid Backup ARN"
)

// backup is a backup as it is stored. It never changes.
type backup struct {
	Format  int
	Number  uint32
	ID      string
	Name    string
	Created time.Time
	// Table is the table as it was.
	Table *descriptor
	Items int64
	Bytes int64
}

func (b *backup) arn() string { return b.Table.arn() + "/backup/" + b.ID }

func (s *Service) backupSpace(account, region string) []byte {
	b := append(append([]byte(nil), s.prefix...), letterBackup)
	return append(append(append(append(b, account...), 0), region...), 0)
}

func (s *Service) backupKey(b *backup) []byte {
	return append(s.backupSpace(b.Table.Account, b.Table.Region), b.ID...)
}

func decodeBackup(encoded []byte) (*backup, error) {
	b := new(backup)
	if err := json.Unmarshal(encoded, b); err != nil {
		return nil, fmt.Errorf("dynamodb: a backup's descriptor is damaged: %w", err)
	}
	if b.Format != backupFormat || b.Table == nil {
		return nil, fmt.Errorf("dynamodb: backup %s is stored in format %d, only format %d is known", b.Name, b.Format, backupFormat)
	}
	return b, nil
}

// loadBackups finds the greatest number of a backup.
func (s *Service) loadBackups(ctx context.Context) error {
	prefix := append(append([]byte(nil), s.prefix...), letterBackup)
	err := s.store.View(ctx, func(r store.Reader) error {
		return r.Scan(store.Prefix(prefix), func(_, value []byte) (bool, error) {
			b, err := decodeBackup(value)
			if err == nil {
				s.lastBackup = max(s.lastBackup, b.Number)
			}
			return err == nil, err
		})
	})
	if err != nil {
		return fmt.Errorf("dynamodb: reading the backups: %w", err)
	}
	return s.dropUnfinished(ctx)
}

// dropUnfinished deletes copies without a descriptor: they were under way when a process ended.
func (s *Service) dropUnfinished(ctx context.Context) error {
	all := store.Prefix(append(append([]byte(nil), s.prefix...), letterBackupItem))
	unfinished := store.Range{Start: s.space(letterBackupItem, s.lastBackup+1), End: all.End}
	some := false
	err := s.store.View(ctx, func(r store.Reader) error {
		return r.Scan(unfinished, func(_, _ []byte) (bool, error) {
			some = true
			return false, nil
		})
	})
	if err != nil || !some {
		return err
	}
	return s.store.Update(ctx, nil, func(w store.Writer) error { return w.DeleteRange(unfinished.Start, unfinished.End) })
}

// backup is the backup that a call names by its ARN.
func (s *Service) backup(call *aws.Call, text *string) (*backup, error) {
	var c constraints
	c.required("backupArn", text == nil)
	c.length("backupArn", text, 37, 1024)
	if err := c.err(); err != nil {
		return nil, err
	}
	arn, ok := aws.ParseARN(*text)
	if !ok {
		return nil, invalid(textInvalidBackup)
	}
	table, id, ok := strings.Cut(arn.Resource, "/backup/")
	switch {
	case arn.Service != "dynamodb":
		return nil, invalid("Invalid Request: BackupArn is not valid")
	case !ok || !strings.HasPrefix(table, "table/"):
		return nil, invalid(textInvalidBackup)
	case arn.Account != call.Account:
		return nil, refused("AccessDeniedException", "Access is denied")
	}
	missing := refused(codeNoBackup, "Backup not found: "+*text)
	value, err := s.store.Get(append(s.backupSpace(call.Account, call.Region), id...))
	if errors.Is(err, store.ErrNotFound) {
		return nil, missing
	}
	if err != nil {
		return nil, err
	}
	b, err := decodeBackup(value)
	if err == nil && "table/"+b.Table.Name != table {
		return nil, missing
	}
	return b, err
}

// copier copies keys and values in transactions of a bounded size, in the order of the keys.
type copier struct {
	ctx     context.Context
	store   store.Store
	batch   [][2][]byte
	pending int
}

func (c *copier) set(key, value []byte) error {
	c.batch = append(c.batch, [2][]byte{key, value})
	if c.pending += len(key) + len(value); c.pending < backupBytes {
		return nil
	}
	return c.flush()
}

func (c *copier) flush() error {
	err := c.store.Update(c.ctx, nil, func(w store.Writer) error {
		for _, entry := range c.batch {
			if err := w.Set(entry[0], entry[1]); err != nil {
				return err
			}
		}
		return nil
	})
	c.batch, c.pending = nil, 0
	return err
}

// details are what all operations on backups say of one.
func (b *backup) details(status string) *BackupDetails {
	return &BackupDetails{
		BackupArn: new(b.arn()), BackupName: &b.Name, BackupSizeBytes: &b.Bytes, BackupStatus: &status,
		BackupType: new(backupUser), BackupCreationDateTime: &b.Created,
	}
}

// describe is a backup with the table that it is of.
func (b *backup) describe(status string) *BackupDescription {
	d := b.Table
	source := &SourceTableDetails{
		TableName: &d.Name, TableId: &d.ID, TableArn: new(d.arn()), TableSizeBytes: &b.Bytes, KeySchema: d.KeySchema,
		TableCreationDateTime: &d.Created, ProvisionedThroughput: d.Throughput.asked(), OnDemandThroughput: d.OnDemandThroughput,
		ItemCount: &b.Items, BillingMode: &d.BillingMode,
	}
	features := &SourceTableFeatureDetails{SSEDescription: d.encryption()}
	if d.Stream != nil && d.Stream.Enabled {
		features.StreamDescription = &StreamSpecification{StreamEnabled: new(true), StreamViewType: &d.Stream.ViewType}
	}
	if d.TimeToLive != nil && d.TimeToLive.Enabled {
		features.TimeToLiveDescription = d.TimeToLive.describe()
	}
	for i := range d.LocalSecondaryIndexes {
		x := &d.LocalSecondaryIndexes[i]
		features.LocalSecondaryIndexes = append(features.LocalSecondaryIndexes,
			LocalSecondaryIndexInfo{IndexName: &x.Name, KeySchema: x.KeySchema, Projection: &x.Projection})
	}
	for i := range d.GlobalSecondaryIndexes {
		x := &d.GlobalSecondaryIndexes[i]
		features.GlobalSecondaryIndexes = append(features.GlobalSecondaryIndexes, GlobalSecondaryIndexInfo{
			IndexName: &x.Name, KeySchema: x.KeySchema, Projection: &x.Projection, ProvisionedThroughput: x.Throughput.asked(),
		})
	}
	return &BackupDescription{BackupDetails: b.details(status), SourceTableDetails: source, SourceTableFeatureDetails: features}
}

// asked is capacity as it is asked for.
func (t *throughput) asked() *ProvisionedThroughput {
	return &ProvisionedThroughput{ReadCapacityUnits: new(t.Read), WriteCapacityUnits: new(t.Write)}
}
