package gateway_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/brownouttest"
)

// raw sends bytes over a connection of their own and answers the statuses of all answers until the
// server closes, with the last body.
func raw(t *testing.T, server, bytes string) (statuses []int, last string) {
	t.Helper()
	connection, err := net.Dial("tcp", strings.TrimPrefix(server, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if _, err := io.WriteString(connection, bytes); err != nil {
		t.Fatal(err)
	}
	if err := connection.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	from := bufio.NewReader(connection)
	for {
		response, err := http.ReadResponse(from, nil)
		if err != nil {
			return statuses, last
		}
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		statuses, last = append(statuses, response.StatusCode), string(body)
	}
}

// A request whose body has two lengths is refused, wherever it stands in a connection, and nothing
// after it is taken for a request.
func TestTwoLengthsOfABody(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	const (
		head    = "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: DynamoDB_20120810.ListTables\r\nContent-Type: application/x-amz-json-1.0\r\n"
		sized   = head + "Content-Length: 2\r\n\r\n{}"
		chunked = head + "Transfer-Encoding: chunked\r\n\r\n1;x=y\r\n{\r\n1\r\n}\r\n0\r\nTrailer: x\r\n\r\n"
		decoy   = head + "Transfer-Encoding: chunked\r\n\r\n16\r\n\r\n\r\nContent-Length: 1\n\r\n0\r\n\r\n" // its body is no JSON
		options = "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n"
		both    = head + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
		swapped = head + "transfer-encoding: chunked\r\ncontent-length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
		folded  = head + "Content-Length:\r\n 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
	)
	for name, c := range map[string]struct {
		bytes string
		want  string
	}{
		"sized":              {sized + sized, "[200 200]"},
		"chunked":            {chunked + chunked, "[200 200]"},
		"mixed":              {sized + chunked + decoy + sized + options + sized, "[200 200 400 200 200 200]"},
		"both":               {both + sized, "[400]"},
		"swapped":            {swapped + sized, "[400]"},
		"folded":             {folded + sized, "[400]"},
		"both after others":  {sized + chunked + both + sized, "[200 200 400]"},
		"both after decoy":   {decoy + both + sized, "[400 400]"},
		"both after options": {options + sized + both + sized, "[200 200 400]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			statuses, last := raw(t, srv.URL, c.bytes)
			if got := fmt.Sprint(statuses); got != c.want {
				t.Fatalf("answered with %s, want %s; the last is %s", got, c.want, last)
			}
			if strings.HasSuffix(c.want, "400]") && !strings.Contains(last, "Transfer-Encoding") {
				t.Errorf("the refusal is %s", last)
			}
		})
	}
}
