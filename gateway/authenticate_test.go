package gateway_test

import (
	"bytes"
	"compress/gzip"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/brownouttest"
)

const (
	ourKey    = "AKIAIOSFODNN7EXAMPLE"
	ourSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
)

// signer signs requests as AWS's documents describe it.
type signer struct {
	key, secret, token string
	service            string
	at                 time.Time
	// skip are headers that are left out of the signature.
	skip []string
	// presign puts the signature into the query string.
	presign bool
}

func (s signer) sign(r *http.Request, body []byte) {
	date := s.at.UTC().Format("20060102T150405Z")
	scope := date[:8] + "/us-east-1/" + s.service + "/aws4_request"
	names := []string{"host"}
	if s.presign {
		query := r.URL.Query()
		for name, value := range map[string]string{"X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": s.key + "/" + scope,
			"X-Amz-Date": date, "X-Amz-Expires": "60", "X-Amz-SignedHeaders": "host", "X-Amz-Security-Token": s.token} {
			if value != "" {
				query.Set(name, value)
			}
		}
		r.URL.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
	} else {
		r.Header.Set("X-Amz-Date", date)
		if s.token != "" {
			r.Header.Set("X-Amz-Security-Token", s.token)
		}
		for name := range r.Header {
			if lower := strings.ToLower(name); strings.HasPrefix(lower, "x-amz-") && !slices.Contains(s.skip, lower) {
				names = append(names, lower)
			}
		}
	}
	slices.Sort(names)
	headers := ""
	for _, name := range names {
		value := r.Header.Get(name)
		if name == "host" {
			value = r.URL.Host
		}
		headers += name + ":" + value + "\n"
	}
	hash := func(b []byte) string { sum := sha256.Sum256(b); return hex.EncodeToString(sum[:]) }
	canonical := strings.Join([]string{r.Method, strings.ReplaceAll(r.URL.EscapedPath(), "%", "%25"), r.URL.RawQuery, headers, strings.Join(names, ";"), hash(body)}, "\n")
	key := []byte("AWS4" + s.secret)
	for part := range strings.SplitSeq(scope, "/") {
		key = sum(key, part)
	}
	signature := hex.EncodeToString(sum(key, "AWS4-HMAC-SHA256\n"+date+"\n"+scope+"\n"+hash([]byte(canonical))))
	if s.presign {
		r.URL.RawQuery += "&X-Amz-Signature=" + signature
		return
	}
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+s.key+"/"+scope+", SignedHeaders="+strings.Join(names, ";")+", Signature="+signature)
}

