package logs

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/store"
)

func init() { services.Add(&operations, "PutLogEvents", (*Service).putLogEvents) }

const (
	largestBatch = 1 << 20
	longestBatch = 24 * time.Hour
	tooOld       = 14 * 24 * time.Hour
	tooNew       = 2 * time.Hour
)

func (s *Service) putLogEvents(r *services.Request, in *PutLogEventsRequest) (*PutLogEventsResponse, error) {
	if err := checkBatch(in.LogEvents); err != nil {
		return nil, err
	}
	id := groupOf(r.Call, in.LogGroupName)
	out := &PutLogEventsResponse{}
	err := s.changeGroup(r, id, func(w store.Writer, of *group) error {
		st, err := s.readStream(w, id, *in.LogStreamName)
		if err != nil {
			return err
		}
		now := s.now()
		accepted, rejected := accept(in.LogEvents, of, now)
		out.RejectedLogEventsInfo = rejected
		for _, e := range accepted {
			if err := s.putEvent(w, id, st, &e, now.UnixMilli()); err != nil {
				return err
			}
		}
		// Nobody needs sequence tokens any more; clients of old send the last one they got.
		token := fmt.Sprintf("%056d", st.Next)
		out.NextSequenceToken = &token
		return write(w, s.streamKey(id, st.Name), st)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (s *Service) putEvent(w store.Writer, id groupID, st *stream, e *InputLogEvent, now int64) error {
	stored := append(binary.BigEndian.AppendUint64(make([]byte, 0, 8+len(*e.Message)), uint64(now)), *e.Message...)
	if err := w.Set(s.eventKey(id, st.Name, position{*e.Timestamp, st.Next}), stored); err != nil {
		return err
	}
	if st.Ingested == 0 || *e.Timestamp < st.First {
		st.First = *e.Timestamp
	}
	if st.Ingested == 0 || *e.Timestamp > st.Last {
		st.Last = *e.Timestamp
	}
	st.Ingested = now
	st.Bytes += int64(len(*e.Message)) + overhead
	st.Next++
	return nil
}

func checkBatch(events []InputLogEvent) error {
	size := 0
	for i, e := range events {
		size += len(*e.Message) + overhead
		if i > 0 && *e.Timestamp < *events[i-1].Timestamp {
			return invalid("Log events in a single PutLogEvents request must be in chronological order.")
		}
	}
	if size > largestBatch {
		return invalid("Upload too large: %d bytes exceeds limit of %d", size, largestBatch)
	}
	if span := *events[len(events)-1].Timestamp - *events[0].Timestamp; span > longestBatch.Milliseconds() {
		return invalid("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.")
	}
	return nil
}

// accept are the events whose time is neither too far in the past nor in the future; those left out are told of.
func accept(events []InputLogEvent, of *group, now time.Time) (accepted []InputLogEvent, rejected *RejectedLogEventsInfo) {
	info := &RejectedLogEventsInfo{}
	end := func(index **int64, i int) {
		after := int64(i + 1)
		*index, rejected = &after, info
	}
	for i := range events {
		switch at := *events[i].Timestamp; {
		case at < now.Add(-tooOld).UnixMilli():
			end(&info.TooOldLogEventEndIndex, i)
		case at < of.oldest(now):
			end(&info.ExpiredLogEventEndIndex, i)
		case at > now.Add(tooNew).UnixMilli():
			if info.TooNewLogEventStartIndex == nil {
				first := int64(i)
				info.TooNewLogEventStartIndex, rejected = &first, info
			}
		default:
			accepted = append(accepted, events[i])
		}
	}
	return accepted, rejected
}
