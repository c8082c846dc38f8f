package gateway_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/brownouttest"
	"github.com/brownoutdev/brownout/fault"
)

// send sends an Action to RDS, whose signing name and version Neptune and DocumentDB share.
func send(t *testing.T, url, form string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/rds/aws4_request, SignedHeaders=host, Signature=0")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	return response
}

func TestAmbiguousCallShowsItsCandidates(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	const form = "Version=2014-10-31&DBClusterIdentifier=c&Engine=e&Action=CreateDBCluster"
	response := send(t, srv.URL, form)
	if got := response.Header.Get("x-brownout-call"); got != "rds.CreateDBCluster; or=neptune.CreateDBCluster,docdb.CreateDBCluster" {
		t.Errorf("x-brownout-call is %q", got)
	}
	if response.StatusCode != http.StatusNotImplemented {
		t.Errorf("status %d, want 501: nobody serves it", response.StatusCode)
	}
	srv.AddRule(fault.Rule{
		Match:  fault.Match{Service: fault.Patterns{"docdb"}},
		Effect: json.RawMessage(`{"kind":"error","code":"ServiceUnavailable","status":503}`),
	})
	if response := send(t, srv.URL, form); response.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("status %d under a rule for docdb, want 503", response.StatusCode)
	}
	if response := send(t, srv.URL, form+"&MonitoringInterval=1"); response.StatusCode != http.StatusNotImplemented ||
		response.Header.Get("x-brownout-call") != "rds.CreateDBCluster" {
		t.Errorf("status %d, call %q: a parameter that only RDS has tells", response.StatusCode, response.Header.Get("x-brownout-call"))
	}
}

func TestNothingTells(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL, strings.NewReader("Action=MakeTea"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusNotFound || !strings.Contains(response.Header.Get("Content-Type"), "xml") {
		t.Errorf("status %d, type %q; want 404 as the query protocol has it", response.StatusCode, response.Header.Get("Content-Type"))
	}
}
