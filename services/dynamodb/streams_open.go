package dynamodb

import (
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"time"

	"github.com/brownoutdev/brownout/store"
)

// stream is the stream of that name; nil when there is none.
func (s *Service) stream(name streamName) *stream { return (*s.streams.Load())[name] }

// registerStream makes a stream known, or forgets it when x is nil. s.changing is held.
func (s *Service) registerStream(name streamName, x *stream) {
	streams := maps.Clone(*s.streams.Load())
	if x == nil {
		delete(streams, name)
	} else {
		streams[name] = x
	}
	s.streams.Store(&streams)
}

// loadStreams reads the descriptors of all streams, before the tables'.
func (s *Service) loadStreams(ctx context.Context) error {
	streams := map[streamName]*stream{}
	prefix := append(append([]byte(nil), s.prefix...), letterStream)
	err := s.store.View(ctx, func(r store.Reader) error {
		return r.Scan(store.Prefix(prefix), func(_, value []byte) (bool, error) {
			d, err := decodeStream(value)
			if err != nil {
				return false, err
			}
			x := s.openStream(d)
			last, err := x.lastStored(r)
			if err != nil {
				return false, err
			}
			if d.Ended == nil {
				// Beyond what the last process gave to writes that failed: iterators may stand behind it.
				last = max(last, uint64(s.clock.Now().UnixNano()))
			}
			x.last.Store(last)
			x.settledTo.Store(last)
			streams[x.name] = x
			s.lastStream = max(s.lastStream, d.Number)
			return true, nil
		})
	})
	if err != nil {
		return fmt.Errorf("dynamodb: reading the streams: %w", err)
	}
	s.streams.Store(&streams)
	return nil
}

func (s *Service) openStream(d *streamDescriptor) *stream {
	x := &stream{
		name: streamName{tableName{d.Account, d.Region, d.Table}, d.Label}, number: d.Number,
		space: s.recordSpace(d.Number), clock: s.clock,
	}
	table := descriptor{Account: d.Account, Region: d.Region, Name: d.Table}
	x.arn = table.arn() + streamPart + d.Label
	x.state.Store(d)
	return x
}

// lastStored is the greatest sequence number that the stream has given, as far as that is stored:
// numbers that no record has may be given again.
func (x *stream) lastStored(r store.Reader) (uint64, error) {
	d := x.state.Load()
	last := d.Horizon
	for i := range d.Shards {
		last = max(last, d.Shards[i].Start-1, d.Shards[i].End)
	}
	over := store.Prefix(x.space)
	over.Reverse = true
	err := r.Scan(over, func(key, _ []byte) (bool, error) {
		last = max(last, binary.BigEndian.Uint64(key[len(x.space):]))
		return false, nil
	})
	return last, err
}

// streamChange is what a change of a table does to its streams. The zero value does nothing.
type streamChange struct {
	opened *stream
	closed *stream
	// after is what becomes of closed.
	after *streamDescriptor
}

// enableStream gives the table a new stream. d is the table's next descriptor; s.changing is held.
func (s *Service) enableStream(c *streamChange, d *descriptor, view string) {
	now := s.now()
	name := streamName{tableName: tableName{d.Account, d.Region, d.Name}}
	for label := now; ; label = label.Add(time.Millisecond) {
		if name.label = label.Format("2006-01-02T15:04:05.000"); s.stream(name) == nil {
			break
		}
	}
	s.lastStream++
	sd := &streamDescriptor{
		Format: streamFormat, Number: s.lastStream, TableNumber: d.Number, Account: d.Account, Region: d.Region, Table: d.Name,
		Label: name.label, ViewType: view, Status: streamEnabled, Created: now, KeySchema: d.KeySchema,
	}
	x := s.openStream(sd)
	x.last.Store(uint64(now.UnixNano()))
	sd.open(x, now)
	x.settledTo.Store(x.last.Load())
	s.registerStream(name, x)
	c.opened = x
	d.Stream = &tableStream{Number: sd.Number, Label: name.label, ViewType: view, Enabled: true}
}

// disableStream closes the table's stream. d is the table's next descriptor; s.changing is held.
func (s *Service) disableStream(c *streamChange, d *descriptor) {
	if d.Stream == nil || !d.Stream.Enabled {
		return
	}
	d.Stream.Enabled = false
	c.closed = s.stream(streamName{tableName{d.Account, d.Region, d.Name}, d.Stream.Label})
}

// save stores the change. No write of the table may be under way.
func (c *streamChange) save(s *Service, w store.Writer) error {
	if c.opened != nil {
		if err := s.saveStream(w, c.opened.state.Load()); err != nil {
			return err
		}
	}
	if c.closed == nil {
		return nil
	}
	now := s.now()
	c.after = c.closed.state.Load().copy()
	c.after.close(c.closed, now)
	c.after.Status, c.after.Ended = streamDisabled, &now
	return s.saveStream(w, c.after)
}

// end tells the streams that the change is stored, or, with an error, that it is not.
func (c *streamChange) end(s *Service, err error) {
	switch {
	case err != nil && c.opened != nil:
		s.registerStream(c.opened.name, nil)
	case err == nil && c.closed != nil:
		c.closed.state.Store(c.after)
	}
}

// settled is a sequence number up to which all records that will ever be are in the store.
func (s *Service) settled(x *stream) uint64 {
	last := x.last.Load()
	if x.settledTo.Load() >= last {
		return last
	}
	if t := (*s.tables.Load())[x.name.tableName]; t != nil && t.number == x.state.Load().TableNumber {
		// Whoever took a number holds the table until its write is in, or has failed.
		t.mutex.Lock()
		last = x.last.Load()
		t.mutex.Unlock()
	}
	for {
		before := x.settledTo.Load()
		if before >= last || x.settledTo.CompareAndSwap(before, last) {
			return last
		}
	}
}
