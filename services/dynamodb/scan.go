package dynamodb

import (
	"encoding/binary"
	"math/bits"
	"strconv"

	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/store"
)

func init() { services.Add(&operations, "Scan", (*Service).scan) }

const mostSegments = 1_000_000

func (s *Service) scan(r *services.Request, in *ScanInput) (*pageAnswer, error) {
	q, err := checkScan(s.voice(older), in)
	if err != nil {
		return nil, err
	}
	t, err := s.table(r, *in.TableName)
	if err != nil {
		return nil, err
	}
	rd, err := t.state.Load().scan(q, in)
	if err != nil {
		return nil, err
	}
	rd.shorten(r)
	p, err := rd.run(r, s.reads(r, rd.st, rd.consistent))
	if err != nil {
		return nil, err
	}
	if err := s.limits(r).page(rd, p, nil); err != nil {
		return nil, err
	}
	return rd.answer(p, in.ReturnConsumedCapacity, *in.TableName)
}

// checkScan judges the request as far as it can without the table.
func checkScan(v voice, in *ScanInput) (*asked, error) {
	var c constraints
	c.oneOf("select", in.Select, enumSelect)
	c.length("indexName", in.IndexName, 3, 255)
	c.pattern("indexName", in.IndexName)
	c.atLeast("totalSegments", in.TotalSegments, 1)
	c.atMost("totalSegments", in.TotalSegments, mostSegments)
	c.oneOf("returnConsumedCapacity", in.ReturnConsumedCapacity, enumCapacity)
	c.dataTable(v, in.TableName)
	c.oneOf("conditionalOperator", in.ConditionalOperator, enumConditional)
	c.legacyConditions("scanFilter", in.ScanFilter)
	c.atLeast("segment", in.Segment, 0)
	c.atMost("segment", in.Segment, mostSegments-1)
	c.atLeast("limit", in.Limit, 1)
	c.legacyNames("attributesToGet", in.AttributesToGet)
	if err := c.err(); err != nil {
		return nil, err
	}
	if err := v.mixed([]parameter{
		{"AttributesToGet", in.AttributesToGet != nil}, {"ScanFilter", in.ScanFilter != nil},
		{"ConditionalOperator", in.ConditionalOperator != nil},
	}, []parameter{
		{"ProjectionExpression", in.ProjectionExpression != nil}, {"FilterExpression", in.FilterExpression != nil},
	}); err != nil {
		return nil, err
	}
	if err := v.conditionalOperator(in.ConditionalOperator, len(in.ScanFilter)); err != nil {
		return nil, err
	}
	legacy, err := v.filter(in.ScanFilter, in.ConditionalOperator)
	if err != nil {
		return nil, err
	}
	if err := in.ExclusiveStartKey.Validate(); err != nil {
		return nil, v.faultAfter(textStartKey+": ", err)
	}
	if err := v.checkSegments(in); err != nil {
		return nil, err
	}
	x := v.expressions(in.ExpressionAttributeNames, in.ExpressionAttributeValues)
	q := &asked{filter: x.filter(in.FilterExpression), project: x.projection(in.ProjectionExpression)}
	if err := x.end("FilterExpression is null"); err != nil {
		return nil, err
	}
	q.add(&asked{filter: legacy})
	if q.project, err = v.project(q.project, in.AttributesToGet); err != nil {
		return nil, err
	}
	return q, v.checkSelect(in.Select, projecting(in.ProjectionExpression, in.AttributesToGet), in.IndexName)
}

func (v voice) checkSegments(in *ScanInput) error {
	switch {
	case in.Segment == nil && in.TotalSegments == nil:
		return nil
	case in.Segment == nil:
		return v.request("The Segment parameter is required but was not present in the request when parameter TotalSegments is present")
	case in.TotalSegments == nil:
		return v.request("The TotalSegments parameter is required but was not present in the request when Segment parameter is present")
	case *in.Segment >= *in.TotalSegments:
		segment, total := strconv.FormatInt(*in.Segment, 10), strconv.FormatInt(*in.TotalSegments, 10)
		return v.request("The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: " +
			segment + " is not less than TotalSegments: " + total)
	}
	return nil
}

// scan turns the request into a reading by the table's schema.
func (st *state) scan(q *asked, in *ScanInput) (*reading, error) {
	rd, err := st.reading(q, in.IndexName, in.Select, isTrue(in.ConsistentRead))
	if err != nil {
		return nil, err
	}
	space := st.space
	if rd.index != nil {
		space = rd.index.space
	}
	rd.over = segmentRange(space, in.Segment, in.TotalSegments)
	if in.Limit != nil {
		rd.limit = *in.Limit
	}
	if in.ExclusiveStartKey == nil {
		return rd, nil
	}
	key, err := st.startKey(rd.index, in.ExclusiveStartKey)
	if err != nil {
		return nil, err
	}
	if string(key) < string(rd.over.Start) || rd.over.End != nil && string(key) >= string(rd.over.End) {
		return nil, invalid(textStartKey + ": Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. TotalSegments: " +
			strconv.FormatInt(*in.TotalSegments, 10) + " Segment: " + strconv.FormatInt(*in.Segment, 10))
	}
	rd.over = startAfter(rd.over, key)
	return rd, nil
}

// segmentRange is a segment's share of the partitions: an equal range of their hashes.
func segmentRange(space []byte, segment, total *int64) store.Range {
	over := store.Prefix(space)
	if segment == nil {
		return over
	}
	n, of := uint64(*segment), uint64(*total)
	if n > 0 {
		over.Start = hashBound(space, n, of)
	}
	if n+1 < of {
		over.End = hashBound(space, n+1, of)
	}
	return over
}

// hashBound is where segment n of so many begins.
func hashBound(space []byte, n, of uint64) []byte {
	hash, _ := bits.Div64(n, 0, of) // n * 2^64 / of
	return binary.BigEndian.AppendUint64(append(make([]byte, 0, len(space)+hashLength), space...), hash)
}
