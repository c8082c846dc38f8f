package sigv4

import "testing"

func TestFromHeader(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]Credential{
		"AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0": {"AKIA", "us-east-1", "dynamodb"},
		"AWS4-HMAC-SHA256 Credential=123456789012/20260101/eu-west-1/fis/aws4_request,SignedHeaders=host":            {"123456789012", "eu-west-1", "fis"},
		"AWS4-ECDSA-P256-SHA256 Credential=AKIA/20260101/s3/aws4_request, Signature=0":                               {"AKIA", "", "s3"},
		"AWS4-HMAC-SHA256 Credential=a/b/20260101/us-east-1/s3/aws4_request":                                         {"a/b", "us-east-1", "s3"},
		"AWS AKIA:c2ln":                      {"AKIA", "", ""},
		"AWS4-HMAC-SHA256 Credential=broken": {"broken", "", ""},
		"Bearer x":                           {},
		"":                                   {},
	} {
		if got := FromHeader(header); got != want {
			t.Errorf("%q: got %+v, want %+v", header, got, want)
		}
	}
}

func FuzzFromHeader(f *testing.F) {
	f.Add("AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host")
	f.Fuzz(func(t *testing.T, header string) {
		c := FromHeader(header)
		if len(c.AccessKey)+len(c.Region)+len(c.Service) > len(header) {
			t.Fatalf("%q: %+v holds more than the header", header, c)
		}
	})
}
