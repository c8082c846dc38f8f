package recognition

import (
	"bufio"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
)

// TestEveryOperation builds a request for every operation of every service in each protocol that it
// speaks, from the catalogue alone, and counts how many are recognised.
func TestEveryOperation(t *testing.T) {
	t.Parallel()
	z := New()
	var total, among, first int
	for service := range catalog.All() {
		for _, protocol := range service.Protocols {
			for _, op := range service.Operations {
				raw, body := requestFor(op, protocol)
				r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(raw)))
				if err != nil {
					t.Fatalf("%s: %v", raw, err)
				}
				var call aws.Call
				if found := z.Recognize(r, &call); found.NeedsBody() {
					z.RecognizeBody(r, []byte(body), &call, &found)
				}
				name := service.Name + "." + op.Name
				total++
				switch {
				case call.Name() == name:
					first++
					among++
				case slices.Contains(call.Others, name):
					among++
				default:
					t.Logf("%s (%s) is taken for %s %v", name, protocol, call.Name(), call.Others)
				}
				if call.Protocol != protocol || call.Region != "eu-central-1" || call.Account != "123456789012" {
					t.Errorf("%s (%s): protocol %q, region %q, account %q", name, protocol, call.Protocol, call.Region, call.Account)
				}
				if len(call.Others) >= maxCandidates {
					t.Errorf("%s has %d other candidates", name, len(call.Others))
				}
			}
		}
	}
	inPercent := func(n int) float64 { return 100 * float64(n) / float64(total) }
	t.Logf("%d requests: %.3f%% recognised, %.3f%% by the first name", total, inPercent(among), inPercent(first))
	if inPercent(among) < 99.5 || inPercent(first) < 97 {
		t.Errorf("%.3f%% of %d are recognised, %.3f%% by the first name; want 99.5 and 97", inPercent(among), total, inPercent(first))
	}
}

// requestFor is a minimal request of an operation, as its wire protocol has it.
func requestFor(op *catalog.Operation, protocol string) (raw, body string) {
	service := op.Service
	method, uri, headers := "POST", "/", ""
	var query, members []string
	for _, f := range op.Fields {
		switch {
		case !f.Required:
		case f.Location == "querystring":
			query = append(query, f.Name+"=value")
		case f.Location == "header":
			headers += f.Name + ": value\r\n"
		case f.Location == "":
			members = append(members, f.Name)
		}
	}
	switch protocol {
	case catalog.JSON:
		headers = "X-Amz-Target: " + service.TargetPrefix + "." + op.Name + "\r\nContent-Type: application/x-amz-json-" + service.JSONVersion + "\r\n"
		body = jsonObject(members)
	case catalog.CBOR:
		uri = "/service/" + service.TargetPrefix + "/operation/" + op.Name
		headers = "Smithy-Protocol: rpc-v2-cbor\r\nContent-Type: application/cbor\r\n"
	case catalog.Query, catalog.EC2:
		headers = "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
		body = "Action=" + op.Name + "&Version=" + service.APIVersion
		for _, m := range members {
			body += "&" + m + "=value"
		}
	default:
		method, uri = op.Method, pathOf(op.URI, query)
		if protocol == catalog.RESTJSON && method != "GET" {
			body = jsonObject(members)
		}
	}
	return fmt.Sprintf("%s %s HTTP/1.1\r\nHost: localhost:4566\r\n%sContent-Length: %d\r\nAuthorization: AWS4-HMAC-SHA256 "+
		"Credential=123456789012/20261122/eu-central-1/%s/aws4_request, SignedHeaders=host, Signature=0\r\n\r\n",
		method, uri, headers, len(body), service.SigningName), body
}

// pathOf fills the labels of a route and adds query keys.
func pathOf(uri string, query []string) string {
	for {
		open := strings.IndexByte(uri, '{')
		if open < 0 {
			break
		}
		length := strings.IndexByte(uri[open:], '}') + 1
		value := "some-value%2Fwith%20more"
		if strings.HasSuffix(uri[open:open+length], "+}") {
			value = "some/value"
		}
		uri = uri[:open] + value + uri[open+length:]
	}
	if len(query) > 0 {
		separator := "?"
		if strings.Contains(uri, "?") {
			separator = "&"
		}
		uri += separator + strings.Join(query, "&")
	}
	return uri
}

func jsonObject(members []string) string {
	for i, m := range members {
		members[i] = fmt.Sprintf("%q: \"value\"", m)
	}
	return "{" + strings.Join(members, ", ") + "}"
}

// TestForksFit makes sure that no route is shared by more operations than a set holds, and that no
// more of their query keys are needed than there are bits for.
func TestForksFit(t *testing.T) {
	t.Parallel()
	for service := range catalog.All() {
		services := catalog.BySigningName(service.SigningName)
		if services[0] != service {
			continue
		}
		check := func(f *fork) {
			needed := 0
			for _, keys := range f.query {
				for _, k := range keys {
					needed += bit(k.needs != 0)
				}
			}
			if len(f.operations) >= setSize || needed > 64 || len(f.members) > 64 {
				t.Errorf("%s: %d operations, %d needed query keys, %d needed members", f.names[0], len(f.operations), needed, len(f.members))
			}
		}
		g := newGroup(services)
		if root := g.root(); root != nil {
			root.each(check)
		}
		eachShared(g.actions(), check)
	}
}

// TestDatedPaths compares the list of paths that begin with a version with what the catalogue has.
func TestDatedPaths(t *testing.T) {
	t.Parallel()
	want := map[string]string{}
	for service := range catalog.All() {
		for _, op := range service.Operations {
			first, _, _ := strings.Cut(strings.TrimPrefix(op.URI, "/"), "/")
			digits := strings.Trim(strings.ReplaceAll(first, "-", ""), "0123456789v")
			if len(first) >= len("20200101") && digits == "" {
				want[first] = service.Name
			}
		}
	}
	for first, service := range want {
		if datedPaths[first] != service {
			t.Errorf("%q: %q, want %q", first, datedPaths[first], service)
		}
	}
	if len(datedPaths) != len(want) {
		t.Errorf("%d paths, want %d", len(datedPaths), len(want))
	}
}
