package logs

import (
	"errors"
	"strings"

	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/store"
)

func init() { services.Add(&operations, "CreateLogGroup", (*Service).createLogGroup) }

func (s *Service) createLogGroup(r *services.Request, in *CreateLogGroupRequest) (*nothing, error) {
	if strings.HasPrefix(strings.ToLower(*in.LogGroupName), "aws/") {
		return nil, invalid("Log groups starting with AWS/ are reserved for AWS.")
	}
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	id := groupOf(r.Call, in.LogGroupName)
	made := &group{
		Name: id.name, Created: s.nowMilliseconds(), KMSKey: value(in.KmsKeyId), Class: "STANDARD",
		Protected: value(in.DeletionProtectionEnabled), Tags: in.Tags,
	}
	if in.LogGroupClass != nil {
		made.Class = *in.LogGroupClass
	}
	err := s.store.Update(r, [][]byte{s.groupKey(id)}, func(w store.Writer) error {
		_, err := w.Get(s.groupKey(id))
		if err == nil {
			return refused("ResourceAlreadyExistsException", "The specified log group already exists")
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return write(w, s.groupKey(id), made)
	})
	if err != nil {
		return nil, err
	}
	return &nothing{}, nil
}
