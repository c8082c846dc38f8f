package dynamodb

import (
	"encoding/binary"
	"time"

	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/store"
)

func init() { services.Add(&streamOperations, "GetRecords", (*Service).getRecords) }

// recordsAnswer is the output of GetRecords.
type recordsAnswer struct {
	Records           rawList
	NextShardIterator *string
}

func (s *Service) getRecords(r *services.Request, in *GetRecordsInput) (*recordsAnswer, error) {
	var c constraints
	c.required("shardIterator", in.ShardIterator == nil)
	c.length("shardIterator", in.ShardIterator, 1, 2048)
	c.pageLimit(in.Limit, mostRecords)
	if err := c.err(); err != nil {
		return nil, err
	}
	it, ok := decodeIterator(*in.ShardIterator)
	if !ok {
		return nil, invalid("Invalid ShardIterator: " + *in.ShardIterator)
	}
	now := s.clock.Now()
	if now.Sub(it.issued) > iteratorLife {
		return nil, refused(codeExpired, textExpired)
	}
	x, err := s.streamOf(r, r.Call, it.arn)
	if err != nil {
		return nil, err
	}
	d := x.state.Load()
	sh := d.shard(it.shard)
	if sh == nil || it.next <= d.Horizon {
		return nil, refused(codeTrimmed, textTrimmed)
	}
	limit := mostRecords
	if in.Limit != nil {
		limit = int(*in.Limit)
	}
	out := &recordsAnswer{}
	if out.Records, it.next, err = s.readRecords(r, x, sh, it.next, limit); err != nil {
		return nil, err
	}
	if sh.End == 0 || it.next <= sh.End {
		it.issued = now
		out.NextShardIterator = new(it.encode())
	}
	return out, nil
}

// readRecords reads a shard from a sequence number on, and answers with which one to go on.
func (s *Service) readRecords(r *services.Request, x *stream, sh *shard, from uint64, limit int) (rawList, uint64, error) {
	records := rawList{}
	last := s.settled(x)
	if sh.End != 0 {
		last = min(last, sh.End)
	}
	if from > last {
		return records, from, nil
	}
	youngest := s.youngestRecord(r, x)
	next := from
	if sh.End != 0 {
		next = sh.End + 1 // unless there is more than fits
	}
	bytes := 0
	err := s.store.View(r, func(reader store.Reader) error {
		return reader.Scan(store.Range{Start: x.recordKey(from), End: x.recordKey(last + 1)}, func(key, value []byte) (bool, error) {
			sequence := binary.BigEndian.Uint64(key[len(x.space):])
			at, json, err := readRecord(value)
			if err != nil {
				return false, err
			}
			if len(records) == limit || bytes >= mostRecordBytes || at.After(youngest) {
				next = sequence
				return false, nil
			}
			records = append(records, json)
			bytes += len(json)
			if sh.End == 0 {
				next = sequence + 1 // numbers that no record has may be given again after a restart
			}
			return true, nil
		})
	})
	if err != nil {
		return nil, 0, err
	}
	return repeated(r, records), next, nil
}

// youngestRecord is the time after which records are held back by a fault.
func (s *Service) youngestRecord(r *services.Request, x *stream) time.Time {
	now := s.clock.Now()
	if hit, ok := r.Faults.Hit(faultStreamDelay); ok {
		if p, ok := hit.Parameters.(delayParameters); ok {
			return now.Add(-p.delay)
		}
	}
	return now.Add(time.Hour) // all there is
}
