package logs

import (
	"errors"

	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/store"
)

func init() { services.Add(&operations, "CreateLogStream", (*Service).createLogStream) }

func (s *Service) createLogStream(r *services.Request, in *CreateLogStreamRequest) (*nothing, error) {
	id := groupOf(r.Call, in.LogGroupName)
	err := s.changeGroup(r, id, func(w store.Writer, _ *group) error {
		key := s.streamKey(id, *in.LogStreamName)
		_, err := w.Get(key)
		if err == nil {
			return refused("ResourceAlreadyExistsException", "The specified log stream already exists")
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return write(w, key, &stream{Name: *in.LogStreamName, Created: s.nowMilliseconds()})
	})
	if err != nil {
		return nil, err
	}
	return &nothing{}, nil
}
