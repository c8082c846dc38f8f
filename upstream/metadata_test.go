package upstream_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/upstream"
)

// The keys of an S3 object's metadata are names of headers: boto3 hands them to its users letter for letter.
func TestLettersOfMetadata(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	heads := make(chan string, 1)
	go func() {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		defer connection.Close()
		var head strings.Builder
		in := bufio.NewReader(connection)
		for {
			line, err := in.ReadString('\n')
			head.WriteString(line)
			if err != nil || line == "\r\n" {
				break
			}
		}
		heads <- head.String()
		_, _ = io.WriteString(connection, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nx-amz-meta-who: ada\r\nX-Amz-Meta-Odd-NAME: x\r\n\r\n") // the test sees what is missing
	}()
	u, err := upstream.New(upstream.Config{URLs: map[string]string{"": "http://" + listener.Addr().String()}, ID: "me"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(u.Close)
	request := httptest.NewRequest(http.MethodGet, "/photos/a", nil)
	request.Header.Set("x-amz-meta-who", "ada")
	response, err := u.Forward(t.Context(), &aws.Call{Service: "s3", Operation: "GetObject"}, request, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		t.Error(err)
	}
	if head := <-heads; !strings.Contains(head, "\r\nx-amz-meta-who: ada\r\n") {
		t.Errorf("the upstream got %q", head)
	}
	for _, name := range []string{"x-amz-meta-who", "X-Amz-Meta-Odd-NAME"} { // as the upstream wrote them
		if response.Header[name] == nil {
			t.Errorf("the answer has no %s: %v", name, response.Header)
		}
	}
}
