package logs

import (
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/store"
)

func init() { services.Add(&operations, "DeleteLogStream", (*Service).deleteLogStream) }

func (s *Service) deleteLogStream(r *services.Request, in *DeleteLogStreamRequest) (*nothing, error) {
	id := groupOf(r.Call, in.LogGroupName)
	err := s.changeGroup(r, id, func(w store.Writer, _ *group) error {
		if _, err := s.readStream(w, id, *in.LogStreamName); err != nil {
			return err
		}
		events := store.Prefix(s.key('e', id.account, id.region, id.name, *in.LogStreamName))
		if err := w.DeleteRange(events.Start, events.End); err != nil {
			return err
		}
		return w.Delete(s.streamKey(id, *in.LogStreamName))
	})
	if err != nil {
		return nil, err
	}
	return &nothing{}, nil
}
