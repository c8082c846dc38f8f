package logs_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/store"
)

func TestGroupsAndStreams(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.group("/app/b", "s2", "s1")
	w.group("/app/a")
	w.must("CreateLogGroup", object{"logGroupName": "rare", "logGroupClass": "INFREQUENT_ACCESS", "kmsKeyId": "arn:aws:kms:us-east-1:1:key/k", "deletionProtectionEnabled": true})
	for _, c := range []struct {
		operation     string
		in            object
		code, message string
	}{
		{"CreateLogGroup", object{"logGroupName": "/app/a"}, "ResourceAlreadyExistsException", "The specified log group already exists"},
		{"CreateLogGroup", object{"logGroupName": "aws/x"}, "InvalidParameterException", "Log groups starting with AWS/ are reserved for AWS."},
		{"CreateLogGroup", object{"logGroupName": "a b"}, "InvalidParameterException", `1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+`},
		{"CreateLogStream", object{"logGroupName": "/app/b", "logStreamName": "s1"}, "ResourceAlreadyExistsException", "The specified log stream already exists"},
		{"CreateLogStream", object{"logGroupName": "/app/b", "logStreamName": "a:b"}, "InvalidParameterException", "1 validation error detected: Value 'a:b' at 'logStreamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [^:*]*"},
		{"CreateLogStream", object{"logGroupName": "nobody's", "logStreamName": "s"}, "InvalidParameterException", `1 validation error detected: Value 'nobody's' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+`},
		{"CreateLogStream", object{"logGroupName": "none", "logStreamName": "s"}, "ResourceNotFoundException", "The specified log group does not exist."},
		{"DescribeLogStreams", object{"logGroupName": "none"}, "ResourceNotFoundException", "The specified log group does not exist."},
		{"DescribeLogStreams", object{"logGroupName": "/app/b", "orderBy": "LastEventTime", "logStreamNamePrefix": "s"}, "InvalidParameterException", "Cannot order by LastEventTime with a logStreamNamePrefix."},
		{"DescribeLogGroups", object{"logGroupNamePrefix": "a", "logGroupNamePattern": "b"}, "InvalidParameterException", "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters."},
		{"DeleteLogStream", object{"logGroupName": "/app/b", "logStreamName": "s3"}, "ResourceNotFoundException", "The specified log stream does not exist."},
		{"DeleteLogGroup", object{"logGroupName": "rare"}, "ValidationException", "The log group cannot be deleted while its deletion protection is enabled."},
		{"PutRetentionPolicy", object{"logGroupName": "rare", "retentionInDays": 2}, "InvalidParameterException", "1 validation error detected: Value '2' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]"},
	} {
		w.wantRefused(c.operation, c.in, c.code, c.message)
	}
	groups := func(in object) (names []string) {
		for next := ""; ; {
			page := object{"limit": 1}
			for k, v := range in {
				page[k] = v
			}
			if next != "" {
				page["nextToken"] = next
			}
			answer := w.must("DescribeLogGroups", page)
			for _, g := range answer["logGroups"].([]any) {
				names = append(names, g.(object)["logGroupName"].(string))
			}
			more, ok := answer["nextToken"].(string)
			if !ok {
				return names
			}
			next = more
		}
	}
	for want, in := range map[string]object{
		"[/app/a /app/b rare]": {}, "[/app/a /app/b]": {"logGroupNamePrefix": "/app"}, "[/app/b]": {"logGroupNamePattern": "pp/b"},
		"[rare]": {"logGroupClass": "INFREQUENT_ACCESS"}, "[/app/a]": {"logGroupIdentifiers": []string{"arn:aws:logs:us-east-1:000000000000:log-group:/app/a"}},
	} {
		if got := fmt.Sprint(groups(in)); got != want {
			t.Errorf("%v: %s, want %s", in, got, want)
		}
	}
	w.account = "111111111111"
	if got := groups(object{}); len(got) != 0 {
		t.Errorf("another account sees %v", got)
	}
	w.wantRefused("DescribeLogStreams", object{"logGroupIdentifier": "arn:aws:logs:us-east-1:000000000000:log-group:/app/b"}, "ResourceNotFoundException", "The specified log group does not exist.")
}

