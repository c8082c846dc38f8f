package logs

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/store"
)

func init() { services.Add(&operations, "GetLogEvents", (*Service).getLogEvents) }

const (
	eventsOnPage = 10_000
	bytesOnPage  = 1 << 20
)

// getLogEvents reads on from a token, or from the head or the tail of what the times select. A token
// with nothing behind it comes back as it is: that is how callers know the end.
func (s *Service) getLogEvents(r *services.Request, in *GetLogEventsRequest) (*GetLogEventsResponse, error) {
	id, err := identified(r.Call, in.LogGroupName, in.LogGroupIdentifier)
	if err != nil {
		return nil, err
	}
	backwards, at := !value(in.StartFromHead), position{}
	if in.NextToken != nil {
		if backwards, at, err = readPosition(*in.NextToken); err != nil {
			return nil, err
		}
	}
	limit := eventsOnPage
	if in.Limit != nil {
		limit = int(*in.Limit)
	}
	var events []event
	err = s.store.View(r, func(reader store.Reader) error {
		of, err := s.readGroup(reader, id)
		if err != nil {
			return err
		}
		if _, err := s.readStream(reader, id, *in.LogStreamName); err != nil {
			return err
		}
		from, to := span(in.StartTime, in.EndTime, of.oldest(s.now()))
		switch {
		case in.NextToken != nil && backwards && at.before(to):
			to = at
		case in.NextToken != nil && !backwards && from.before(at):
			from = at
		}
		size := int64(0)
		return s.scan(reader, id, *in.LogStreamName, from, to, backwards, func(e event) bool {
			if size += e.size(); len(events) == limit || len(events) > 0 && size > bytesOnPage {
				return false
			}
			events = append(events, e)
			return true
		})
	})
	if err != nil {
		return nil, err
	}
	if backwards {
		slices.Reverse(events)
	}
	return page(events, in.NextToken, at), nil
}

func page(events []event, token *string, at position) *GetLogEventsResponse {
	out := &GetLogEventsResponse{Events: []OutputLogEvent{}}
	first, last := at, at
	if len(events) > 0 {
		first, last = events[0].position, events[len(events)-1].position.next()
	}
	back, forth := positionToken("b", first), positionToken("f", last)
	if token != nil && len(events) == 0 {
		if (*token)[0] == 'b' {
			back = *token
		} else {
			forth = *token
		}
	}
	out.NextBackwardToken, out.NextForwardToken = &back, &forth
	for _, e := range events {
		out.Events = append(out.Events, OutputLogEvent{Timestamp: &e.time, Message: &e.message, IngestionTime: &e.ingested})
	}
	return out
}

// span is the events from start (inclusive) to end (exclusive), none older than oldest.
func span(start, end *int64, oldest int64) (from, to position) {
	from, to = position{time: max(value(start), oldest)}, farthest
	if end != nil {
		to = position{time: *end}
	}
	if to.before(from) {
		to = from
	}
	return from, to
}

// positionToken is AWS's form: the direction and 56 digits.
func positionToken(direction string, p position) string {
	return fmt.Sprintf("%s/%028d%028d/s", direction, p.time, p.number)
}

func readPosition(token string) (backwards bool, p position, err error) {
	refuse := invalid("The specified nextToken is invalid.")
	direction, rest, _ := strings.Cut(token, "/")
	digits, ok := strings.CutSuffix(rest, "/s")
	if !ok || len(digits) != 56 || direction != "b" && direction != "f" {
		return false, p, refuse
	}
	at, err := strconv.ParseUint(digits[:28], 10, 64)
	if err != nil || at > math.MaxInt64 {
		return false, p, refuse
	}
	number, err := strconv.ParseUint(digits[28:], 10, 64)
	if err != nil {
		return false, p, refuse
	}
	return direction == "b", position{int64(at), number}, nil
}
