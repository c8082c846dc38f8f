package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/journal"
)

const (
	// heartbeat is how long a feed is silent before a comment says that it still lives: proxies close silent ones.
	heartbeat = 15 * time.Second
	// feedPatience is how long a client may take nothing of its feed, and endPatience how long of its end.
	feedPatience = 10 * time.Second
	endPatience  = time.Second
)

// calls answers the journal's calls, the latest last; live with follow=true or Accept: text/event-stream.
func (c Config) calls(w http.ResponseWriter, r *http.Request) {
	filter, follow, err := c.parseCalls(r)
	if err != nil {
		refuseFilter(w, err)
		return
	}
	// Whoever lost the feed, and asks again, says how far it had come; browsers do so by themselves.
	seen := r.Header.Get("Last-Event-ID")
	switch {
	case follow && seen != "":
		sequence, err := strconv.ParseUint(seen, 10, 64)
		if err != nil {
			refuseFilter(w, &journal.FilterError{Parameter: "Last-Event-ID", Value: seen, Want: "the id of an event of this feed"})
			return
		}
		c.feed(w, r, c.Journal.FollowAfter(filter, sequence))
		return
	case follow:
		c.feed(w, r, c.Journal.Follow(filter))
		return
	}
	calls := c.Journal.Calls(filter)
	if calls == nil {
		calls = []journal.Record{}
	}
	answer(w, http.StatusOK, map[string][]journal.Record{"calls": calls})
}

func (c Config) parseCalls(r *http.Request) (filter journal.Filter, follow bool, err error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return filter, false, &journal.FilterError{Parameter: "query", Value: r.URL.RawQuery, Want: "percent-encoded NAME=VALUE with & between"}
	}
	for accepted := range strings.SplitSeq(r.Header.Get("Accept"), ",") {
		media, _, _ := strings.Cut(accepted, ";")
		follow = follow || strings.TrimSpace(media) == "text/event-stream"
	}
	if query.Has("follow") {
		if follow, err = strconv.ParseBool(query.Get("follow")); err != nil {
			return filter, false, &journal.FilterError{Parameter: "follow", Value: query.Get("follow"), Want: "true or false"}
		}
		query.Del("follow")
	}
	filter, err = journal.ParseFilter(query, c.Clock.Now())
	return filter, follow, err
}

// refuseFilter answers which parameter of a query is wrong.
func refuseFilter(w http.ResponseWriter, err error) {
	var wrong *journal.FilterError
	if !errors.As(err, &wrong) {
		refuse(w, http.StatusInternalServerError, fieldError{Message: err.Error()})
		return
	}
	refuse(w, http.StatusBadRequest, fieldError{Field: wrong.Parameter, Message: wrong.Reason()})
}

// feed sends calls as server-sent events as they end, until the client goes or the server stops: events
// "call", whose id is the call's sequence, and "lost", with a count, when the client was too slow.
func (c Config) feed(w http.ResponseWriter, r *http.Request, follower *journal.Follower) {
	defer follower.Close()
	connection := http.NewResponseController(w)
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	ended := make(chan struct{})
	defer func() {
		cancel()
		<-ended // the deadline of a connection must not be moved after the handler's end
		_ = connection.SetWriteDeadline(clock.Real{}.Now().Add(endPatience))
	}()
	go func() {
		defer close(ended)
		select {
		case <-c.Stopping:
			cancel()
			_ = connection.SetWriteDeadline(clock.Real{}.Now().Add(endPatience)) // a client that takes nothing would hold up the server's
		case <-ctx.Done():
		}
	}()

	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	var text bytes.Buffer
	text.WriteString(": the calls from here on\n\n")
	for {
		_ = connection.SetWriteDeadline(clock.Real{}.Now().Add(feedPatience)) // no deadline where there is none to set
		if ctx.Err() != nil {
			return
		}
		if _, err := w.Write(text.Bytes()); err != nil || connection.Flush() != nil {
			return // the client has gone
		}
		text.Reset()
		if err := nextEvents(ctx, follower, &text); err != nil {
			return
		}
	}
}

// nextEvents waits for something to tell, and writes it down.
func nextEvents(ctx context.Context, follower *journal.Follower, text *bytes.Buffer) error {
	waiting, cancel := context.WithTimeout(ctx, heartbeat)
	defer cancel()
	calls, lost, err := follower.Next(waiting)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		text.WriteString(":\n\n")
		return nil
	case err != nil:
		return err
	}
	if lost > 0 {
		text.WriteString("event: lost\ndata: {\"lost\":" + strconv.FormatUint(lost, 10) + "}\n\n")
	}
	for i := range calls {
		line, err := json.Marshal(&calls[i])
		if err != nil {
			return err
		}
		text.WriteString("event: call\nid: " + strconv.FormatUint(calls[i].Sequence, 10) + "\ndata: ")
		text.Write(line)
		text.WriteString("\n\n")
	}
	return nil
}
