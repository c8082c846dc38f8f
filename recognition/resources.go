package recognition

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
)

// maxResources is how many resources of one call are told: S3's DeleteObjects names up to 1,000.
const maxResources = 1000

// Resources are what a call is about, as far as path, host, query string and body say: each once, in
// the order they are met. op may be nil. What it returns may share memory with body.
func Resources(r *http.Request, body []byte, call *aws.Call, op *catalog.Operation, found []aws.Resource) []aws.Resource {
	if op == nil {
		return nil
	}
	g := gathering{call: call, op: op, service: op.Service, found: found}
	switch call.Protocol {
	case catalog.RESTJSON, catalog.RESTXML:
		g.path(r)
		if isS3(op.Service) {
			g.copySource(r)
			g.objectsToDelete(body)
			break
		}
		g.form(r.URL.RawQuery)
		if !op.StreamingInput && call.Protocol == catalog.RESTJSON {
			g.object(body)
		}
	case catalog.JSON:
		g.object(body)
	case catalog.CBOR:
		g.cbor(body)
	case catalog.Query, catalog.EC2:
		g.form(r.URL.RawQuery)
		g.form(formText(r, body))
		if len(g.found) == 0 && isQueuePath(r.URL.Path) {
			g.add("queue", r.URL.Path)
		}
	}
	return g.found
}

// gathering collects the resources of one call.
type gathering struct {
	call    *aws.Call
	op      *catalog.Operation
	service *catalog.Service
	bucket  string
	found   []aws.Resource
	known   map[aws.Resource]bool
}

// member takes what a parameter holds, if the parameter's name says that it names a resource.
func (g *gathering) member(name, value string) {
	kind, ok := kindOf(g.service.Name, name)
	switch {
	case ok:
		g.add(kind, value)
	case strings.HasPrefix(value, "arn:"):
		g.add("", value)
	}
}

// add takes a name, an ARN or a URL.
func (g *gathering) add(kind, value string) {
	if value == "" || len(value) > 2048 || len(g.found) >= maxResources {
		return
	}
	resource := aws.Resource{Type: kind, Name: value}
	if arn, ok := aws.ParseARN(value); ok {
		resource.Type, resource.Name = splitResource(arn)
		if resource.Type == "" {
			resource.Type = kind
		}
		resource.ARN = value
	} else {
		if kind == "" {
			return
		}
		if kind == "queue" || strings.HasPrefix(value, "http://") || strings.HasPrefix(value, "https://") { // a queue's URL
			resource.Name = value[strings.LastIndexByte(value, '/')+1:]
		}
		if alias, ok := strings.CutPrefix(value, "alias/"); ok && kind == "key" {
			kind, resource.Type, resource.Name = "alias", "alias", alias
		}
		resource.Name = plainName(kind, resource.Name)
		arn, last := g.arn(kind, resource.Name)
		resource = aws.NamedResource(resource.Type, resource.Name, arn, last)
	}
	if g.has(&resource) {
		return
	}
	g.found = append(g.found, resource)
}

// few is how many resources are compared one by one; nearly all calls have one or two.
const few = 16

func (g *gathering) has(resource *aws.Resource) bool {
	if len(g.found) < few {
		for i := range g.found {
			if g.found[i] == *resource {
				return true
			}
		}
		return false
	}
	if g.known == nil {
		g.known = make(map[aws.Resource]bool, 2*few)
		for _, found := range g.found {
			g.known[found] = true
		}
	}
	known := g.known[*resource]
	g.known[*resource] = true
	return known
}

// plainName takes off what may stand before or behind a name: "123456789012:function:name:alias".
func plainName(kind, name string) string {
	if kind != "function" {
		return name
	}
	if _, rest, ok := strings.Cut(name, "function:"); ok {
		name = rest
	}
	name, _, _ = strings.Cut(name, ":")
	return name
}

