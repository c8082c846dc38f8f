package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// calls are one call in each wire protocol to services or operations that Brownout does not serve: the error must
// arrive in the caller's own protocol, or the SDK would not find its code.
var calls = map[string]func(t *testing.T, c aws.Config) error{
	"s3": func(t *testing.T, c aws.Config) error { // REST-XML
		_, err := s3.NewFromConfig(c, func(o *s3.Options) { o.UsePathStyle = true }).ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String("bucket")})
		return err
	},
	"sqs": func(t *testing.T, c aws.Config) error { // AWS JSON
		_, err := sqs.NewFromConfig(c).ListQueues(t.Context(), nil)
		return err
	},
	"sts": func(t *testing.T, c aws.Config) error { // query
		_, err := sts.NewFromConfig(c).GetDelegatedAccessToken(t.Context(), &sts.GetDelegatedAccessTokenInput{TradeInToken: aws.String("x")})
		return err
	},
	"cloudwatch": func(t *testing.T, c aws.Config) error { // RPC v2 CBOR
		_, err := cloudwatch.NewFromConfig(c).ListDashboards(t.Context(), nil)
		return err
	},
}

// A call for a service that nobody serves gets a 501 that names the service.
func TestUnservedServices(t *testing.T) {
	t.Parallel()
	s := start(t)
	for service, call := range calls {
		t.Run(service, func(t *testing.T) {
			t.Parallel()
			c := newSDK(s)
			wantError(t, call(t, c.config()), "NotImplemented", 501, service)
			if got := c.http.take(); len(got) != 1 || got[0].call == "" {
				t.Errorf("answered with %+v", got)
			}
		})
	}
	t.Run("dynamodb", func(t *testing.T) {
		t.Parallel()
		_, err := newSDK(s).dynamodb().ExportTableToPointInTime(t.Context(), &dynamodb.ExportTableToPointInTimeInput{
			TableArn: aws.String("arn:aws:dynamodb:us-east-1:000000000000:table/Students"), S3Bucket: aws.String("bucket"),
		})
		wantError(t, err, "NotImplemented", 501, "ExportTableToPointInTime")
	})
}

// A regional outage reaches these services, too, again in their own protocols.
func TestOutageOfUnservedServices(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := newSDK(s)
	startExperiment(t, c, createTemplate(t, c, outageTemplate).Id)
	for service, call := range calls {
		wantError(t, call(t, c.in("us-west-2").config()), "InternalError", 503, faultMessage)
		wantError(t, call(t, c.in("eu-central-1").config()), "NotImplemented", 501, service)
	}
}
