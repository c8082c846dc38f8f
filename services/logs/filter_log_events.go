package logs

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"

	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/store"
)

func init() { services.Add(&operations, "FilterLogEvents", (*Service).filterLogEvents) }

// found is an event that a filter lets through.
type found struct {
	stream string
	event
}

// cursor is what a nextToken holds: the last event of the page before.
type cursor struct {
	Group  string
	Time   int64
	Stream string
	Number uint64
}

func (f *found) compare(c *cursor) int {
	return cmp.Or(cmp.Compare(f.time, c.Time), cmp.Compare(f.stream, c.Stream), cmp.Compare(f.number, c.Number))
}

// filterLogEvents shows the events of all chosen streams in the order of their times.
func (s *Service) filterLogEvents(r *services.Request, in *FilterLogEventsRequest) (*FilterLogEventsResponse, error) {
	id, err := identified(r.Call, in.LogGroupName, in.LogGroupIdentifier)
	if err != nil {
		return nil, err
	}
	if in.LogStreamNames != nil && in.LogStreamNamePrefix != nil {
		return nil, invalid("LogStreamNames and LogStreamNamePrefix are mutually exclusive: specify one of them.")
	}
	matches, err := parsePattern(value(in.FilterPattern))
	if err != nil {
		return nil, invalid("Invalid filter pattern: %s", err)
	}
	after, err := readCursor(in.NextToken, id)
	if err != nil {
		return nil, err
	}
	limit := eventsOnPage
	if in.Limit != nil {
		limit = int(*in.Limit)
	}
	var all []found
	err = s.store.View(r, func(reader store.Reader) error {
		of, err := s.readGroup(reader, id)
		if err != nil {
			return err
		}
		chosen, err := s.chosen(reader, id, in)
		if err != nil {
			return err
		}
		from, to := span(in.StartTime, in.EndTime, of.oldest(s.now()))
		for _, name := range chosen {
			some, err := s.matching(reader, id, name, from, to, after, limit+1, matches)
			if err != nil {
				return err
			}
			all = append(all, some...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b found) int { return a.compare(&cursor{Time: b.time, Stream: b.stream, Number: b.number}) })
	return filtered(all, id, limit), nil
}

func filtered(all []found, id groupID, limit int) *FilterLogEventsResponse {
	out := &FilterLogEventsResponse{Events: []FilteredLogEvent{}, SearchedLogStreams: []SearchedLogStream{}}
	size := int64(0)
	for i := range all {
		f := &all[i]
		if size += f.size(); i == limit || i > 0 && size > bytesOnPage {
			last := &all[i-1]
			out.NextToken = (&cursor{id.name, last.time, last.stream, last.number}).token()
			break
		}
		eventID := f.id()
		out.Events = append(out.Events, FilteredLogEvent{
			LogStreamName: &f.stream, Timestamp: &f.time, Message: &f.message, IngestionTime: &f.ingested, EventId: &eventID,
		})
	}
	return out
}

// id is 56 digits, as AWS's are: time, stream, number.
func (f *found) id() string {
	h := fnv.New64a()
	h.Write([]byte(f.stream))
	return fmt.Sprintf("%015d%020d%021d", f.time, h.Sum64(), f.number)
}

// chosen are the names of the streams to look into. Names that are no stream's are an error.
func (s *Service) chosen(r store.Reader, id groupID, in *FilterLogEventsRequest) (names []string, err error) {
	if in.LogStreamNames != nil {
		for _, name := range in.LogStreamNames {
			if _, err := s.readStream(r, id, name); err != nil {
				return nil, err
			}
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		return names, nil
	}
	err = s.streams(r, id, value(in.LogStreamNamePrefix), func(of *stream) error {
		names = append(names, of.Name)
		return nil
	})
	return names, err
}

func (s *Service) matching(r store.Reader, id groupID, stream string, from, to position, after *cursor, most int, matches matcher) (all []found, err error) {
	if after != nil && from.time < after.Time {
		from = position{time: after.Time}
	}
	if to.before(from) {
		return nil, nil
	}
	size := int64(0)
	err = s.scan(r, id, stream, from, to, false, func(e event) bool {
		f := found{stream, e}
		if (after == nil || f.compare(after) > 0) && matches(e.message) {
			all = append(all, f)
			size += e.size()
		}
		return len(all) < most && (size <= bytesOnPage || len(all) == 1) // more does not fit on the page, whatever other streams have
	})
	return all, err
}

func (c *cursor) token() *string {
	encoded, err := json.Marshal(c)
	if err != nil {
		return nil
	}
	text := base64.RawURLEncoding.EncodeToString(encoded)
	return &text
}

func readCursor(token *string, id groupID) (*cursor, error) {
	if token == nil {
		return nil, nil
	}
	c := &cursor{}
	decoded, err := base64.RawURLEncoding.DecodeString(*token)
	if err != nil || json.Unmarshal(decoded, c) != nil || c.Group != id.name {
		return nil, invalid("The specified nextToken is invalid.")
	}
	return c, nil
}
