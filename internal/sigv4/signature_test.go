package sigv4_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/internal/sigv4"
)

// presigned is a URL that botocore 1.43.11 has presigned for sts GetCallerIdentity, with a session token.
func presigned() *http.Request {
	return httptest.NewRequest(http.MethodGet, "https://sts.us-east-1.amazonaws.com/?"+presignedQuery, nil)
}

func TestRead(t *testing.T) {
	t.Parallel()
	s, err := sigv4.Read(listUsers())
	if err != nil {
		t.Fatal(err)
	}
	if s.AccessKey != "AKIDEXAMPLE" || s.Region != "us-east-1" || s.Service != "iam" || !s.At.Equal(at) || s.Presigned || s.Token != "" ||
		strings.Join(s.SignedHeaders, " ") != "content-type host x-amz-date" {
		t.Errorf("read %+v", s)
	}
	if !s.Matches(listUsers(), nil, secret) || s.Matches(listUsers(), []byte("x"), secret) || s.Matches(listUsers(), nil, "x") {
		t.Error("it matches what it should not, or not what it should")
	}
	r := presigned()
	if s, err = sigv4.Read(r); err != nil {
		t.Fatal(err)
	}
	if s.AccessKey != "AKIDEXAMPLE" || s.Service != "sts" || !s.Presigned || s.Expires != time.Minute || s.Token != "to/ken+==" {
		t.Errorf("read %+v", s)
	}
	if !s.Matches(r, nil, secret) {
		t.Error("the presigned request does not match")
	}
	r.URL.RawQuery += "&x=y"
	if s.Matches(r, nil, secret) {
		t.Error("what was added to a presigned request is not noticed")
	}
}

func TestReadSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	const scope = "AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request"
	with := func(authorization, date string) *http.Request {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Authorization", authorization)
		if date != "" {
			r.Header.Set("X-Amz-Date", date)
		}
		return r
	}
	const date = "20150830T123600Z"
	for want, r := range map[string]*http.Request{
		"Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'.":                                                                                with("AWS4-ECDSA-P256-SHA256 Credential=x", date),
		"Authorization header requires 'Signature' parameter. Authorization=AWS4-HMAC-SHA256 Credential=" + scope + ", SignedHeaders=host":      with("AWS4-HMAC-SHA256 Credential="+scope+", SignedHeaders=host", date),
		"Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=":                                   with("AWS4-HMAC-SHA256 Credential="+scope+", SignedHeaders=host, Signature=00", ""),
		"Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'AKIDEXAMPLE'":                       with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE, SignedHeaders=host, Signature=00", date),
		"Credential should be scoped with a valid terminator: 'aws4_request', not 'aws3'.":                                                      with("AWS4-HMAC-SHA256 Credential=A/20150830/us-east-1/iam/aws3, SignedHeaders=host, Signature=00", date),
		"Date must be in ISO-8601 'basic format'. Got 'yesterday'.":                                                                             with("AWS4-HMAC-SHA256 Credential="+scope+", SignedHeaders=host, Signature=00", "yesterday"),
		"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20150830' != '20150831', from '20150831T00": with("AWS4-HMAC-SHA256 Credential="+scope+", SignedHeaders=host, Signature=00", "20150831T000000Z"),
		"AWS query-string parameters must include 'X-Amz-Signature'. Re-examine the query-string parameters.":                                   httptest.NewRequest(http.MethodGet, "/?"+strings.Replace(presignedQuery, "X-Amz-Signature", "X-Amz-No", 1), nil),
	} {
		_, err := sigv4.Read(r)
		var incomplete *sigv4.IncompleteError
		if !errors.As(err, &incomplete) || !strings.HasPrefix(incomplete.Message, want) {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	for _, r := range []*http.Request{httptest.NewRequest(http.MethodGet, "/?a=b", nil), with("Bearer x", date), with("AWS key:signature", date)} {
		if _, err := sigv4.Read(r); !errors.Is(err, sigv4.ErrNone) {
			t.Errorf("%v: %v", r.Header, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("AWS4-HMAC-SHA256 Credential=A/20150830/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=00", "20150830T123600Z", "")
	f.Add("", "", presignedQuery)
	f.Fuzz(func(t *testing.T, authorization, date, query string) {
		r := listUsers()
		r.Header.Set("Authorization", authorization)
		r.Header.Set("X-Amz-Date", date)
		r.URL.RawQuery = query
		if s, err := sigv4.Read(r); err == nil && s.Matches(r, nil, "a secret that nobody has") {
			t.Error("a signature matches that nobody could make")
		}
	})
}

const presignedQuery = "Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Security-Token=to%2Fken%2B%3D%3D&X-Amz-Signature=3e7a72dd2ae8416ff3ce9a74b32350230944fef1f22630cb70740cb3b151ca81"
