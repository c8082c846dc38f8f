package logs

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/store"
)

func init() { services.Add(&operations, "DescribeLogStreams", (*Service).describeLogStreams) }

func (s *Service) describeLogStreams(r *services.Request, in *DescribeLogStreamsRequest) (*DescribeLogStreamsResponse, error) {
	id, err := identified(r.Call, in.LogGroupName, in.LogGroupIdentifier)
	if err != nil {
		return nil, err
	}
	byTime := value(in.OrderBy) == "LastEventTime"
	if byTime && in.LogStreamNamePrefix != nil {
		return nil, invalid("Cannot order by LastEventTime with a logStreamNamePrefix.")
	}
	type ordered struct {
		key string
		stream
	}
	var all []ordered
	err = s.store.View(r, func(reader store.Reader) error {
		if _, err := s.readGroup(reader, id); err != nil {
			return err
		}
		return s.streams(reader, id, value(in.LogStreamNamePrefix), func(of *stream) error {
			key := of.Name
			if byTime {
				key = fmt.Sprintf("%020d %s", of.Last, of.Name)
			}
			all = append(all, ordered{key, *of})
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b ordered) int { return cmp.Compare(a.key, b.key) })
	if value(in.Descending) {
		slices.Reverse(all)
	}
	page, next, err := nextPage(all, func(o *ordered) string { return o.key }, value(in.Descending), in.Limit, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &DescribeLogStreamsResponse{LogStreams: []LogStream{}, NextToken: next}
	for i := range page {
		out.LogStreams = append(out.LogStreams, page[i].shape(id))
	}
	return out, nil
}

func (of *stream) shape(id groupID) LogStream {
	arn, bytes, token := streamARN(id, of.Name), int64(0), fmt.Sprintf("%056d", of.Next)
	shape := LogStream{LogStreamName: &of.Name, CreationTime: &of.Created, UploadSequenceToken: &token, Arn: &arn, StoredBytes: &bytes}
	if of.Ingested != 0 {
		shape.FirstEventTimestamp, shape.LastEventTimestamp, shape.LastIngestionTime = &of.First, &of.Last, &of.Ingested
	}
	return shape
}
