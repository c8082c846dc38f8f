package dynamodb

import (
	"encoding/json"
	"fmt"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
	"github.com/brownoutdev/brownout/store"
)

func init() { services.Add(&operations, "CreateBackup", (*Service).createBackup) }

// createBackup copies the table as it is at one moment. When it answers, the copy is complete; it says
// CREATING all the same, as AWS does, and every later look says AVAILABLE.
func (s *Service) createBackup(r *services.Request, in *CreateBackupInput) (*CreateBackupOutput, error) {
	var c constraints
	c.controlTable(in.TableName)
	c.required("backupName", in.BackupName == nil)
	c.length("backupName", in.BackupName, 3, 255)
	c.pattern("backupName", in.BackupName)
	if err := c.err(); err != nil {
		return nil, err
	}
	t, err := s.backedUp(r.Call, *in.TableName)
	if err != nil {
		return nil, err
	}
	now := s.now()
	s.changing.Lock()
	s.lastBackup++
	b := &backup{
		Format: backupFormat, Number: s.lastBackup, Name: *in.BackupName, Created: now,
		ID: fmt.Sprintf("%014d-%08x", now.UnixMilli(), uint32(s.ids.Uint64())),
	}
	s.changing.Unlock()
	if err := s.copyTable(r, t, b); err != nil {
		return nil, err
	}
	return &CreateBackupOutput{BackupDetails: b.details(creating)}, nil
}

// backedUp is the table that an operation on backups names.
func (s *Service) backedUp(call *aws.Call, name string) (*table, error) {
	if t := s.find(call, name); t != nil {
		return t, nil
	}
	resolved, _ := resolve(call, name)
	return nil, refused(codeNoTable, "Table not found: "+resolved.name)
}

// copyTable copies all items, and then stores the descriptor: without it there is no backup.
func (s *Service) copyTable(r *services.Request, t *table, b *backup) error {
	space := s.space(letterBackupItem, b.Number)
	err := s.store.View(r, func(reader store.Reader) error {
		st := t.state.Load()
		b.Table = st.descriptor
		c := &copier{ctx: r, store: s.store}
		err := reader.Scan(store.Prefix(st.space), func(key, value []byte) (bool, error) {
			b.Items++
			b.Bytes += int64(item.Stored(value).Size())
			return true, c.set(append(append(make([]byte, 0, len(key)), space...), key[len(st.space):]...), value)
		})
		if err != nil {
			return err
		}
		return c.flush()
	})
	if err != nil {
		return err
	}
	encoded, err := json.Marshal(b)
	if err != nil {
		return err
	}
	return s.put(r, s.backupKey(b), encoded)
}