// arn is what an ARN is put together from: last comes at its end.
func (g *gathering) arn(kind, name string) (arn aws.ARN, last string) {
	f, ok := arnForms[g.service.Name+" "+kind]
	if !ok {
		f = arnForm{prefix: kind + "/"}
	}
	arn = aws.NewARN(g.arnService(), g.call.Region, g.call.Account, f.prefix)
	if f.global {
		arn.Region = ""
	}
	if f.noAccount {
		arn.Account = ""
	}
	return arn, strings.TrimPrefix(name, f.without)
}

func (g *gathering) arnService() string {
	if g.service.Name == "cloudwatch" { // signs as "monitoring"
		return "cloudwatch"
	}
	return g.service.SigningName
}

// splitResource takes the last part of an ARN apart: "table/Orders/index/ByDate" is about the table.
func splitResource(arn aws.ARN) (kind, name string) {
	if arn.Service == "s3" {
		if strings.IndexByte(arn.Resource, '/') >= 0 {
			return "object", arn.Resource
		}
		return "bucket", arn.Resource
	}
	cut := strings.IndexAny(arn.Resource, "/:")
	if cut < 0 {
		if arn.Service == "sns" {
			return "topic", arn.Resource
		}
		if arn.Service == "sqs" {
			return "queue", arn.Resource
		}
		return "", arn.Resource
	}
	kind, name = arn.Resource[:cut], arn.Resource[cut+1:]
	switch arn.Service {
	case "dynamodb":
		name, _, _ = strings.Cut(name, "/")
	case "lambda":
		name, _, _ = strings.Cut(name, ":")
	case "logs":
		name = strings.TrimSuffix(name, ":*")
	case "sns":
		return "topic", kind // "topic:subscription"
	}
	return kind, name
}

// path takes the labels of the operation's route.
func (g *gathering) path(r *http.Request) {
	route, _, _ := strings.Cut(g.op.URI, "?")
	route, path := strings.Trim(route, "/"), strings.TrimPrefix(escapedPath(r), "/")
	before := "" // the constant before a label
	if isS3(g.service) && strings.HasPrefix(route, "{Bucket}") {
		if bucket := parseHost(r.Host).bucket; bucket != "" {
			g.label("{Bucket}", "", bucket)
			_, route, _ = strings.Cut(route, "/")
		}
	}
	for route != "" && path != "" {
		var segment, value string
		if segment, route, _ = strings.Cut(route, "/"); strings.HasSuffix(segment, "+}") {
			suffix := ""
			if route != "" {
				suffix = "/" + route
			}
			g.label(segment, before, strings.TrimSuffix(path, suffix))
			return
		}
		value, path, _ = strings.Cut(path, "/")
		if strings.HasPrefix(segment, "{") {
			g.label(segment, before, value)
		} else {
			before = segment
		}
	}
}

func (g *gathering) label(label, before, value string) {
	if plain, err := url.PathUnescape(value); err == nil {
		value = plain
	}
	name := strings.TrimRight(strings.Trim(label, "{}"), "+")
	if isS3(g.service) {
		switch name {
		case "Bucket":
			g.bucket = value
			g.add("bucket", value)
		case "Key":
			g.add("object", g.bucket+"/"+value)
		}
		return
	}
	if _, ok := kindOf(g.service.Name, name); !ok && isBare(name) && !strings.HasPrefix(value, "arn:") {
		g.add(singular(kebab(before)), value) // "/experimentTemplates/{id}"
		return
	}
	if _, ok := kindOf(g.service.Name, name); !ok && !endsAsName(name) && !noResource[strings.ToLower(name)] {
		g.add(kebab(name), value) // "/topics/{topic}"
		return
	}
	g.member(name, value)
}

// copySource takes what CopyObject and UploadPartCopy read.
func (g *gathering) copySource(r *http.Request) {
	source := header(r, "X-Amz-Copy-Source")
	if source == "" {
		return
	}
	source, _, _ = strings.Cut(strings.TrimPrefix(source, "/"), "?")
	if plain, err := url.PathUnescape(source); err == nil {
		source = plain
	}
	bucket, _, _ := strings.Cut(source, "/")
	if strings.HasPrefix(source, "arn:") {
		bucket = ""
	}
	g.add("bucket", bucket)
	g.add("object", source)
}
