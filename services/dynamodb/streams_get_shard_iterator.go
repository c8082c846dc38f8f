package dynamodb

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&streamOperations, "GetShardIterator", (*Service).getShardIterator) }

const (
	iteratorOldest = "TRIM_HORIZON"
	iteratorLatest = "LATEST"
	iteratorAt     = "AT_SEQUENCE_NUMBER"
	iteratorAfter  = "AFTER_SEQUENCE_NUMBER"
)

func (s *Service) getShardIterator(r *services.Request, in *GetShardIteratorInput) (*GetShardIteratorOutput, error) {
	var c constraints
	c.streamARN("streamArn", in.StreamArn, true)
	c.required("shardId", in.ShardId == nil)
	c.length("shardId", in.ShardId, 28, 65)
	c.required("shardIteratorType", in.ShardIteratorType == nil)
	c.oneOf("shardIteratorType", in.ShardIteratorType, "AFTER_SEQUENCE_NUMBER, AT_SEQUENCE_NUMBER, LATEST, TRIM_HORIZON")
	c.length("sequenceNumber", in.SequenceNumber, 21, 40)
	if err := c.err(); err != nil {
		return nil, err
	}
	numbered := *in.ShardIteratorType == iteratorAt || *in.ShardIteratorType == iteratorAfter
	switch {
	case numbered && in.SequenceNumber == nil:
		return nil, invalid("SequenceNumber must be specified when ShardIteratorType is " + *in.ShardIteratorType)
	case !numbered && in.SequenceNumber != nil:
		return nil, invalid("SequenceNumber must not be specified when ShardIteratorType is " + *in.ShardIteratorType)
	}
	x, err := s.streamOf(r, r.Call, *in.StreamArn)
	if err != nil {
		return nil, err
	}
	d := x.state.Load()
	sh := d.shard(*in.ShardId)
	if sh == nil {
		return nil, refused(codeNotFound, "Requested resource not found: Shard: "+*in.ShardId+" in stream "+*in.StreamArn+" not found")
	}
	it := iterator{arn: x.arn, shard: sh.ID, issued: s.clock.Now()}
	if it.next, err = s.place(x, d, sh, in); err != nil {
		return nil, err
	}
	return &GetShardIteratorOutput{ShardIterator: new(it.encode())}, nil
}

// place is the sequence number that an iterator begins with.
func (s *Service) place(x *stream, d *streamDescriptor, sh *shard, in *GetShardIteratorInput) (uint64, error) {
	switch *in.ShardIteratorType {
	case iteratorOldest:
		return max(sh.Start, d.Horizon+1), nil
	case iteratorLatest:
		if sh.End != 0 {
			return sh.End + 1, nil
		}
		return max(sh.Start, x.last.Load()+1), nil
	}
	sequence, ok := parseSequence(*in.SequenceNumber)
	switch {
	case !ok || sequence < sh.Start || sequence > max(x.last.Load(), sh.Start) || sh.End != 0 && sequence > sh.End:
		return 0, invalid("Invalid SequenceNumber: " + *in.SequenceNumber + " is not in the range of shard " + sh.ID)
	case sequence <= d.Horizon:
		return 0, refused(codeTrimmed, textTrimmed)
	case *in.ShardIteratorType == iteratorAfter:
		return sequence + 1, nil
	}
	return sequence, nil
}
