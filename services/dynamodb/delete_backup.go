package dynamodb

import (
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/store"
)

func init() { services.Add(&operations, "DeleteBackup", (*Service).deleteBackup) }

func (s *Service) deleteBackup(r *services.Request, in *DeleteBackupInput) (*DeleteBackupOutput, error) {
	s.changing.Lock() // no restore is reading it
	defer s.changing.Unlock()
	b, err := s.backup(r.Call, in.BackupArn)
	if err != nil {
		return nil, err
	}
	key := s.backupKey(b)
	err = s.store.Update(r, [][]byte{key}, func(w store.Writer) error {
		if err := w.Delete(key); err != nil {
			return err
		}
		items := store.Prefix(s.space(letterBackupItem, b.Number))
		return w.DeleteRange(items.Start, items.End)
	})
	if err != nil {
		return nil, err
	}
	return &DeleteBackupOutput{BackupDescription: b.describe(backupDeleted)}, nil
}
