package tagging_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/brownouttest"
)

// world is a server with things in it that have tags.
type world struct {
	*testing.T
	srv *brownouttest.Server
}

const account = "111122223333"

// call calls an operation of a JSON service.
func (w *world) call(target, region, input string) (status int, output string) {
	w.Helper()
	service := map[string]string{"ResourceGroupsTaggingAPI_20170126": "tagging", "DynamoDB_20120810": "dynamodb"}[strings.Split(target, ".")[0]]
	r, err := http.NewRequestWithContext(w.Context(), "POST", w.srv.URL+"/", strings.NewReader(input))
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("X-Amz-Target", target)
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	return w.send(r, region, service)
}

func (w *world) send(r *http.Request, region, service string) (status int, output string) {
	w.Helper()
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+account+"/20261122/"+region+"/"+service+"/aws4_request, SignedHeaders=host, Signature=00")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		w.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func (w *world) iam(form url.Values) {
	w.Helper()
	form.Set("Version", "2010-05-08")
	r, err := http.NewRequestWithContext(w.Context(), "POST", w.srv.URL+"/", strings.NewReader(form.Encode()))
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if status, body := w.send(r, "us-east-1", "iam"); status != 200 {
		w.Fatal(status, body)
	}
}

func (w *world) template(tags string) {
	w.Helper()
	r, err := http.NewRequestWithContext(w.Context(), "POST", w.srv.URL+"/experimentTemplates", strings.NewReader(`{"clientToken":"t","description":"d",
		"roleArn":"arn:aws:iam::111122223333:role/r","stopConditions":[{"source":"none"}],"targets":{},"tags":`+tags+`,
		"actions":{"w":{"actionId":"aws:fis:wait","parameters":{"duration":"PT1M"}}}}`))
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if status, body := w.send(r, "us-east-1", "fis"); status != 200 {
		w.Fatal(status, body)
	}
}

func newWorld(t *testing.T) *world {
	w := &world{t, brownouttest.Start(t)}
	table := func(name, region, tags string) {
		t.Helper()
		if status, body := w.call("DynamoDB_20120810.CreateTable", region, `{"TableName":"`+name+`","BillingMode":"PAY_PER_REQUEST","Tags":`+tags+`,
			"KeySchema":[{"AttributeName":"k","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"k","AttributeType":"S"}]}`); status != 200 {
			t.Fatal(status, body)
		}
	}
	table("Orders", "us-east-1", `[{"Key":"team","Value":"shop"},{"Key":"env","Value":"test"}]`)
	table("Carts", "us-east-1", `[{"Key":"team","Value":"shop"},{"Key":"env","Value":"live"}]`)
	table("Plain", "us-east-1", `[]`)
	table("Elsewhere", "eu-west-1", `[{"Key":"team","Value":"shop"}]`)
	w.template(`{"team":"chaos"}`)
	w.iam(url.Values{"Action": {"CreatePolicy"}, "PolicyName": {"Read"}, "PolicyDocument": {`{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`},
		"Tags.member.1.Key": {"team"}, "Tags.member.1.Value": {"iam"}})
	w.iam(url.Values{"Action": {"CreateInstanceProfile"}, "InstanceProfileName": {"Servers"}, "Tags.member.1.Key": {"env"}, "Tags.member.1.Value": {"test"}})
	return w
}

const tagging = "ResourceGroupsTaggingAPI_20170126."

type page struct {
	PaginationToken        string
	ResourceTagMappingList []struct {
		ResourceARN       string
		Tags              []struct{ Key, Value string }
		ComplianceDetails *struct{ ComplianceStatus bool }
	}
}

// found are the names of the resources that GetResources answers, with their tags.
func (w *world) found(region, input string) (names []string, token string) {
	w.Helper()
	status, body := w.call(tagging+"GetResources", region, input)
	var p page
	if err := json.Unmarshal([]byte(body), &p); err != nil || status != 200 {
		w.Fatal(status, body, err)
	}
	for _, r := range p.ResourceTagMappingList {
		name := strings.SplitN(r.ResourceARN, ":", 6)[5]
		if strings.HasPrefix(name, "experiment-template/") {
			name = "experiment-template/*" // its id is random
		}
		for _, tag := range r.Tags {
			name += " " + tag.Key + "=" + tag.Value
		}
		names = append(names, name)
	}
	return names, p.PaginationToken
}

