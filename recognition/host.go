package recognition

import (
	"strings"

	"github.com/brownoutdev/brownout/catalog"
)

// host is what a host name says.
type host struct {
	// services are those whose endpoint it is; nil when it does not say.
	services []*catalog.Service
	// others are those whose endpoint it is if its first label is the prefix of an operation.
	others []*catalog.Service
	// prefix is the endpoint prefix of S3's hosts, whose services are looked up only when asked for.
	prefix string
	// region is empty where the name has none.
	region string
	// bucket is what stands before S3's own name: a bucket, an access point.
	bucket string
}

// suffixes are what endpoints of AWS and of LocalStack end with.
var suffixes = [...]string{
	".amazonaws.com", ".localhost.localstack.cloud", ".api.aws", ".amazonaws.com.cn", ".api.amazonwebservices.com.cn",
	".amazonaws.eu", ".api.amazonwebservices.eu", ".c2s.ic.gov", ".sc2s.sgov.gov", ".csp.hci.ic.gov", ".cloud.adc-e.uk", ".localhost",
}

// parseHost takes a Host header apart. It costs next to nothing for addresses and bare names.
func parseHost(name string) host {
	if colon := strings.LastIndexByte(name, ':'); colon >= 0 && strings.IndexByte(name[colon:], ']') < 0 {
		name = name[:colon]
	}
	name = strings.TrimSuffix(name, ".")
	if name == "" || name[len(name)-1] <= '9' || strings.IndexByte(name, '.') < 0 {
		return host{}
	}
	name = strings.ToLower(name)
	for _, suffix := range suffixes {
		if rest, ok := strings.CutSuffix(name, suffix); ok {
			if h, ok := parseS3Host(rest); ok {
				return h
			}
			return parseServiceHost(rest, suffix)
		}
	}
	return host{}
}

// parseServiceHost reads "dynamodb.us-east-1", "runtime.sagemaker.us-east-1", "us-west-2.queue",
// "data-servicediscovery-fips.us-east-1", "a1b2c3.execute-api.us-east-1", "vpce-1-2.kms.us-east-1.vpce".
func parseServiceHost(rest, suffix string) host {
	var h host
	before, after := rest, ""
	for place, label := 0, ""; place < len(rest); place += len(label) + 1 {
		label, _, _ = strings.Cut(rest[place:], ".")
		if isRegion(label) {
			h.region = label
			before, after = strings.TrimSuffix(rest[:place], "."), strings.TrimPrefix(rest[place+len(label):], ".")
			break
		}
	}
	before = strings.TrimSuffix(strings.TrimPrefix(before, "fips."), ".dualstack")
	h.services, before = servicesAt(before)
	if h.services == nil {
		h.services, before = servicesAt(after)
	}
	h.others, _ = servicesAt(before)
	if suffix == ".localhost" && h.services == nil { // "my-bucket.localhost": who signs for S3 means a bucket
		h.bucket = rest
	}
	return h
}

// servicesAt finds the services of an endpoint; before its name may stand an operation's own prefix
// ("data-", "{AccountId}.") or an id. rest is what is left without that.
func servicesAt(name string) (services []*catalog.Service, rest string) {
	for name != "" {
		plain := name
		if strings.Contains(name, "-fips") {
			plain = strings.ReplaceAll(name, "-fips", "")
		}
		services = catalog.ByEndpointPrefix(plain)
		cut := strings.IndexAny(name, ".-")
		name = name[cut+1:]
		if len(services) > 0 || cut < 0 {
			break
		}
	}
	return services, name
}

// parseS3Host reads "s3.us-west-2", "my.bucket.s3.dualstack.us-west-2", "bucket.s3-us-west-2",
// "bucket.vpce-1a-2b.s3.us-east-1.vpce", "123456789012.s3-control.us-east-1", "name-123456789012.s3-accesspoint.us-east-1".
func parseS3Host(rest string) (h host, ok bool) {
	for end := len(rest); end > 0; {
		start := strings.LastIndexByte(rest[:end], '.') + 1
		label := rest[start:end]
		if kind, region, ok := s3Label(label); ok {
			h.region = region
			after, _ := strings.CutPrefix(rest[end:], ".")
			after, _ = strings.CutPrefix(after, "dualstack.")
			if next, _, _ := strings.Cut(after, "."); isRegion(next) {
				h.region = next
			}
			before := strings.TrimSuffix(rest[:start], ".")
			if at := strings.Index("."+before, ".vpce-"); at >= 0 {
				before = strings.TrimSuffix(before[:max(at-1, 0)], "bucket")
				before = strings.TrimSuffix(before, ".")
			}
			switch {
			case kind == "s3-control":
				h.prefix = "s3-control"
			case before == "" && kind == "s3-outposts":
				h.prefix = "s3-outposts"
			default:
				h.prefix = "s3"
				h.bucket = before
			}
			return h, true
		}
		end = start - 1
	}
	return host{}, false
}

// s3Kinds are the first labels of S3's endpoints.
var s3Kinds = [...]string{
	"s3-fips", "s3-accelerate", "s3-accesspoint", "s3-accesspoint-fips", "s3-control", "s3-control-fips", "s3-outposts",
	"s3-outposts-fips", "s3-object-lambda", "s3-object-lambda-fips", "s3-website",
}

// s3Label reads one label; older endpoints have the region within it.
func s3Label(label string) (kind, region string, ok bool) {
	if label == "s3" {
		return label, "", true
	}
	if !strings.HasPrefix(label, "s3") {
		return "", "", false
	}
	for _, k := range s3Kinds {
		rest, ok := strings.CutPrefix(label, k)
		switch {
		case !ok:
		case rest == "":
			return strings.TrimSuffix(k, "-fips"), "", true
		case rest[0] == '-' && isRegion(rest[1:]):
			return k, rest[1:], true
		}
	}
	if region := strings.TrimPrefix(label, "s3-"); isRegion(region) {
		return "s3", region, true
	}
	if strings.HasPrefix(label, "s3express-") { // by zone: "s3express-use1-az5"; s3express-control for its buckets
		return "s3express", "", true
	}
	return "", "", false
}

// isRegion reports whether a label looks like one: "us-east-1", "us-gov-west-1".
func isRegion(label string) bool {
	dash := strings.LastIndexByte(label, '-')
	if dash < 4 || dash == len(label)-1 || len(label)-dash > 3 || strings.IndexByte(label, '-') == dash {
		return false
	}
	for _, c := range label[dash+1:] {
		if c < '0' || c > '9' {
			return false
		}
	}
	for i := range dash {
		if c := label[i]; c != '-' && (c < 'a' || c > 'z') {
			return false
		}
	}
	first := strings.IndexByte(label, '-')
	return first >= 2 && first <= 4
}
