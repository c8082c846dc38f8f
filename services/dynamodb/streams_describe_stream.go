package dynamodb

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&streamOperations, "DescribeStream", (*Service).describeStream) }

func (s *Service) describeStream(r *services.Request, in *DescribeStreamInput) (*DescribeStreamOutput, error) {
	if err := checkDescribeStream(in); err != nil {
		return nil, err
	}
	x, err := s.streamOf(r, r.Call, *in.StreamArn)
	if err != nil {
		return nil, err
	}
	d := x.state.Load()
	out := &StreamDescription{
		StreamArn: &x.arn, StreamLabel: &d.Label, StreamStatus: &d.Status, StreamViewType: &d.ViewType,
		CreationRequestDateTime: &d.Created, TableName: &d.Table, KeySchema: d.KeySchema, Shards: []Shard{},
	}
	limit := mostShards
	if in.Limit != nil {
		limit = int(*in.Limit)
	}
	passed := in.ExclusiveStartShardId == nil
	for i := range d.Shards {
		sh := &d.Shards[i]
		if !passed {
			passed = sh.ID >= *in.ExclusiveStartShardId
			if !passed || sh.ID == *in.ExclusiveStartShardId {
				continue
			}
		}
		if in.ShardFilter != nil && sh.Parent != *in.ShardFilter.ShardId {
			continue
		}
		if len(out.Shards) == limit {
			out.LastEvaluatedShardId = out.Shards[limit-1].ShardId
			break
		}
		out.Shards = append(out.Shards, sh.describe(d))
	}
	return &DescribeStreamOutput{StreamDescription: out}, nil
}

func checkDescribeStream(in *DescribeStreamInput) error {
	var c constraints
	c.streamARN("streamArn", in.StreamArn, true)
	c.pageLimit(in.Limit, mostShards)
	c.length("exclusiveStartShardId", in.ExclusiveStartShardId, 28, 65)
	if f := in.ShardFilter; f != nil {
		c.oneOf("shardFilter.type", f.Type, "CHILD_SHARDS")
		c.length("shardFilter.shardId", f.ShardId, 28, 65)
	}
	if err := c.err(); err != nil {
		return err
	}
	switch f := in.ShardFilter; {
	case f == nil:
	case f.Type == nil:
		return invalid("ShardFilter Type is required when ShardFilter is specified")
	case f.ShardId == nil:
		return invalid("ShardFilter ShardId is required when ShardFilter Type is CHILD_SHARDS")
	}
	return nil
}

// describe is a shard of d. The parent is left out once it has gone.
func (sh *shard) describe(d *streamDescriptor) Shard {
	out := Shard{ShardId: &sh.ID, SequenceNumberRange: &SequenceNumberRange{StartingSequenceNumber: new(sequenceText(sh.Start))}}
	if sh.End != 0 {
		out.SequenceNumberRange.EndingSequenceNumber = new(sequenceText(sh.End))
	}
	if d.shard(sh.Parent) != nil {
		out.ParentShardId = &sh.Parent
	}
	return out
}
