package dynamodb

import (
	"context"
	"encoding/binary"
	"slices"
	"time"

	"github.com/brownoutdev/brownout/store"
)

// trimEvery is how often a stream is looked through for records that are too old.
const trimEvery = time.Minute

// tendStreams trims all streams, rolls shards over, and drops streams that ended long ago.
func (s *Service) tendStreams(ctx context.Context) error {
	for _, x := range *s.streams.Load() {
		if err := s.tendStream(ctx, x); err != nil {
			return err
		}
	}
	return nil
}

// tendStream does what is due for one stream. It looks once in a while only.
func (s *Service) tendStream(ctx context.Context, x *stream) error {
	x.trimming.Lock()
	defer x.trimming.Unlock()
	now := s.now()
	if now.Before(x.trimmed.Add(trimEvery)) {
		return nil
	}
	horizon, err := s.tooOld(ctx, x, now.Add(-streamRetention))
	if err != nil {
		return err
	}
	d := x.state.Load()
	if horizon > 0 || d.due(now) {
		if err := s.changeStream(ctx, x, now, horizon); err != nil {
			return err
		}
	}
	x.trimmed = now
	return nil
}

// due tells whether the shards of a stream, or the stream itself, have come to an end.
func (d *streamDescriptor) due(now time.Time) bool {
	return d.expired(now) || d.rolls(now) || slices.ContainsFunc(d.Shards, func(sh shard) bool { return sh.expired(now) })
}

func (d *streamDescriptor) expired(now time.Time) bool {
	return d.Ended != nil && !now.Before(d.Ended.Add(streamRetention))
}

func (d *streamDescriptor) rolls(now time.Time) bool {
	return d.Ended == nil && !now.Before(d.Shards[len(d.Shards)-1].Created.Add(shardLife))
}

func (sh *shard) expired(now time.Time) bool {
	return sh.Closed != nil && !now.Before(sh.Closed.Add(streamRetention))
}

// tooOld is the sequence number of the youngest record from before; 0 when there is none.
func (s *Service) tooOld(ctx context.Context, x *stream, before time.Time) (last uint64, err error) {
	err = s.store.View(ctx, func(r store.Reader) error {
		return r.Scan(store.Prefix(x.space), func(key, value []byte) (bool, error) {
			at, _, err := readRecord(value)
			if err != nil || at.After(before) {
				return false, err
			}
			last = binary.BigEndian.Uint64(key[len(x.space):])
			return true, nil
		})
	})
	return last, err
}

// changeStream stores what time has made of a stream.
func (s *Service) changeStream(ctx context.Context, x *stream, now time.Time, horizon uint64) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	if s.stream(x.name) != x {
		return nil // somebody has forgotten it meanwhile
	}
	if t := (*s.tables.Load())[x.name.tableName]; t != nil {
		t.mutex.Lock() // a shard ends while nobody writes
		defer t.mutex.Unlock()
	}
	d := x.state.Load().copy()
	d.Horizon = max(d.Horizon, horizon)
	if d.rolls(now) {
		d.close(x, now)
		d.open(x, now)
	}
	gone := d.expired(now)
	d.Shards = slices.DeleteFunc(d.Shards, func(sh shard) bool { return sh.expired(now) })
	key := d.key(s.prefix)
	err := s.store.Update(ctx, [][]byte{key}, func(w store.Writer) error {
		if gone {
			if err := w.Delete(key); err != nil {
				return err
			}
			over := store.Prefix(x.space)
			return w.DeleteRange(over.Start, over.End)
		}
		if horizon > 0 {
			if err := w.DeleteRange(x.space, x.recordKey(horizon+1)); err != nil {
				return err
			}
		}
		return s.saveStream(w, d)
	})
	if err != nil {
		return err
	}
	if gone {
		s.registerStream(x.name, nil)
	} else {
		x.state.Store(d)
	}
	return nil
}
