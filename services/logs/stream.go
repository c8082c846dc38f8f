package logs

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/store"
)

// stream is a log stream, as it is stored. Times are in milliseconds.
type stream struct {
	Name    string
	Created int64
	// First and Last are the times of the earliest and the latest event; there are none while Ingested is 0.
	First, Last int64
	// Ingested is when events came last.
	Ingested int64
	Bytes    int64
	// Next numbers the events.
	Next uint64
}

// overhead is what an event counts for beside its message, in bytes.
const overhead = 26

func (s *Service) streamKey(g groupID, name string) []byte {
	return s.key('s', g.account, g.region, g.name, name)
}

func (s *Service) readStream(r reader, g groupID, name string) (*stream, error) {
	return read[stream](r, s.streamKey(g, name), streamNotFound)
}

// position is where an event stands in its stream.
type position struct {
	time   int64
	number uint64
}

func (p position) before(q position) bool {
	return p.time < q.time || p.time == q.time && p.number < q.number
}

func (p position) next() position { return position{p.time, p.number + 1} }

var farthest = position{math.MaxInt64, math.MaxUint64}

func (s *Service) eventKey(g groupID, stream string, p position) []byte {
	key := s.key('e', g.account, g.region, g.name, stream)
	key = binary.BigEndian.AppendUint64(key, uint64(max(p.time, 0)))
	return binary.BigEndian.AppendUint64(key, p.number)
}

// event is a log event.
type event struct {
	position
	ingested int64
	message  string
}

func (e *event) size() int64 { return int64(len(e.message)) + overhead }

func readEvent(key, stored []byte) (event, error) {
	if len(stored) < 8 || len(key) < 16 {
		return event{}, fmt.Errorf("logs: a stored event has %d bytes", len(stored))
	}
	at := key[len(key)-16:]
	return event{
		position: position{int64(binary.BigEndian.Uint64(at)), binary.BigEndian.Uint64(at[8:])},
		ingested: int64(binary.BigEndian.Uint64(stored)), message: string(stored[8:]),
	}, nil
}

// scan calls fn for the events of a stream from (inclusive) to (exclusive), in order or backwards, until it answers false.
func (s *Service) scan(r store.Reader, g groupID, stream string, from, to position, backwards bool, fn func(event) (more bool)) error {
	between := store.Range{Start: s.eventKey(g, stream, from), End: s.eventKey(g, stream, to), Reverse: backwards}
	return r.Scan(between, func(key, stored []byte) (bool, error) {
		e, err := readEvent(key, stored)
		if err != nil {
			return false, err
		}
		return fn(e), nil
	})
}

// streams calls fn for each stream of a group whose name begins with prefix, in order of names.
func (s *Service) streams(r store.Reader, g groupID, prefix string, fn func(*stream) error) error {
	start := append(s.key('s', g.account, g.region, g.name), prefix...)
	return r.Scan(store.Prefix(start), func(key, stored []byte) (bool, error) {
		of, err := read[stream](got(stored), nil, streamNotFound)
		if err != nil {
			return false, err
		}
		return true, fn(of)
	})
}

// got is a value that has been read.
type got []byte

// Get implements reader.
func (g got) Get([]byte) ([]byte, error) { return g, nil }

func streamARN(g groupID, name string) string {
	return aws.NewARN("logs", g.region, g.account, "log-group:"+g.name+":log-stream:"+name).String()
}

// expire deletes the events whose time is over, group by group.
func (s *Service) expire(ctx context.Context) error {
	var groups []groupID
	err := s.store.View(ctx, func(r store.Reader) error {
		return s.groups(r, "", "", "", func(g groupID, of *group) error {
			if of.Retention > 0 {
				groups = append(groups, g)
			}
			return nil
		})
	})
	for _, g := range groups {
		if err != nil {
			return err
		}
		if err = s.expireGroup(ctx, g, s.now()); isGone(err) {
			err = nil
		}
	}
	return err
}

func isGone(err error) bool {
	var refused *aws.Error
	return errors.As(err, &refused) && refused.Code == "ResourceNotFoundException"
}

func (s *Service) expireGroup(ctx context.Context, g groupID, now time.Time) error {
	return s.changeGroup(ctx, g, func(w store.Writer, of *group) error {
		oldest := position{time: of.oldest(now)}
		var changed []*stream
		err := s.streams(w, g, "", func(st *stream) error {
			if st.Ingested != 0 && st.First < oldest.time {
				changed = append(changed, st)
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, st := range changed {
			if err := s.expireStream(w, g, st, oldest); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) expireStream(w store.Writer, g groupID, st *stream, oldest position) error {
	err := s.scan(w, g, st.Name, position{}, oldest, false, func(e event) bool {
		st.Bytes -= e.size()
		return true
	})
	if err != nil {
		return err
	}
	st.First = st.Last
	err = s.scan(w, g, st.Name, oldest, farthest, false, func(e event) bool {
		st.First = e.time
		return false
	})
	if err != nil {
		return err
	}
	if st.Bytes <= 0 {
		st.Ingested, st.First, st.Last, st.Bytes = 0, 0, 0, 0
	}
	if err := w.DeleteRange(s.eventKey(g, st.Name, position{}), s.eventKey(g, st.Name, oldest)); err != nil {
		return err
	}
	return write(w, s.streamKey(g, st.Name), st)
}
