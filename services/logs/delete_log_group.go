package logs

import (
	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/store"
)

func init() { services.Add(&operations, "DeleteLogGroup", (*Service).deleteLogGroup) }

func (s *Service) deleteLogGroup(r *services.Request, in *DeleteLogGroupRequest) (*nothing, error) {
	id := groupOf(r.Call, in.LogGroupName)
	err := s.store.Update(r, [][]byte{s.groupKey(id)}, func(w store.Writer) error {
		of, err := s.readGroup(w, id)
		if err != nil {
			return err
		}
		if of.Protected {
			return aws.Invalid("The log group cannot be deleted while its deletion protection is enabled.")
		}
		for _, letter := range []byte{'s', 'e'} {
			below := store.Prefix(s.key(letter, id.account, id.region, id.name))
			if err := w.DeleteRange(below.Start, below.End); err != nil {
				return err
			}
		}
		return w.Delete(s.groupKey(id))
	})
	if err != nil {
		return nil, err
	}
	return &nothing{}, nil
}
