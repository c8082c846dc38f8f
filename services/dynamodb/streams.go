package dynamodb

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services"
)

// streamOperations is the API of DynamoDB Streams, a service of its own to clients.
var streamOperations services.Table[*Service]

// BindStreams is DynamoDB Streams as the gateway routes to it. Bind's Reset forgets streams, too.
func (s *Service) BindStreams() *services.Service { return streamOperations.Bind("dynamodbstreams", s) }

const (
	codeTrimmed = "TrimmedDataAccessException"
	codeExpired = "ExpiredIteratorException"

	textTrimmed = "The operation attempted to read past the oldest stream record in a shard. " +
		"The requested data has been trimmed."
	textExpired = "The shard iterator has expired and can no longer be used to retrieve stream records: it is valid for 15 minutes."

	iteratorLife      = 15 * time.Minute
	mostRecords       = 1000
	mostRecordBytes   = 1 << 20
	mostStreams       = 100
	mostShards        = 100
	iteratorSeparator = "|1|"
)

func errNoStream(arn string) *aws.Error {
	return refused(codeNotFound, "Requested resource not found: Stream: "+arn+" not found")
}

// streamOf is the stream that a call names by its ARN, with what is too old taken out of it.
func (s *Service) streamOf(ctx context.Context, call *aws.Call, text string) (*stream, error) {
	arn, ok := aws.ParseARN(text)
	if !ok || arn.Service != "dynamodb" || !strings.HasPrefix(arn.Resource, "table/") {
		return nil, invalid("Invalid StreamArn: Invalid ResourceArn provided as input " + text)
	}
	table, label, ok := strings.Cut(strings.TrimPrefix(arn.Resource, "table/"), streamPart)
	if !ok || arn.Region != call.Region || arn.Account != call.Account {
		return nil, errNoStream(text)
	}
	name := streamName{tableName{arn.Account, arn.Region, table}, label}
	if x := s.stream(name); x != nil {
		if err := s.tendStream(ctx, x); err != nil {
			return nil, err
		}
	}
	if x := s.stream(name); x != nil {
		return x, nil
	}
	return nil, errNoStream(text)
}

// iterator is a place in a shard.
type iterator struct {
	arn   string
	shard string
	// next is the first sequence number that has not been read.
	next   uint64
	issued time.Time
}

const iteratorFormat = 1

// encode makes the text that clients have: the stream's ARN, and behind it what only we read.
func (it iterator) encode() string {
	b := binary.BigEndian.AppendUint64([]byte{iteratorFormat}, it.next)
	b = binary.BigEndian.AppendUint64(b, uint64(it.issued.UnixMilli()))
	return it.arn + iteratorSeparator + base64.StdEncoding.EncodeToString(append(b, it.shard...))
}

func decodeIterator(text string) (it iterator, ok bool) {
	arn, encoded, ok := strings.Cut(text, iteratorSeparator)
	if !ok {
		return it, false
	}
	b, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(b) < 17 || b[0] != iteratorFormat {
		return it, false
	}
	return iterator{
		arn: arn, next: binary.BigEndian.Uint64(b[1:]), issued: time.UnixMilli(int64(binary.BigEndian.Uint64(b[9:]))),
		shard: string(b[17:]),
	}, true
}

// streamARN checks the member of that name.
func (c *constraints) streamARN(path string, arn *string, required bool) {
	c.required(path, required && arn == nil)
	c.length(path, arn, 37, 1024)
}

// pageLimit checks a Limit.
func (c *constraints) pageLimit(limit *int64, most int64) {
	c.atLeast("limit", limit, 1)
	c.atMost("limit", limit, most)
}
