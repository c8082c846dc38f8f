package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// The SDK for Go on an upstream's services: what is carried out although its answer is lost is there as often as the SDK
// tried, and an object that changed or broke off on its way is never taken for whole.
func TestFaultsOfAnUpstreamInTheSDK(t *testing.T) {
	t.Parallel()
	m := startMoto(t)
	s := start(t, "--upstream", m.URL)
	config := newSDK(s).trying(2).config()
	objects := s3.NewFromConfig(config, func(o *s3.Options) { o.UsePathStyle = true })
	ctx := t.Context()
	bucket := aws.String("photos")
	if _, err := objects.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: bucket}); err != nil {
		t.Fatal(err)
	}
	if _, err := objects.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{Bucket: bucket,
		VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled}}); err != nil {
		t.Fatal(err)
	}
	content := make([]byte, 5<<20)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(content) // never fails
	put := func(key string, body []byte) error {
		_, err := objects.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: &key, Body: bytes.NewReader(body), ChecksumAlgorithm: types.ChecksumAlgorithmCrc32})
		return err
	}
	if err := put("whole", content); err != nil {
		t.Fatal(err)
	}
	get := func() ([]byte, error) {
		got, err := objects.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: aws.String("whole"), ChecksumMode: types.ChecksumModeEnabled})
		if err != nil {
			return nil, err
		}
		defer func() { _ = got.Body.Close() }()
		return io.ReadAll(got.Body)
	}
	for effect, is := range map[string]func(error) bool{
		`{"kind": "corrupt", "bytes": 8}`:             hasWrongChecksum,
		`{"kind": "reset", "after_bytes": 100000}`:    isReset,
		`{"kind": "truncate", "after_bytes": 100000}`: func(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) },
	} {
		s.rule(fmt.Sprintf(`{"id": "get", "match": {"service": "s3", "operation": "GetObject"}, "effect": %s}`, effect))
		if body, err := get(); !is(err) {
			t.Errorf("%s: %d bytes, %v", effect, len(body), err)
		}
		if status, _, text := send(t, "DELETE", s.URL+"/_brownout/rules/get", nil); status >= 300 {
			t.Fatal(status, text)
		}
	}
	if body, err := get(); err != nil || !bytes.Equal(body, content) {
		t.Errorf("without a rule: %d bytes, %v", len(body), err)
	}

	s.rule(`{"match": {"service": "s3", "operation": "PutObject"}, "effect": {"kind": "after-commit"}}`)
	if err := put("lost", content[:10]); !isEnd(err) {
		t.Errorf("PutObject: %v", err)
	}
	versions, err := objects.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: bucket, Prefix: aws.String("lost")})
	if err != nil || len(versions.Versions) != 2 {
		t.Errorf("two attempts left %d versions, %v", len(versions.Versions), err)
	}
	duplicates(ctx, t, s, sqs.NewFromConfig(config))
}

// duplicates: the answer to the first attempt is lost, the second one succeeds, and the queue holds two messages.
func duplicates(ctx context.Context, t *testing.T, s *server, queues *sqs.Client) {
	t.Helper()
	queue, err := queues.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String("work")})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(*queue.QueueUrl, s.URL) {
		t.Errorf("the queue's URL %s is not Brownout's", *queue.QueueUrl)
	}
	s.rule(`{"match": {"service": "sqs", "operation": "SendMessage"}, "when": {"attempts": "1"}, "effect": {"kind": "after-commit"}}`)
	if _, err := queues.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: queue.QueueUrl, MessageBody: aws.String("pay")}); err != nil {
		t.Errorf("SendMessage: %v", err)
	}
	got, err := queues.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: queue.QueueUrl,
		AttributeNames: []sqstypes.QueueAttributeName{sqstypes.QueueAttributeNameApproximateNumberOfMessages}})
	if err != nil || got.Attributes["ApproximateNumberOfMessages"] != "2" {
		t.Errorf("the queue holds %v, %v", got, err)
	}
}

func hasWrongChecksum(err error) bool {
	return err != nil && strings.Contains(err.Error(), "checksum did not match")
}
