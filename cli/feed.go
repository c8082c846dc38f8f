package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

const (
	callsPath = "/_brownout/calls"
	// feedLine is how long a line of a feed may be: a call is 30 KB at the very worst.
	feedLine = 1 << 20
)

// recentCalls are the calls that the server's journal holds, each as the server sent it. 10,000 of them
// are some 5 MB.
func (e *endpoint) recentCalls(ctx context.Context, query url.Values) ([]json.RawMessage, error) {
	raw, err := e.steer(ctx, http.MethodGet, callsPath+"?"+query.Encode(), nil)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Calls []json.RawMessage `json:"calls"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return nil, fmt.Errorf("the calls of %s: %w", e.orDefault(), err)
	}
	return answer.Calls, nil
}

// event is a server-sent event.
type event struct{ name, data string }

// followCalls sends the feed's events until it ends: with nil when the server ended it, as it does when it
// stops. after is the sequence of the last call seen; nil: the feed begins now.
func (e *endpoint) followCalls(ctx context.Context, query url.Values, after *uint64, events chan<- event) error {
	query.Set("follow", "true")
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, e.orDefault()+callsPath+"?"+query.Encode(), nil)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", "text/event-stream")
	e.authorize(request.Header)
	if after != nil {
		request.Header.Set("Last-Event-ID", strconv.FormatUint(*after, 10))
	}
	// No proxy, as for health. The feed has no end, but its beginning comes at once.
	transport := &http.Transport{DisableKeepAlives: true, ResponseHeaderTimeout: healthTimeout}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return &unreachableError{URL: e.orDefault(), Cause: err}
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		raw, err := io.ReadAll(io.LimitReader(response.Body, healthLimit))
		if err != nil {
			return &unreachableError{URL: e.orDefault(), Cause: err}
		}
		return e.refusal(response.StatusCode, http.MethodGet+" "+callsPath, raw)
	}
	if err := readEvents(ctx, response.Body, events); err != nil {
		return fmt.Errorf("the feed of %s broke off: %w", e.orDefault(), err)
	}
	return nil
}

// readEvents sends the events of a feed until it ends.
func readEvents(ctx context.Context, feed io.Reader, events chan<- event) error {
	lines := bufio.NewScanner(feed)
	lines.Buffer(nil, feedLine)
	var e event
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch {
		case name == "event":
			e.name = value
		case name == "data":
			e.data = value
		case lines.Text() == "" && e.name != "":
			select {
			case events <- e:
			case <-ctx.Done():
				return ctx.Err()
			}
			e = event{}
		}
	}
	return lines.Err()
}
