package upstream_test

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/upstream"
)

// An upstream's own certificate is trusted when it stands in the file, whenever that was written.
func TestCA(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	t.Cleanup(server.Close)
	server.Config.ErrorLog = nil
	file := filepath.Join(t.TempDir(), "ca.pem")
	u, err := upstream.New(upstream.Config{URLs: map[string]string{"": server.URL}, CA: file, ID: "me"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(u.Close)
	call := func() (int, error) {
		request := httptest.NewRequest(http.MethodGet, "/", nil)
		response, err := u.Forward(t.Context(), &aws.Call{Service: "sqs"}, request, nil, nil)
		if err != nil {
			return 0, err
		}
		return response.StatusCode, response.Body.Close()
	}
	put := func(text []byte) {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := call(); err == nil || !strings.Contains(err.Error(), "--upstream-ca cannot be read") {
		t.Errorf("without a file: %v", err)
	}
	put([]byte("nothing"))
	if _, err := call(); err == nil || !strings.Contains(err.Error(), "holds no certificate") {
		t.Errorf("an empty file: %v", err)
	}
	put(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	if status, err := call(); err != nil || status != http.StatusTeapot {
		t.Errorf("with its certificate: %d, %v", status, err)
	}
}
