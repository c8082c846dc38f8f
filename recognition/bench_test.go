package recognition

import (
	"bufio"
	"net/http"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/aws"
)

// request reads raw bytes as a server would.
func request(t testing.TB, head string) *http.Request {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(strings.ReplaceAll(strings.TrimLeft(head, "\n"), "\n", "\r\n") + "\r\n\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// sdkHeaders are what SDKs send with every call.
const sdkHeaders = `
User-Agent: aws-sdk-go-v2/1.47.0 ua/2.1 os/linux lang/go#1.26.0 md/GOOS#linux md/GOARCH#amd64 api/SERVICE#1.60.0 m/E,g
Accept-Encoding: identity
Amz-Sdk-Invocation-Id: 832f0f3b-474b-4804-9038-e4090a80e1a8
Amz-Sdk-Request: attempt=1; max=3
X-Amz-Date: 20261122T094624Z
Content-Length: 0
Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/eu-west-1/SERVICE/aws4_request, SignedHeaders=accept-encoding;amz-sdk-invocation-id;amz-sdk-request;content-length;host;x-amz-date, Signature=ed587e3c`

func sdk(service string) string { return strings.ReplaceAll(sdkHeaders, "SERVICE", service) }

var benchmarks = []struct {
	name, head, body string
	want             string
	most             float64 // allocations; an ambiguous call names the others in a slice
}{
	{"JSON", "POST / HTTP/1.1\nHost: 127.0.0.1:4566\nX-Amz-Target: DynamoDB_20120810.GetItem\nContent-Type: application/x-amz-json-1.0" + sdk("dynamodb"), "", "dynamodb.GetItem", 0},
	{"CBOR", "POST /service/GraniteServiceVersion20100801/operation/GetMetricData HTTP/1.1\nHost: 127.0.0.1:4566\nSmithy-Protocol: rpc-v2-cbor" + sdk("monitoring"), "", "cloudwatch.GetMetricData", 0},
	{"REST-JSON", "GET /experiments/EXP1 HTTP/1.1\nHost: 127.0.0.1:4566" + sdk("fis"), "", "fis.GetExperiment", 0},
	{"REST-JSON-invoke", "POST /2015-03-31/functions/my-function/invocations HTTP/1.1\nHost: localhost:4566" + sdk("lambda"), "", "lambda.Invoke", 0},
	{"REST-JSON-shared", "GET /v2/apis/a1b2c3/routes HTTP/1.1\nHost: localhost:4566" + sdk("apigateway"), "", "apigatewayv2.GetRoutes", 0},
	{"S3-GetObject", "GET /my-bucket/some/key?x-id=GetObject HTTP/1.1\nHost: localhost:4566" + sdk("s3"), "", "s3.GetObject", 0},
	{"S3-PutObject", "PUT /my-bucket/some/key HTTP/1.1\nHost: 127.0.0.1:4566" + sdk("s3"), "", "s3.PutObject", 0},
	{"S3-virtual-host", "GET /?list-type=2&prefix=a HTTP/1.1\nHost: my-bucket.s3.eu-west-1.amazonaws.com" + sdk("s3"), "", "s3.ListObjectsV2", 0},
	{"form", "POST / HTTP/1.1\nHost: localhost:4566\nContent-Type: application/x-www-form-urlencoded; charset=utf-8" + sdk("sqs"),
		"QueueUrl=http%3A%2F%2Flocalhost%3A4566%2F000000000000%2Fq&MessageBody=" + strings.Repeat("abc+%20", 20) + "&Action=SendMessage&Version=2012-11-05", "sqs.SendMessage", 0},
	{"form-EC2", "POST / HTTP/1.1\nHost: localhost:4566\nContent-Type: application/x-www-form-urlencoded; charset=utf-8" + sdk("ec2"),
		"Action=DescribeInstances&Version=2016-11-15&InstanceId.1=i-12345678", "ec2.DescribeInstances", 0},
	{"form-ambiguous", "POST / HTTP/1.1\nHost: localhost:4566\nContent-Type: application/x-www-form-urlencoded; charset=utf-8" + strings.ReplaceAll(sdk("rds"), "api/", "os/"),
		"Action=CreateDBCluster&Version=2014-10-31&DBClusterIdentifier=c&Engine=aurora-mysql", "rds.CreateDBCluster", 4},
}

// TestCost holds the promise of no allocation; the times are the benchmark's.
func TestCost(t *testing.T) {
	z := New()
	for _, c := range benchmarks {
		r := request(t, c.head)
		body := []byte(c.body)
		var call aws.Call
		n := testing.AllocsPerRun(50, func() {
			call = aws.Call{}
			if found := z.Recognize(r, &call); found.NeedsBody() {
				z.RecognizeBody(r, body, &call, &found)
			}
		})
		if call.Name() != c.want || n > c.most {
			t.Errorf("%s: %s with %v allocations, want %s with %v at most", c.name, call.Name(), n, c.want, c.most)
		}
	}
}

func BenchmarkRecognize(b *testing.B) {
	for _, c := range benchmarks {
		b.Run(c.name, func(b *testing.B) {
			z := New()
			r := request(b, c.head)
			body := []byte(c.body)
			b.ReportAllocs()
			var call aws.Call
			for b.Loop() {
				call = aws.Call{}
				if found := z.Recognize(r, &call); found.NeedsBody() {
					z.RecognizeBody(r, body, &call, &found)
				}
			}
		})
	}
}
