package gateway_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/brownouttest"
	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/journal"
)

// hung makes n raw connections with a call on each that gets no answer.
func hung(t *testing.T, address string, n int) []net.Conn {
	t.Helper()
	const body = `{"TableName":"Orders","Key":{"id":{"S":"a"}}}`
	request := fmt.Sprintf("POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: DynamoDB_20120810.GetItem\r\n"+
		"Content-Type: application/x-amz-json-1.0\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	connections := make([]net.Conn, 0, n)
	for range n {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		connections = append(connections, conn)
		if _, err := io.WriteString(conn, request); err != nil {
			t.Fatal(err)
		}
	}
	return connections
}

// until asks again and again, up to half a minute: what it waits for happens on other goroutines' connections.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline, again := time.After(30*time.Second), time.NewTicker(5*time.Millisecond)
	defer again.Stop()
	for !holds() {
		select {
		case <-again.C:
		case <-deadline:
			t.Fatal(what + ": not within half a minute")
		}
	}
}

// Two thousand clients that hang cost goroutines, not threads; others work meanwhile, and when the
// clients go away, their calls end at once.
func TestTwoThousandHungClients(t *testing.T) {
	t.Parallel()
	const clients = 2000
	srv := brownouttest.Start(t)
	srv.AddRule(fault.Rule{ID: "hang", Match: fault.Match{Operation: fault.Patterns{"GetItem"}}, Effect: []byte(`{"kind":"hang"}`)})
	threads := pprof.Lookup("threadcreate")
	before := threads.Count()
	connections := hung(t, strings.TrimPrefix(srv.URL, "http://"), clients)
	until(t, "all clients hang", func() bool {
		return strings.Contains(get2xx(t, srv.URL+"/_brownout/rules/hang"), fmt.Sprintf(`"hits":%d`, clients))
	})
	if more := threads.Count() - before; more > clients/10 {
		t.Errorf("%d hung clients cost %d threads", clients, more)
	}
	var others sync.WaitGroup
	for range 8 {
		others.Go(func() {
			for range 50 {
				request, err := http.NewRequest("POST", srv.URL, strings.NewReader(`{}`))
				if err != nil {
					t.Error(err)
					return
				}
				request.Header.Set("X-Amz-Target", "DynamoDB_20120810.ListTables")
				request.Header.Set("Content-Type", "application/x-amz-json-1.0")
				response, err := http.DefaultClient.Do(request)
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, response.Body)
				_ = response.Body.Close()
				if response.StatusCode != 200 {
					t.Errorf("another client got %s", response.Status)
				}
			}
		})
	}
	others.Wait()
	for _, conn := range connections {
		_ = conn.Close()
	}
	until(t, "all calls have ended", func() bool {
		return len(srv.Calls(journal.Filter{Operation: "GetItem"})) == clients
	})
	for _, call := range srv.Calls(journal.Filter{Operation: "GetItem"}) {
		if !call.ClientGone || call.Status != 499 {
			t.Fatalf("%+v", call)
		}
	}
}

// get2xx is the body of a control path, without spaces.
func get2xx(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode/100 != 2 {
		t.Fatal(response.Status, string(text), err)
	}
	return strings.ReplaceAll(string(text), " ", "")
}
