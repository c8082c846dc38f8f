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

const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

// at is the time of all signatures here.
var at = time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)

// listUsers is the request that AWS's documentation of signature version 4 signs step by step.
func listUsers() *http.Request {
	r := httptest.NewRequest(http.MethodGet, "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08", nil)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	r.Header.Set("X-Amz-Date", "20150830T123600Z")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "+
		"SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7")
	return r
}

// tagResource is what botocore 1.43.11 signs for fis TagResource: a path with escapes in it, and a body.
func tagResource() (*http.Request, string) {
	const body = `{"tags": {"a": "b c"}}`
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:4566/tags/arn%3Aaws%3Afis%3Aus-east-1%3A000000000000%3Aexperiment%2FEXP1?b=%20x&a=1&a=0", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Amz-Date", "20150830T123600Z")
	r.Header.Set("Authorization", tagResourceSignature)
	return r, body
}

const tagResourceSignature = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/fis/aws4_request, " +
	"SignedHeaders=content-type;host;x-amz-date, Signature=1a40b83836df1935152cee07f9d91761a0e008bf32cd978569bd2d6046eed33e"

func TestVerify(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(r *http.Request){
		"as it is":        func(*http.Request) {},
		"other order":     func(r *http.Request) { r.URL.RawQuery = "Version=2010-05-08&Action=ListUsers" },
		"unsigned header": func(r *http.Request) { r.Header.Set("User-Agent", "x") },
		"blanks": func(r *http.Request) {
			r.Header.Set("Content-Type", " application/x-www-form-urlencoded;   charset=utf-8 ")
		},
	} {
		r := listUsers()
		change(r)
		if err := sigv4.Verify(r, nil, secret, at.Add(10*time.Minute)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	r, body := tagResource()
	if err := sigv4.Verify(r, []byte(body), secret, at); err != nil {
		t.Errorf("TagResource: %v", err)
	}
}

func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(r *http.Request)
		body   string
		secret string
		now    time.Time
	}{
		"another secret":        {secret: "other"},
		"another body":          {body: "x"},
		"another path":          {change: func(r *http.Request) { r.URL.Path = "/x" }},
		"another query":         {change: func(r *http.Request) { r.URL.RawQuery += "&x=" }},
		"another method":        {change: func(r *http.Request) { r.Method = http.MethodDelete }},
		"another host":          {change: func(r *http.Request) { r.Host = "example.com" }},
		"another header":        {change: func(r *http.Request) { r.Header.Set("Content-Type", "x") }},
		"a header more":         {change: func(r *http.Request) { r.Header.Set("X-Amz-Target", "x") }},
		"a header less":         {change: func(r *http.Request) { r.Header.Del("Content-Type") }},
		"no time":               {change: func(r *http.Request) { r.Header.Del("X-Amz-Date") }},
		"another day":           {change: func(r *http.Request) { r.Header.Set("X-Amz-Date", "20150831T123600Z") }},
		"too late":              {now: at.Add(16 * time.Minute)},
		"too early":             {now: at.Add(-16 * time.Minute)},
		"a payload hash, wrong": {change: func(r *http.Request) { r.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD") }},
		"host not signed": {change: func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "host;", "", 1))
		}},
		"no signature": {change: func(r *http.Request) {
			r.Header.Set("Authorization", strings.Split(r.Header.Get("Authorization"), " Signature")[0])
		}},
		"an empty signature": {change: func(r *http.Request) {
			r.Header.Set("Authorization", strings.Split(r.Header.Get("Authorization"), "5d672")[0])
		}},
		"a short scope": {change: func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "/us-east-1/iam/aws4_request", "", 1))
		}},
	} {
		r := listUsers()
		if test.change != nil {
			test.change(r)
		}
		if test.secret == "" {
			test.secret = secret
		}
		if test.now.IsZero() {
			test.now = at
		}
		if err := sigv4.Verify(r, []byte(test.body), test.secret, test.now); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	unsigned := listUsers()
	unsigned.Header.Del("Authorization")
	if err := sigv4.Verify(unsigned, nil, secret, at); !errors.Is(err, sigv4.ErrUnsigned) {
		t.Errorf("unsigned: %v", err)
	}
}

func FuzzVerify(f *testing.F) {
	f.Add("AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws4_request, SignedHeaders=host, Signature=00", "20150830T123600Z", "a=b&c")
	f.Fuzz(func(t *testing.T, authorization, date, query string) {
		r := listUsers()
		r.URL.RawQuery = query
		r.Header["Authorization"], r.Header["X-Amz-Date"] = []string{authorization}, []string{date}
		if sigv4.Verify(r, nil, "a secret that nobody has", at) == nil {
			t.Errorf("%q is accepted", authorization)
		}
	})
}
