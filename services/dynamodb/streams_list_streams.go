package dynamodb

import (
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&streamOperations, "ListStreams", (*Service).listStreams) }

// listStreams lists streams in order of their ARNs, also those that have ended: they are known for 24 hours more.
func (s *Service) listStreams(r *services.Request, in *ListStreamsInput) (*ListStreamsOutput, error) {
	var c constraints
	if in.TableName != nil && !isTableARN(*in.TableName) {
		c.length("tableName", in.TableName, 3, 255)
		c.pattern("tableName", in.TableName)
	}
	c.pageLimit(in.Limit, mostStreams)
	c.streamARN("exclusiveStartStreamArn", in.ExclusiveStartStreamArn, false)
	if err := c.err(); err != nil {
		return nil, err
	}
	var table tableName
	if in.TableName != nil {
		table, _ = resolve(r.Call, *in.TableName)
	}
	if err := s.tendStreams(r); err != nil {
		return nil, err
	}
	var found []*stream
	for name, x := range *s.streams.Load() {
		if name.account == r.Call.Account && name.region == r.Call.Region && (in.TableName == nil || name.tableName == table) &&
			(in.ExclusiveStartStreamArn == nil || x.arn > *in.ExclusiveStartStreamArn) {
			found = append(found, x)
		}
	}
	slices.SortFunc(found, func(a, b *stream) int { return strings.Compare(a.arn, b.arn) })
	out := &ListStreamsOutput{Streams: []Stream{}}
	limit := mostStreams
	if in.Limit != nil {
		limit = int(*in.Limit)
	}
	if len(found) > limit {
		found = found[:limit]
		out.LastEvaluatedStreamArn = &found[limit-1].arn
	}
	for _, x := range found {
		out.Streams = append(out.Streams, Stream{StreamArn: &x.arn, TableName: &x.name.name, StreamLabel: &x.name.label})
	}
	return out, nil
}