func TestPutLogEvents(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.group("g", "s")
	now := w.now()
	put := func(times ...int64) object {
		var events []object
		for _, at := range times {
			events = append(events, object{"timestamp": at, "message": fmt.Sprint(at - now)})
		}
		return object{"logGroupName": "g", "logStreamName": "s", "logEvents": events}
	}
	day := (24 * time.Hour).Milliseconds()
	w.wantRefused("PutLogEvents", put(now, now-1), "InvalidParameterException", "Log events in a single PutLogEvents request must be in chronological order.")
	w.wantRefused("PutLogEvents", put(now-day-1, now), "InvalidParameterException", "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.")
	large := object{"logGroupName": "g", "logStreamName": "s", "logEvents": []object{{"timestamp": now, "message": strings.Repeat("x", 1<<20-25)}}}
	w.wantRefused("PutLogEvents", large, "InvalidParameterException", "Upload too large: 1048577 bytes exceeds limit of 1048576")
	w.wantRefused("PutLogEvents", object{"logGroupName": "g", "logStreamName": "x", "logEvents": []object{{"timestamp": now, "message": "m"}}}, "ResourceNotFoundException", "The specified log stream does not exist.")
	w.must("PutRetentionPolicy", object{"logGroupName": "g", "retentionInDays": 3})
	for want, in := range map[string]object{
		"map[expiredLogEventEndIndex:1]":  put(now-3*day-1, now-3*day+60_000),
		"map[tooOldLogEventEndIndex:2]":   put(now-14*day-10, now-14*day-5),
		"map[tooNewLogEventStartIndex:1]": put(now, now+day/12+60_000, now+day/12+70_000),
		"<nil>":                           put(now + 1),
	} {
		if got := fmt.Sprint(w.must("PutLogEvents", in)["rejectedLogEventsInfo"]); got != want {
			t.Errorf("%v: %s, want %s", in, got, want)
		}
	}
	got := messages(w.must("GetLogEvents", object{"logGroupName": "g", "logStreamName": "s"}))
	slices.Sort(got)
	if want := []string{fmt.Sprint(-3*day + 60_000), "0", "1"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// Tokens go through a stream in both directions; at an end the token that was sent comes back.
func TestGetLogEvents(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.group("g", "s")
	begin := w.now()
	w.put("g", "s", "1", "2", "3", "4", "5")
	get := func(more object) object {
		in := object{"logGroupIdentifier": "arn:aws:logs:us-east-1:000000000000:log-group:g:*", "logStreamName": "s", "limit": 2}
		for k, v := range more {
			in[k] = v
		}
		return w.must("GetLogEvents", in)
	}
	want := func(answer object, want ...string) {
		t.Helper()
		if got := messages(answer); !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	}
	tail := get(nil)
	want(tail, "4", "5")
	back := get(object{"nextToken": tail["nextBackwardToken"]})
	want(back, "2", "3")
	back = get(object{"nextToken": back["nextBackwardToken"]})
	want(back, "1")
	end := get(object{"nextToken": back["nextBackwardToken"]})
	want(end)
	if end["nextBackwardToken"] != back["nextBackwardToken"] {
		t.Error("the beginning has another token")
	}
	want(get(object{"nextToken": end["nextForwardToken"]}), "1", "2")

	head := get(object{"startFromHead": true})
	want(head, "1", "2")
	forth := get(object{"nextToken": get(object{"nextToken": head["nextForwardToken"]})["nextForwardToken"]})
	want(forth, "5")
	last := get(object{"nextToken": forth["nextForwardToken"]})
	want(last)
	if last["nextForwardToken"] != forth["nextForwardToken"] {
		t.Error("the end has another token")
	}
	w.clock.Advance(time.Second)
	w.put("g", "s", "6")
	want(get(object{"nextToken": last["nextForwardToken"]}), "6")
	want(get(object{"startTime": begin + 1, "endTime": begin + 3, "startFromHead": true}), "2", "3")
	w.wantRefused("GetLogEvents", object{"logGroupName": "g", "logStreamName": "s", "nextToken": "x"}, "InvalidParameterException", "The specified nextToken is invalid.")
}

// Events of all streams come in the order of their times, page by page, each once.
func TestFilterLogEvents(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.group("g", "a", "b", "c")
	w.put("g", "b", "b1", "b2")
	w.put("g", "a", "a1")
	w.clock.Advance(time.Second)
	w.put("g", "c", "c1", "c2 x")
	w.put("g", "a", "a2 x")
	var paged []string
	ids := map[any]bool{}
	in := object{"logGroupName": "g", "limit": 1}
	for {
		answer := w.must("FilterLogEvents", in)
		paged = append(paged, messages(answer)...)
		for _, e := range answer["events"].([]any) {
			ids[e.(object)["eventId"]] = true
		}
		token, more := answer["nextToken"]
		if !more {
			break
		}
		in["nextToken"] = token
	}
	whole := messages(w.must("FilterLogEvents", object{"logGroupName": "g"}))
	if !slices.Equal(paged, whole) || len(whole) != 6 || len(ids) != 6 {
		t.Errorf("by ones %v, at once %v, %d ids", paged, whole, len(ids))
	}
	for want, more := range map[string]object{
		"2": {"filterPattern": "x"}, "1": {"filterPattern": "x", "logStreamNamePrefix": "a"}, "4": {"logStreamNames": []string{"a", "b"}},
	} {
		more["logGroupName"] = "g"
		if got := len(messages(w.must("FilterLogEvents", more))); fmt.Sprint(got) != want {
			t.Errorf("%v: %d events, want %s", more, got, want)
		}
	}
	w.wantRefused("FilterLogEvents", object{"logGroupName": "g", "logStreamNames": []string{"z"}}, "ResourceNotFoundException", "The specified log stream does not exist.")
	w.wantRefused("FilterLogEvents", object{"logGroupName": "g", "filterPattern": "{ $.a }"}, "InvalidParameterException", `Invalid filter pattern: an operator is missing at ""`)
}

// Retention hides events at once, and Run deletes them; the movable clock says when.
func TestRetention(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	waiting := &announced{Clock: w.clock, sleeps: make(chan struct{}, 100)}
	run := newService(w, waiting)
	go func() { ended <- run.Run(ctx) }()
	w.group("g", "s")
	w.put("g", "s", "old")
	w.must("PutRetentionPolicy", object{"logGroupName": "g", "retentionInDays": 1})
	w.clock.Advance(12 * time.Hour)
	w.put("g", "s", "new")
	w.clock.Advance(13 * time.Hour)
	if got := messages(w.must("FilterLogEvents", object{"logGroupName": "g"})); !slices.Equal(got, []string{"new"}) {
		t.Errorf("%v are shown", got)
	}
	for eventKeys(t, w) != 1 {
		<-waiting.sleeps
		w.clock.Advance(10 * time.Minute)
	}
	group := w.must("DescribeLogGroups", object{})["logGroups"].([]any)[0].(object)
	if group["storedBytes"] != float64(len("new")+26) || group["retentionInDays"] != 1.0 {
		t.Errorf("the group is %v", group)
	}
	w.must("DeleteRetentionPolicy", object{"logGroupName": "g"})
	w.days(100)
	if got := messages(w.must("GetLogEvents", object{"logGroupName": "g", "logStreamName": "s"})); !slices.Equal(got, []string{"new"}) {
		t.Errorf("without retention: %v", got)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// announced is a clock that says when somebody begins to sleep.
type announced struct {
	clock.Clock
	sleeps chan struct{}
}

func (a *announced) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case a.sleeps <- struct{}{}:
	default:
	}
	return a.Clock.Sleep(ctx, d)
}

func eventKeys(t testing.TB, w *world) (n int) {
	t.Helper()
	err := w.store.View(context.Background(), func(r store.Reader) error {
		return r.Scan(store.Prefix([]byte("logs/e")), func(_, _ []byte) (bool, error) {
			n++
			return true, nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// What was acknowledged is there after a restart; a deleted group leaves nothing to one of its name.
func TestRestartAndDelete(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	w := startOn(t, openDisk(t, folder))
	w.group("g", "s")
	w.put("g", "s", "kept")
	w.must("TagResource", object{"resourceArn": "arn:aws:logs:us-east-1:000000000000:log-group:g", "tags": object{"a": "1"}})
	w.must("TagLogGroup", object{"logGroupName": "g", "tags": object{"b": "2"}})
	w.must("PutResourcePolicy", object{"policyName": "p", "policyDocument": "{}"})
	if err := w.store.Close(); err != nil {
		t.Fatal(err)
	}
	w.store = openDisk(t, folder)
	w.open()
	if got := messages(w.must("FilterLogEvents", object{"logGroupName": "g"})); !slices.Equal(got, []string{"kept"}) {
		t.Errorf("after a restart: %v", got)
	}
	w.must("UntagResource", object{"resourceArn": "arn:aws:logs:us-east-1:000000000000:log-group:g:*", "tagKeys": []string{"a"}})
	if got := fmt.Sprint(w.must("ListTagsForResource", object{"resourceArn": "arn:aws:logs:us-east-1:000000000000:log-group:g"})["tags"]); got != "map[b:2]" {
		t.Errorf("tags %s", got)
	}
	if got := w.must("DescribeResourcePolicies", object{})["resourcePolicies"].([]any); len(got) != 1 {
		t.Errorf("policies %v", got)
	}
	w.must("DeleteLogGroup", object{"logGroupName": "g"})
	w.group("g", "s")
	if got := messages(w.must("FilterLogEvents", object{"logGroupName": "g"})); len(got) != 0 {
		t.Errorf("a new group has %v", got)
	}
	if err := w.made.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.must("DescribeLogGroups", object{})["logGroups"].([]any); len(got) != 0 {
		t.Errorf("after a reset: %v", got)
	}
}
