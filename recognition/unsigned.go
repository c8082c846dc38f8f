package recognition

import (
	"net/http"
	"strings"

	"github.com/brownoutdev/brownout/catalog"
)

// openServices are called without a signature of version 4: with a token of their own, or, as people
// do who try things with curl, with none. Their routes are told apart from all others by their
// constant segments.
var openServices = []string{"fis", "sso", "sso-oidc", "signin", "codecatalyst", "bedrock-runtime"}

// datedPaths are the first segments that are API versions: no bucket is called that.
var datedPaths = map[string]string{
	"2013-01-01": "cloudsearchdomain",
	"2013-04-01": "route53",
	"2014-11-13": "lambda",
	"2015-01-01": "es",
	"2015-02-01": "efs",
	"2015-03-31": "lambda",
	"2016-08-19": "lambda",
	"2017-03-31": "lambda",
	"2017-08-29": "mediaconvert",
	"2017-10-31": "lambda",
	"2018-10-31": "lambda",
	"2019-09-25": "lambda",
	"2019-09-30": "lambda",
	"2020-04-22": "lambda",
	"2020-05-31": "cloudfront",
	"2020-06-30": "lambda",
	"2021-01-01": "opensearch",
	"2021-07-20": "lambda",
	"2021-10-31": "lambda",
	"2021-11-15": "lambda",
	"2022-01-01": "osis",
	"2022-09-19": "notificationscontacts",
	"2022-10-31": "notificationscontacts",
	"2023-10-12": "deadline",
	"2024-08-31": "lambda",
	"2025-11-30": "lambda",
	"2025-12-01": "lambda",
	"2026-02-05": "marketplace-discovery",
	"20200301":   "iotsitewise",
	"v20180820":  "s3control",
	"v20190125":  "appmesh",
	"v20210603":  "internetmonitor",
}

// s3ControlVersion begins the paths of S3 Control.
const s3ControlVersion = "v20180820/"

// objectLambdaPath is the one path below S3 Object Lambda's host names that is no key.
const objectLambdaPath = "WriteGetObjectResponse"

func isS3(service *catalog.Service) bool { return service.Name == "s3" }

// byNothing finds the call when neither signature, target, host nor user agent say whose it is.
func (x *question) byNothing() Finding {
	query := x.r.URL.RawQuery
	if action, ok := pairValue(query, "Action"); ok {
		version, _ := pairValue(query, "Version")
		return x.byActionAlone(action, version)
	}
	if isForm(x.r) && x.r.Method == http.MethodPost && (x.r.URL.Path == "/" || isQueuePath(x.r.URL.Path)) {
		x.call.Protocol = catalog.Query
		return Finding{form: true}
	}
	return x.byPath()
}

// byPath goes by method and path alone.
func (x *question) byPath() Finding {
	path := strings.TrimPrefix(x.r.URL.Path, "/")
	first, _, _ := strings.Cut(path, "/")
	if name := datedPaths[first]; name != "" {
		return x.byRoute(x.recognizer.groupOf(catalog.Lookup(name)))
	}
	if x.credential.Service != "" { // signed for a service that is newer than the catalogue
		return Finding{}
	}
	if f, alive := x.route(x.recognizer.openGroup()); alive != 0 {
		return Finding{fork: f, alive: alive}
	}
	if x.isS3Path(first, path) {
		return x.byRoute(x.recognizer.groupOf(catalog.Lookup("s3")))
	}
	return Finding{}
}

// openGroup is the services that are called without a signature.
func (z *Recognizer) openGroup() *group {
	z.open.Do(func() {
		var services []*catalog.Service
		for _, name := range openServices {
			services = append(services, catalog.Lookup(name))
		}
		z.without = newGroup(services)
	})
	return z.without
}

// isS3Path reports whether an unsigned request can be meant for S3: public buckets are read so. What
// only a browser asks for is not.
func (x *question) isS3Path(bucket, path string) bool {
	if bucket == "" {
		return x.fromSDK() // ListBuckets
	}
	if path == "favicon.ico" || path == "robots.txt" || len(bucket) < 3 || len(bucket) > 63 {
		return false
	}
	for i := range len(bucket) {
		c := bucket[i]
		alphanumeric := c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
		if !alphanumeric && (i == 0 || i == len(bucket)-1 || c != '-' && c != '.') {
			return false
		}
	}
	return true
}

// fromSDK reports whether the request looks like an SDK's or tool's, not like a browser's.
func (x *question) fromSDK() bool {
	return header(x.r, "Amz-Sdk-Invocation-Id") != "" || header(x.r, "X-Amz-Date") != "" || x.credential.AccessKey != "" ||
		header(x.r, "X-Amz-Content-Sha256") != ""
}

// isQueuePath is true for "/000000000000/name": the URL of a queue.
func isQueuePath(path string) bool {
	const digits = len("/000000000000/")
	if len(path) <= digits || path[0] != '/' || path[digits-1] != '/' {
		return false
	}
	for _, c := range path[1 : digits-1] {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
