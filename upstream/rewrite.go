package upstream

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"hash/crc32"
	"net/http"
	"strconv"
	"strings"
)

// answersAddresses are the operations whose answers hold URLs of the endpoint that answers them: clients go there next.
var answersAddresses = func() map[string]bool {
	all := map[string]bool{}
	for service, operations := range map[string]string{
		"sqs":            "CreateQueue GetQueueUrl ListQueues ListDeadLetterSourceQueues",
		"s3":             "CompleteMultipartUpload",
		"lambda":         "CreateFunctionUrlConfig GetFunctionUrlConfig UpdateFunctionUrlConfig ListFunctionUrlConfigs GetFunction GetLayerVersion GetLayerVersionByArn PublishLayerVersion",
		"apigatewayv2":   "CreateApi GetApi GetApis UpdateApi ImportApi ReimportApi",
		"appsync":        "CreateGraphqlApi GetGraphqlApi UpdateGraphqlApi ListGraphqlApis",
		"cloudformation": "DescribeStacks ListExports",
		"ecr":            "GetAuthorizationToken",
		"kinesisvideo":   "GetDataEndpoint",
		"mediastore":     "CreateContainer DescribeContainer ListContainers",
		"transcribe":     "GetTranscriptionJob",
	} {
		for operation := range strings.FieldsSeq(operations) {
			all[service+"."+operation] = true
		}
	}
	return all
}()

// Rewrites reports whether URLs in the answers of an operation that name the upstream are made to name the gateway.
func Rewrites(service, operation string) bool { return answersAddresses[service+"."+operation] }

// base is the address under which a client has called, as it stands in URLs.
func base(r *http.Request) (text string, ok bool) {
	if r.Host == "" {
		return "", false
	}
	if r.TLS != nil {
		return "https://" + r.Host, true
	}
	return "http://" + r.Host, true
}

// rewriteLocation makes a redirect lead to the gateway.
func (e *endpoint) rewriteLocation(r *http.Request, header http.Header) {
	to, ok := base(r)
	if !ok {
		return
	}
	for i, location := range header["Location"] {
		scheme, rest, found := strings.Cut(location, "://")
		if !found || scheme != "http" && scheme != "https" {
			continue
		}
		end := strings.IndexAny(rest, "/?#")
		if end < 0 {
			end = len(rest)
		}
		if through, found := e.through(scheme, rest[:end], to); found {
			header["Location"][i] = through + rest[end:]
		}
	}
}

// through is what replaces scheme and authority of a URL; ok is false where the URL stays as it is.
func (e *endpoint) through(scheme, authority, to string) (base string, ok bool) {
	at, own := e.own.find(scheme, authority)
	if !own {
		return "", false
	}
	return at.through(to)
}

// rewrite replaces the beginning of all strings of a JSON body, and of all texts of an XML body, that are URLs of
// the upstream. The rest stays as it is, byte for byte.
func (e *endpoint) rewrite(body []byte, to string) (rewritten []byte, changed bool) {
	done := 0
	for at := 0; ; {
		i := bytes.IndexByte(body[at:], ':')
		if i < 0 {
			break
		}
		colon := at + i
		at = colon + 1
		scheme := schemeBefore(body, colon)
		separator := separatorAt(body[colon:])
		if scheme == "" || separator == "" {
			continue
		}
		begin := colon + len(separator)
		end := begin + authorityLength(body[begin:])
		if end == begin || end == len(body) {
			continue
		}
		through, found := e.through(scheme, string(body[begin:end]), to)
		if !found {
			continue
		}
		rewritten = append(rewritten, body[done:colon-len(scheme)]...)
		rewritten = append(rewritten, strings.Replace(through, "://", separator, 1)...)
		done, at, changed = end, end, true
	}
	if !changed {
		return body, false
	}
	return append(rewritten, body[done:]...), true
}

// schemeBefore is the scheme of a URL that a value begins with, where its colon is known; empty when there is none.
func schemeBefore(body []byte, colon int) string {
	for _, scheme := range []string{"http", "https"} {
		if begin := colon - len(scheme); begin > 0 && string(body[begin:colon]) == scheme && (body[begin-1] == '"' || body[begin-1] == '>') {
			return scheme
		}
	}
	return ""
}

// separatorAt is what stands between scheme and host; JSON may write a slash with a backslash before it.
func separatorAt(text []byte) string {
	for _, separator := range []string{"://", `:\/\/`} {
		if bytes.HasPrefix(text, []byte(separator)) {
			return separator
		}
	}
	return ""
}

func authorityLength(text []byte) int {
	if end := bytes.IndexAny(text, "/?#\"<\\& \t\r\n"); end >= 0 {
		return end
	}
	return len(text)
}

// amend makes the header of an answer fit a body that was changed.
func amend(header http.Header, body []byte) {
	header["Content-Length"] = []string{strconv.Itoa(len(body))}
	if header["X-Amz-Crc32"] != nil {
		header["X-Amz-Crc32"] = []string{strconv.FormatUint(uint64(crc32.ChecksumIEEE(body)), 10)}
	}
	if header["Content-Md5"] != nil {
		sum := md5.Sum(body)
		header["Content-Md5"] = []string{base64.StdEncoding.EncodeToString(sum[:])}
	}
	delete(header, "Content-Encoding")
}
