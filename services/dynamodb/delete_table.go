package dynamodb

import (
	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "DeleteTable", (*Service).deleteTable) }

func (s *Service) deleteTable(r *services.Request, in *DeleteTableInput) (*DeleteTableOutput, error) {
	if _, err := s.named(r, in.TableName); err != nil {
		return nil, err
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	t, err := s.named(r, in.TableName) // another call may have deleted it since
	if err != nil {
		return nil, err
	}
	d := t.state.Load().descriptor
	if d.DeletionProtection {
		return nil, invalid("Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.")
	}
	if err := s.removeTable(r, t); err != nil {
		return nil, err
	}
	return &DeleteTableOutput{t.describeDeleted(d)}, nil
}