func sum(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

// request is a call that nobody has signed yet.
func request(t *testing.T, method, at, body string, header ...string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, at, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func do(t *testing.T, r *http.Request) (status int, body string) {
	t.Helper()
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header.Get("X-Amzn-Errortype") + string(text)
}

func listTables(t *testing.T, srv *brownouttest.Server) *http.Request {
	return request(t, "POST", srv.URL+"/", "{}", "X-Amz-Target", "DynamoDB_20120810.ListTables", "Content-Type", "application/x-amz-json-1.0")
}

func callerIdentity(t *testing.T, srv *brownouttest.Server) *http.Request {
	return request(t, "POST", srv.URL+"/", "Action=GetCallerIdentity&Version=2011-06-15", "Content-Type", "application/x-www-form-urlencoded")
}

func strict(t *testing.T) *brownouttest.Server {
	return brownouttest.Start(t, brownouttest.WithCredentials(map[string]string{ourKey: ourSecret}))
}

func TestStrictAuthentication(t *testing.T) {
	t.Parallel()
	srv := strict(t)
	ours := signer{key: ourKey, secret: ourSecret, service: "dynamodb", at: time.Now()}
	theirs := func(change func(s *signer)) signer { s := ours; change(&s); return s }
	sts := theirs(func(s *signer) { s.service = "sts" })
	fis := theirs(func(s *signer) { s.service = "fis" })
	const mismatch = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
	tags := srv.URL + "/tags/arn%3Aaws%3Afis%3Aus-east-1%3A000000000000%3Aexperiment%2FEXP1"
	for _, c := range []struct {
		name   string
		make   func() *http.Request
		body   string
		signer *signer
		status int
		want   string
	}{
		{"JSON", func() *http.Request { return listTables(t, srv) }, "{}", &ours, 200, `{"TableNames":[]}`},
		{"query", func() *http.Request { return callerIdentity(t, srv) }, "Action=GetCallerIdentity&Version=2011-06-15", &sts, 200, "<Arn>arn:aws:iam::000000000000:root</Arn>"},
		{"REST", func() *http.Request { return request(t, "GET", srv.URL+"/experiments", "") }, "", &fis, 200, `{"experiments":[]}`},
		{"REST with escapes in the path", func() *http.Request { return request(t, "GET", tags, "") }, "", &fis, 404, "ResourceNotFoundException"},
		{"presigned", func() *http.Request {
			return request(t, "GET", srv.URL+"/?Action=GetCallerIdentity&Version=2011-06-15", "")
		}, "", new(theirs(func(s *signer) { s.service, s.presign = "sts", true })), 200, "<Arn>arn:aws:iam::000000000000:root</Arn>"},
		{"presigned, expired", func() *http.Request {
			return request(t, "GET", srv.URL+"/?Action=GetCallerIdentity&Version=2011-06-15", "")
		}, "", new(theirs(func(s *signer) { s.service, s.presign, s.at = "sts", true, s.at.Add(-2*time.Minute) })), 403, "Signature expired: "},
		{"unsigned JSON", func() *http.Request { return listTables(t, srv) }, "{}", nil, 400,
			`com.amazon.coral.service#MissingAuthenticationTokenException","message":"Request is missing Authentication Token"`},
		{"unsigned query", func() *http.Request { return callerIdentity(t, srv) }, "", nil, 403, "<Code>MissingAuthenticationToken</Code>"},
		{"unsigned REST", func() *http.Request { return request(t, "GET", srv.URL+"/experiments", "") }, "", nil, 403, "MissingAuthenticationTokenException"},
		{"unsigned, and need not be", func() *http.Request {
			return request(t, "POST", srv.URL+"/", "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn:aws:iam::000000000000:role/R&RoleSessionName=ss&WebIdentityToken=token", "Content-Type", "application/x-www-form-urlencoded")
		}, "", nil, 200, "<SessionToken>"},
		{"nothing but the scheme", func() *http.Request {
			r := listTables(t, srv)
			r.Header.Set("Authorization", "AWS4-HMAC-SHA256")
			return r
		}, "{}", nil, 400, `#IncompleteSignatureException","Message":"Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256"`},
		{"half a query string", func() *http.Request {
			return request(t, "POST", srv.URL+"/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00", "{}", "X-Amz-Target", "DynamoDB_20120810.ListTables", "Content-Type", "application/x-amz-json-1.0")
		}, "{}", nil, 400, `AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters.`},
		{"unknown key", func() *http.Request { return listTables(t, srv) }, "{}", new(theirs(func(s *signer) { s.key = "AKIANOBODY" })), 400,
			`com.amazon.coral.service#UnrecognizedClientException","Message":"The security token included in the request is invalid."`},
		{"unknown key, query", func() *http.Request { return callerIdentity(t, srv) }, "Action=GetCallerIdentity&Version=2011-06-15",
			new(theirs(func(s *signer) { s.service, s.key = "sts", "AKIANOBODY" })), 403, "<Code>InvalidClientTokenId</Code>"},
		{"token beside a key that lasts", func() *http.Request { return listTables(t, srv) }, "{}", new(theirs(func(s *signer) { s.token = "x" })), 400,
			`"The security token included in the request is invalid"`},
		{"other secret", func() *http.Request { return listTables(t, srv) }, "{}", new(theirs(func(s *signer) { s.secret = "x" })), 400,
			`com.amazon.coral.service#InvalidSignatureException","Message":"` + mismatch + `"`},
		{"other secret, query", func() *http.Request { return callerIdentity(t, srv) }, "Action=GetCallerIdentity&Version=2011-06-15",
			new(theirs(func(s *signer) { s.service, s.secret = "sts", "x" })), 403, "<Code>SignatureDoesNotMatch</Code><Message>" + mismatch},
		{"other body", func() *http.Request { return listTables(t, srv) }, `{"Limit":1}`, &ours, 400, mismatch},
		{"other service", func() *http.Request { return listTables(t, srv) }, "{}", &sts, 400, `"Credential should be scoped to correct service: 'dynamodb'. "`},
		{"target not covered", func() *http.Request { return listTables(t, srv) }, "{}", new(theirs(func(s *signer) { s.skip = []string{"x-amz-target"} })), 400,
			`"'x-amz-target' must be a 'SignedHeader' in the AWS Authorization."`},
		{"too old", func() *http.Request { return listTables(t, srv) }, "{}", new(theirs(func(s *signer) { s.at = s.at.Add(-6 * time.Minute) })), 400, "Signature expired: "},
		{"of the future", func() *http.Request { return listTables(t, srv) }, "{}", new(theirs(func(s *signer) { s.at = s.at.Add(20 * time.Minute) })), 400, "Signature not yet current: "},
		{"health is for all", func() *http.Request { return request(t, "GET", srv.URL+"/_brownout/health", "") }, "", nil, 200, `"status"`},
	} {
		r := c.make()
		if c.signer != nil {
			c.signer.sign(r, []byte(c.body))
		}
		if status, body := do(t, r); status != c.status || !strings.Contains(body, c.want) {
			t.Errorf("%s: %d %s\nwant %d %s", c.name, status, body, c.status, c.want)
		}
	}
}

// What was signed is the body as it was sent: compressed.
func TestStrictAuthenticationOfCompressedBodies(t *testing.T) {
	t.Parallel()
	srv := strict(t)
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write([]byte("{}")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r := request(t, "POST", srv.URL+"/", packed.String(), "X-Amz-Target", "DynamoDB_20120810.ListTables", "Content-Type", "application/x-amz-json-1.0", "Content-Encoding", "gzip")
	signer{key: ourKey, secret: ourSecret, service: "dynamodb", at: time.Now()}.sign(r, packed.Bytes())
	if status, body := do(t, r); status != 200 {
		t.Errorf("%d %s", status, body)
	}
}

// Sessions sign with their own secret and token, until they end; users' keys until they are inactive.
func TestStrictAuthenticationOfSessionsAndUsers(t *testing.T) {
	t.Parallel()
	srv := strict(t)
	ask := func(s signer, form url.Values) (int, string) {
		t.Helper()
		s.at = time.Now()
		r := request(t, "POST", srv.URL+"/", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
		s.sign(r, []byte(form.Encode()))
		return do(t, r)
	}
	read := func(status int, body string) (answer struct {
		AccessKeyId, SecretAccessKey, SessionToken string
	}) {
		t.Helper()
		var found struct {
			Session struct {
				AccessKeyId, SecretAccessKey, SessionToken string
			} `xml:"AssumeRoleResult>Credentials"`
			User struct {
				AccessKeyId, SecretAccessKey, SessionToken string
			} `xml:"CreateAccessKeyResult>AccessKey"`
		}
		if err := xml.Unmarshal([]byte(body), &found); err != nil || status != 200 {
			t.Fatalf("%d %s %v", status, body, err)
		}
		if found.User.AccessKeyId != "" {
			return found.User
		}
		return found.Session
	}
	root := signer{key: ourKey, secret: ourSecret, service: "sts"}
	whoami := url.Values{"Action": {"GetCallerIdentity"}, "Version": {"2011-06-15"}}
	session := read(ask(root, url.Values{"Action": {"AssumeRole"}, "Version": {"2011-06-15"}, "RoleArn": {"arn:aws:iam::000000000000:role/Shop"}, "RoleSessionName": {"s1"}}))
	as := signer{key: session.AccessKeyId, secret: session.SecretAccessKey, token: session.SessionToken, service: "sts"}
	if status, body := ask(as, whoami); status != 200 || !strings.Contains(body, "assumed-role/Shop/s1") {
		t.Errorf("%d %s", status, body)
	}
	without := as
	without.token = ""
	if status, body := ask(without, whoami); status != 403 || !strings.Contains(body, "InvalidClientTokenId") {
		t.Errorf("without the token: %d %s", status, body)
	}
	iam := root
	iam.service = "iam"
	create := func(action string, more ...string) (int, string) {
		form := url.Values{"Action": {action}, "Version": {"2010-05-08"}, "UserName": {"ann"}}
		for i := 0; i < len(more); i += 2 {
			form.Set(more[i], more[i+1])
		}
		return ask(iam, form)
	}
	if status, body := create("CreateUser"); status != 200 {
		t.Fatal(status, body)
	}
	key := read(create("CreateAccessKey"))
	ann := signer{key: key.AccessKeyId, secret: key.SecretAccessKey, service: "sts"}
	if status, body := ask(ann, whoami); status != 200 || !strings.Contains(body, "user/ann") {
		t.Errorf("%d %s", status, body)
	}
	if status, body := create("UpdateAccessKey", "AccessKeyId", key.AccessKeyId, "Status", "Inactive"); status != 200 {
		t.Fatal(status, body)
	}
	if status, body := ask(ann, whoami); status != 403 || !strings.Contains(body, "InvalidClientTokenId") {
		t.Errorf("inactive: %d %s", status, body)
	}
	srv.Clock.Advance(time.Hour)
	if status, body := ask(as, whoami); status != 403 || !strings.Contains(body, "<Code>ExpiredToken</Code><Message>The security token included in the request is expired") {
		t.Errorf("expired: %d %s", status, body)
	}
}
