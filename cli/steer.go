package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

const (
	rulesPath = "/_brownout/rules"
	// steerLimit is how much of an answer is read.
	steerLimit   = 64 << 20
	steerTimeout = 30 * time.Second
)

// refusedError is what the server does not do because of what it was asked: exit code 2.
type refusedError struct{ message string }

// Error implements error.
func (e *refusedError) Error() string { return e.message }

// steer asks a server for something below /_brownout and answers its whole answer, which is one of success.
func (e *endpoint) steer(ctx context.Context, method, path string, body any) (raw []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, steerTimeout)
	defer cancel()
	text := []byte(nil)
	if body != nil {
		if text, err = json.Marshal(body); err != nil {
			return nil, err
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, e.orDefault()+path, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	e.authorize(request.Header)
	transport := &http.Transport{DisableKeepAlives: true} // no proxy, as for health
	defer transport.CloseIdleConnections()
	response, err := transport.RoundTrip(request)
	if err != nil {
		return nil, &unreachableError{URL: e.orDefault(), Cause: err}
	}
	defer response.Body.Close()
	raw, err = io.ReadAll(io.LimitReader(response.Body, steerLimit))
	if err != nil {
		return nil, &unreachableError{URL: e.orDefault(), Cause: err}
	}
	if response.StatusCode < 300 {
		return raw, nil
	}
	return nil, e.refusal(response.StatusCode, method+" "+path, raw)
}

// refusal reads the server's reasons.
func (e *endpoint) refusal(status int, what string, raw []byte) error {
	var reasons struct {
		Message string `json:"message"`
		Errors  []struct {
			Index   *int   `json:"index"`
			Field   string `json:"field"`
			Message string `json:"message"`
		} `json:"errors"`
	}
	_ = json.Unmarshal(raw, &reasons) // what is no JSON has no reasons
	var lines []string
	for _, reason := range reasons.Errors {
		if reason.Field != "" && reason.Field != "owner" && status == http.StatusBadRequest {
			reason.Message = reason.Field + ": " + reason.Message
		}
		lines = append(lines, reason.Message)
	}
	text := strings.Join(lines, "\n")
	switch {
	case status == http.StatusUnauthorized:
		return fmt.Errorf("the server at %s wants its token: --token or BROWNOUT_TOKEN", e.orDefault())
	case text != "" && (status == http.StatusBadRequest || status == http.StatusConflict):
		return &refusedError{text}
	case text != "":
		return fmt.Errorf("%s", text)
	}
	return fmt.Errorf("what answers at %s is not this version of Brownout (HTTP status %d to %s)%s", e.orDefault(), status, what, firstLine(raw))
}
