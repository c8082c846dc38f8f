package fis

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/brownoutdev/brownout/services/fis/action"
)

// logGroupForm is the ARN of a log group; AWS's own tools end it with ":*".
var logGroupForm = regexp.MustCompile(`^arn:[\w-]+:logs:[^:]*:[^:]*:log-group:[^:*]+(:\*)?$`)

// maxLogSchema is the newest schema version of logs.
const maxLogSchema = 2

func (v *validator) logs() {
	l := v.in.LogConfiguration
	if l == nil {
		return
	}
	if n := l.LogSchemaVersion; n != nil && (*n < 1 || *n > maxLogSchema) {
		v.add(invalid("The logSchemaVersion %d is neither 1 nor 2.", *n), "logConfiguration", "logSchemaVersion")
	}
	if c := l.CloudWatchLogsConfiguration; c != nil && !logGroupForm.MatchString(value(c.LogGroupArn)) {
		v.add(invalid("The value %q of logGroupArn is not the ARN of a log group.", value(c.LogGroupArn)), "logConfiguration", "cloudWatchLogsConfiguration", "logGroupArn")
	}
	if c := l.S3Configuration; c != nil {
		v.bucket(value(c.BucketName), "logConfiguration", "s3Configuration", "bucketName")
	}
}

var bucketForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

func (v *validator) bucket(name string, path ...string) {
	if !bucketForm.MatchString(name) {
		v.add(invalid("The value %q of bucketName is not the name of an S3 bucket.", name), path...)
	}
}

// The limits of experiment reports.
const (
	maxBeforeReport = 30 * time.Minute
	maxAfterReport  = 2 * time.Hour
	maxDashboards   = 1
)

// report judges what an experiment report is to hold. Reports are not written here: the experiment says so.
func (v *validator) report() {
	const member = "experimentReportConfiguration"
	c := v.in.ExperimentReportConfiguration
	if c == nil {
		return
	}
	if c.Outputs == nil || c.Outputs.S3Configuration == nil || c.Outputs.S3Configuration.BucketName == nil {
		v.add(invalid("An experiment report needs an S3 bucket: outputs.s3Configuration.bucketName."), member)
	} else {
		v.bucket(value(c.Outputs.S3Configuration.BucketName), member, "outputs", "s3Configuration", "bucketName")
	}
	if c.DataSources != nil && len(c.DataSources.CloudWatchDashboards) > maxDashboards {
		v.add(invalid("The report has %d CloudWatch dashboards. A report can have %d at most.", len(c.DataSources.CloudWatchDashboards), maxDashboards), member, "dataSources", "cloudWatchDashboards")
	}
	v.reportDuration(c.PreExperimentDuration, maxBeforeReport, "PT30M", member, "preExperimentDuration")
	v.reportDuration(c.PostExperimentDuration, maxAfterReport, "PT2H", member, "postExperimentDuration")
}

func (v *validator) reportDuration(text *string, most time.Duration, says string, path ...string) {
	if text == nil {
		return
	}
	if d, err := action.ParseDuration(*text); err != nil || d > most {
		v.add(invalid("The value %q of %s is not a duration from PT0S to %s.", *text, path[len(path)-1], says), path...)
	}
}

// tagForm is what FIS allows in tags' keys and values. It is compiled on first use: Unicode's classes make that slow.
var tagForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`) })

func (v *validator) tags(tags map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		switch {
		case strings.HasPrefix(strings.ToLower(key), "aws:"):
			v.add(invalid("The tag key %q begins with \"aws:\", which is reserved.", key), "tags", key)
		case !tagForm().MatchString(key):
			v.add(invalid("The tag key %q holds characters that are not allowed.", key), "tags", key)
		case !tagForm().MatchString(tags[key]):
			v.add(invalid("The value of the tag %q holds characters that are not allowed.", key), "tags", key)
		}
	}
}
