package recognition

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/aws"
)

var update = flag.Bool("update", false, "write the first lines of testdata/*.http anew")

// TestGolden reads requests as SDKs send them. The first line of a file is what each is recognised as;
// lines end with LF, and the length of the body needs not be right.
func TestGolden(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/*.http")
	if err != nil || len(paths) < 60 {
		t.Fatalf("%d files: %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			want, raw, _ := strings.Cut(string(content), "\n")
			got := describe(t, New(), raw)
			if got == want {
				return
			}
			if !*update {
				t.Fatalf("\n got %s\nwant %s", got, want)
			}
			if err := os.WriteFile(path, []byte(got+"\n"+raw), 0o666); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// describe is all that one request says.
func describe(t testing.TB, z *Recognizer, raw string) string {
	t.Helper()
	r, body := read(t, raw)
	var call aws.Call
	found := z.Recognize(r, &call)
	if found.NeedsBody() {
		z.RecognizeBody(r, body, &call, &found)
	}
	line := "# " + call.Name()
	if len(call.Others) > 0 {
		line += "; or=" + strings.Join(call.Others, ",")
	}
	line += fmt.Sprintf(" | %s | %s %s", call.Protocol, call.Region, call.Account)
	if call.AccessKey == "" {
		line += " unsigned"
	}
	line += " |"
	for _, resource := range Resources(r, body, &call, found.Operation, nil) {
		line += " " + resource.FullARN()
	}
	return line
}

// read makes a request of text whose lines end with LF.
func read(t testing.TB, raw string) (*http.Request, []byte) {
	t.Helper()
	head, body, _ := strings.Cut(raw, "\n\n")
	body = strings.TrimSuffix(body, "\n")
	head += fmt.Sprintf("\nContent-Length: %d", len(body))
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(strings.ReplaceAll(head, "\n", "\r\n") + "\r\n\r\n" + body)))
	if err != nil {
		t.Fatal(err)
	}
	read, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, read
}
