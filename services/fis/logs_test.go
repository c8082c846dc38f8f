package fis_test

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brownoutdev/brownout/services/fis"
)

func (w *world) context() context.Context { return context.Background() }

func logTo(version int64, group, bucket string) *fis.CreateExperimentTemplateLogConfigurationInput {
	l := &fis.CreateExperimentTemplateLogConfigurationInput{LogSchemaVersion: &version}
	if group != "" {
		l.CloudWatchLogsConfiguration = &fis.ExperimentTemplateCloudWatchLogsLogConfigurationInput{LogGroupArn: new("arn:aws:logs:us-east-1:000000000000:log-group:" + group)}
	}
	if bucket != "" {
		l.S3Configuration = &fis.ExperimentTemplateS3LogConfigurationInput{BucketName: &bucket, Prefix: new("chaos/")}
	}
	return l
}

var (
	anyTime = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`)
	anyID   = regexp.MustCompile(`EX[PT][0-9A-Za-z]{14,16}`)
)

func masked(lines []string) []string {
	lines = slices.Clone(lines)
	for i, line := range lines {
		lines[i] = anyID.ReplaceAllString(anyTime.ReplaceAllString(line, "TIME"), "ID")
	}
	return lines
}

// logged runs an experiment to its end and gives its log.
func logged(w *world, cloud *cloud, version int64) (e *fis.Experiment, lines []string) {
	w.t.Helper()
	cloud.groups["/fis/log"], cloud.buckets["logs"] = map[string][]string{}, map[string]string{}
	request := w.on(map[string]target{"these": tagged("COUNT(2)", map[string]string{"app": "blue"})},
		actions{"stop": stopInstances("these", parameters{"startInstancesAfterDuration": "PT1M"}), "broken": stopInstances("these", nil, "stop")})
	request.LogConfiguration = logTo(version, "/fis/log:*", "logs")
	e = w.begins(request)
	cloud.set(func() {
		for _, i := range cloud.instances {
			i.state = "terminated"
		}
	})
	w.clock.Advance(2 * time.Minute)
	synctest.Wait()
	return w.get(e.Id), cloud.groups["/fis/log"]["/aws/fis/"+*e.Id]
}

func TestLogSchema2(t *testing.T) {
	cloud := newCloud(fleet(2, "blue")...)
	inCloud(t, cloud, func(w *world) {
		e, lines := logged(w, cloud, 2)
		reason, _ := json.Marshal(*e.State.Reason)
		want := []string{
			`{"id":"ID","log_type":"experiment-start","event_timestamp":"TIME","version":"2","details":{"experiment_template_id":"ID","experiment_start_time":"TIME"}}`,
			`{"id":"ID","log_type":"target-resolution-start","event_timestamp":"TIME","version":"2","details":{"target_resolution_start_time":"TIME","target_name":"these"}}`,
			`{"id":"ID","log_type":"target-resolution-detail","event_timestamp":"TIME","version":"2","details":{"target_resolution_end_time":"TIME","target_name":"these","target_type":"aws:ec2:instance","account_id":"000000000000","resolved_targets_count":2,"status":"completed"}}`,
			`{"id":"ID","log_type":"target-resolution-end","event_timestamp":"TIME","version":"2","details":{"target_resolution_end_time":"TIME","target_name":"these","target_type":"aws:ec2:instance","resolved_targets":[{"arn":"` + arnOf("i-0000") + `"},{"arn":"` + arnOf("i-0001") + `"}],"page":1,"total_pages":1,"total_resolved_targets_count":2}}`,
			`{"id":"ID","log_type":"action-start","event_timestamp":"TIME","version":"2","details":{"action_name":"stop","action_id":"aws:ec2:stop-instances","action_start_time":"TIME","action_targets":{"Instances":"these"},"parameters":{"startInstancesAfterDuration":"PT1M"}}}`,
			`{"id":"ID","log_type":"action-error","event_timestamp":"TIME","version":"2","details":{"action_name":"stop","action_id":"aws:ec2:stop-instances","account_id":"000000000000","action_state":{"status":"failed","reason":` + string(reason) + `}}}`,
			`{"id":"ID","log_type":"action-end","event_timestamp":"TIME","version":"2","details":{"action_name":"stop","action_id":"aws:ec2:stop-instances","action_end_time":"TIME","action_state":{"status":"failed","reason":` + string(reason) + `}}}`,
			`{"id":"ID","log_type":"experiment-end","event_timestamp":"TIME","version":"2","details":{"experiment_end_time":"TIME","experiment_state":{"status":"failed","reason":` + string(reason) + `}}}`,
		}
		compareLines(t, masked(lines), want)
		if len(cloud.buckets["logs"]) != 1 {
			t.Fatalf("objects %v", cloud.buckets["logs"])
		}
		for key, body := range cloud.buckets["logs"] {
			form := fmt.Sprintf(`^chaos/AWSLogs/000000000000/fis/us-east-1/%s/\d{4}/\d\d/\d\d/000000000000_awsfislogs_us-east-1_%s_\d{12}Z_[0-9a-f]{8}\.log$`, *e.Id, *e.Id)
			if !regexp.MustCompile(form).MatchString(key) {
				t.Errorf("key %s", key)
			}
			if body != strings.Join(lines, "\n")+"\n" {
				t.Errorf("object %s", body)
			}
		}
	})
}

func compareLines(t *testing.T, got, want []string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("line %d of\n%s\nwant\n%s", i, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

func TestLogSchema1(t *testing.T) {
	cloud := newCloud(fleet(2, "blue")...)
	inCloud(t, cloud, func(w *world) {
		_, lines := logged(w, cloud, 1)
		var kinds []string
		for _, line := range masked(lines) {
			var record struct {
				LogType string `json:"log_type"`
				Version string
			}
			if err := json.Unmarshal([]byte(line), &record); err != nil || record.Version != "1" {
				t.Errorf("%v: %s", err, line)
			}
			kinds = append(kinds, record.LogType)
			if record.LogType == "target-resolution-end" {
				want := `{"id":"ID","log_type":"target-resolution-end","event_timestamp":"TIME","version":"1","details":{"target_resolution_end_time":"TIME","target_name":"these","resolved_targets":["` + arnOf("i-0000") + `","` + arnOf("i-0001") + `"],"page":1,"total_pages":1}}`
				compareLines(t, []string{line}, []string{want})
			}
		}
		if want := []string{"experiment-start", "target-resolution-start", "target-resolution-end", "action-start", "action-end", "experiment-end"}; !slices.Equal(kinds, want) {
			t.Errorf("records %v", kinds)
		}
	})
}

func TestLogThatCannotBeWritten(t *testing.T) {
	for name, c := range map[string]struct {
		to           *fis.CreateExperimentTemplateLogConfigurationInput
		prepare      func(c *cloud)
		code, reason string
	}{
		"no group":      {logTo(2, "none", ""), func(*cloud) {}, "ConfigurationFailure", "The experiment cannot be logged to the log group none. ResourceNotFoundException: The specified log group does not exist."},
		"no bucket":     {logTo(2, "", "none"), func(*cloud) {}, "ConfigurationFailure", "The experiment cannot be logged to the S3 bucket none. NotFound: Not Found"},
		"nobody has S3": {logTo(1, "", "logs"), func(c *cloud) { c.unserved["s3"] = true }, "ConfigurationFailure", "The experiment cannot be logged to the S3 bucket logs. NotImplemented: Nobody answers s3."},
		"not allowed":   {logTo(1, "logs", ""), func(c *cloud) { c.broken["logs"] = true }, "AuthorizationFailure", `Role "arn:aws:iam::000000000000:role/Experiments" does not have sufficient privileges to perform logs:CreateLogStream.`},
	} {
		t.Run(name, func(t *testing.T) {
			cloud := newCloud()
			c.prepare(cloud)
			inCloud(t, cloud, func(w *world) {
				request := w.request(actions{"a": wait("PT1M")})
				request.LogConfiguration = c.to
				e := w.begins(request)
				w.expect(e, "failed", c.reason, map[string]string{"a": "cancelled"})
				if *e.State.Error.Code != c.code || *e.State.Error.Location != "logConfiguration" {
					t.Errorf("error %+v", e.State.Error)
				}
			})
		})
	}
}

// What was not delivered when the server went down is delivered after it came back, also of experiments that
// had ended.
func TestLogAfterACrash(t *testing.T) {
	cloud := newCloud()
	cloud.groups["g"], cloud.buckets["bucket"] = map[string][]string{}, map[string]string{}
	inCloud(t, cloud, func(w *world) {
		request := w.request(actions{"a": wait("PT1M")})
		request.LogConfiguration = logTo(2, "g", "bucket")
		e := w.begins(request)
		synctest.Wait()
		cloud.set(func() { cloud.hung["logs"] = true })
		w.clock.Advance(2 * time.Minute)
		w.expect(w.get(e.Id), "completed", "Experiment completed.", nil)
		w.kill()
		cloud.hung["logs"] = false
		w.up()
		synctest.Wait()
		lines := cloud.groups["g"]["/aws/fis/"+*e.Id]
		if len(lines) != 4 || !strings.Contains(lines[3], "experiment-end") || len(cloud.buckets["bucket"]) != 1 {
			t.Errorf("log %q, objects %v", lines, cloud.buckets["bucket"])
		}
		left, _, err := w.state.List(context.Background(), "fis/deliveries/")
		if err != nil || len(left) > 0 {
			t.Errorf("deliveries %v, %v", left, err)
		}
	})
}

func TestEvents(t *testing.T) {
	cloud := newCloud()
	inCloud(t, cloud, func(w *world) {
		e := w.start(actions{"a": wait("PT1M"), "b": wait("PT1M", "a")})
		w.clock.Advance(90 * time.Second)
		w.stop(e.Id)
		synctest.Wait()
		state := func(status, reason string) string {
			return fmt.Sprintf(`{"status":%q,"reason":%q}`, status, reason)
		}
		var want []string
		last := state("pending", "Experiment is pending.")
		for _, next := range []string{
			state("initiating", "Experiment is initiating."), state("running", "Experiment is running."),
			state("stopping", "Stopping Experiment."), state("stopped", "Experiment stopped."),
		} {
			want = append(want, `{"experiment-id":"ID","experiment-template-id":"ID","new-state":`+next+`,"old-state":`+last+`}`)
			last = next
		}
		compareLines(t, masked(cloud.events), want)
		var events []string
		for _, entry := range w.entries(e) {
			if entry.Event != nil {
				events = append(events, string(entry.Event))
			}
		}
		if len(events) != 4 || !strings.Contains(events[0], `"detail-type":"FIS Experiment State Change","source":"aws.fis","account":"000000000000"`) {
			t.Errorf("events %q", events)
		}
	})
}

func TestLogIsDeletedWithTheExperiment(t *testing.T) {
	inCloud(t, newCloud(), func(w *world) {
		e := w.start(actions{"a": wait("PT1M")})
		w.clock.Advance(121 * 24 * time.Hour)
		synctest.Wait()
		if _, ok, err := w.service.ExperimentLog(w.context(), *e.Id, 0); ok || err != nil {
			t.Errorf("the log is there: %v", err)
		}
		for _, kind := range []string{"fis/log/", "fis/steps/", "fis/experiments/"} {
			if left, _, err := w.state.List(w.context(), kind); err != nil || len(left) > 0 {
				t.Errorf("left of %s: %v, %v", kind, left, err)
			}
		}
	})
}