func TestGetResources(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	all := []string{"table/Carts env=live team=shop", "table/Orders env=test team=shop", "experiment-template/* team=chaos", "instance-profile/Servers env=test", "policy/Read team=iam"}
	for _, c := range []struct {
		region, input string
		want          []string
	}{
		{"us-east-1", `{}`, all},
		{"eu-west-1", `{}`, []string{"table/Elsewhere team=shop"}},
		{"us-east-1", `{"TagFilters":[{"Key":"team","Values":["shop"]},{"Key":"env","Values":["test","stage"]}]}`, all[1:2]},
		{"us-east-1", `{"TagFilters":[{"Key":"env"}]}`, []string{all[0], all[1], all[3]}},
		{"us-east-1", `{"TagFilters":[{"Key":"Env"}]}`, nil},
		{"us-east-1", `{"TagFilters":[{"Key":"env","Values":["none"]}]}`, nil},
		{"us-east-1", `{"ResourceTypeFilters":["fis","iam:policy"]}`, []string{all[2], all[4]}},
		{"us-east-1", `{"ResourceTypeFilters":["dynamodb:table"],"TagFilters":[{"Key":"env","Values":["live"]}]}`, all[:1]},
		{"us-east-1", `{"ResourceTypeFilters":["sqs"]}`, nil},
		{"us-east-1", `{"ResourceARNList":["arn:aws:dynamodb:us-east-1:111122223333:table/Orders","arn:aws:dynamodb:us-east-1:111122223333:table/Plain"]}`, all[1:2]},
		{"us-east-1", `{"IncludeComplianceDetails":true,"ExcludeCompliantResources":true}`, nil},
	} {
		if got, _ := w.found(c.region, c.input); !slices.Equal(got, c.want) {
			t.Errorf("%s %s:\n got %q\nwant %q", c.region, c.input, got, c.want)
		}
	}
	var paged []string
	for token := ""; ; {
		names, next := w.found("us-east-1", fmt.Sprintf(`{"ResourcesPerPage":1,"PaginationToken":%q}`, token))
		paged = append(paged, names...)
		if token = next; token == "" {
			break
		}
	}
	if !slices.Equal(paged, all) {
		t.Errorf("by ones: %q", paged)
	}
	_, token := w.found("us-east-1", `{"ResourcesPerPage":1}`)
	for input, want := range map[string]string{
		`{"ResourcesPerPage":2,"PaginationToken":"` + token + `"}`:             "pagination token",
		`{"PaginationToken":"x"}`:                                              "pagination token",
		`{"ResourcesPerPage":101}`:                                             "ResourcesPerPage",
		`{"TagsPerPage":150}`:                                                  "TagsPerPage",
		`{"ResourceARNList":["arn:aws:s3:::b"],"ResourceTypeFilters":["s3"]}`:  "ResourceARNList",
		`{"ExcludeCompliantResources":true}`:                                   "ExcludeCompliantResources",
		`{"TagFilters":[{"Values":["a"]}]}`:                                    "a key",
		`{"ResourceARNList":["arn:aws:s3:::b"],"TagFilters":[{"Key":"team"}]}`: "ResourceARNList",
	} {
		if status, body := w.call(tagging+"GetResources", "us-east-1", input); status != 400 || !strings.Contains(body, "InvalidParameterException") || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s", input, status, body)
		}
	}
}

func TestTagsAreSetAndTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const orders, profile = "arn:aws:dynamodb:us-east-1:111122223333:table/Orders", "arn:aws:iam::111122223333:instance-profile/Servers"
	failed := func(operation, input string) map[string]struct{ ErrorCode, ErrorMessage string } {
		t.Helper()
		status, body := w.call(tagging+operation, "us-east-1", input)
		var out struct {
			FailedResourcesMap map[string]struct{ ErrorCode, ErrorMessage string }
		}
		if err := json.Unmarshal([]byte(body), &out); err != nil || status != 200 {
			t.Fatal(status, body, err)
		}
		return out.FailedResourcesMap
	}
	lost := failed("TagResources", `{"ResourceARNList":["`+orders+`","`+profile+`","arn:aws:dynamodb:us-east-1:111122223333:table/None","arn:aws:sqs:us-east-1:111122223333:q","arn:aws:iam::111122223333:role/r"],"Tags":{"new":"yes","env":"stage"}}`)
	if len(lost) != 3 || lost["arn:aws:sqs:us-east-1:111122223333:q"].ErrorCode != "InvalidParameterException" {
		t.Errorf("failed: %v", lost)
	}
	if lost := failed("UntagResources", `{"ResourceARNList":["`+orders+`","`+profile+`"],"TagKeys":["team"]}`); len(lost) != 0 {
		t.Errorf("failed: %v", lost)
	}
	got, _ := w.found("us-east-1", `{"TagFilters":[{"Key":"new","Values":["yes"]}]}`)
	if want := []string{"table/Orders env=stage new=yes", "instance-profile/Servers env=stage new=yes"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if status, body := w.call(tagging+"GetTagKeys", "us-east-1", `{}`); status != 200 || !strings.Contains(body, `"TagKeys":["env","new","team"]`) {
		t.Error(status, body)
	}
	if status, body := w.call(tagging+"GetTagValues", "us-east-1", `{"Key":"env"}`); status != 200 || !strings.Contains(body, `"TagValues":["live","stage"]`) {
		t.Error(status, body)
	}
	if status, body := w.call(tagging+"GetComplianceSummary", "us-east-1", `{}`); status != 501 || !strings.Contains(body, "resourcegroupstaggingapi.GetComplianceSummary") {
		t.Error(status, body)
	}
}
