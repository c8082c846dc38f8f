package e2e

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
)

// Metrics, alarms and logs with boto3; after a kill all that was acknowledged is there.
func TestCloudWatchWithBoto3(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	for _, step := range []string{"fill", "again"} {
		s := start(t, "--data", data)
		if r := execute(t, environment(t, s.URL), program.python, "testdata/observe.py", step); r.code != 0 {
			t.Fatalf("%s: exit code %d\n%s%s", step, r.code, r.stdout, r.stderr)
		}
		s.kill()
	}
}

// The Go SDK speaks CBOR with CloudWatch: numbers, times and maps come back as they went in.
func TestCloudWatchWithGo(t *testing.T) {
	t.Parallel()
	c := newSDK(start(t))
	metrics := cloudwatch.NewFromConfig(c.config())
	at := time.Now().Add(-time.Minute).UTC()
	ok[*cloudwatch.PutMetricDataOutput](t)(metrics.PutMetricData(t.Context(), &cloudwatch.PutMetricDataInput{
		Namespace: aws.String("Go"), MetricData: []types.MetricDatum{{
			MetricName: aws.String("Load"), Timestamp: &at, Values: []float64{0.1, -2.5}, Counts: []float64{3, 1}, Unit: types.StandardUnitPercent,
			StorageResolution: aws.Int32(1), Dimensions: []types.Dimension{{Name: aws.String("Host"), Value: aws.String("ünïcode")}},
		}},
	}))
	listed := ok[*cloudwatch.ListMetricsOutput](t)(metrics.ListMetrics(t.Context(), &cloudwatch.ListMetricsInput{Namespace: aws.String("Go")})).Metrics
	if len(listed) != 1 || *listed[0].Dimensions[0].Value != "ünïcode" {
		t.Fatalf("metrics %v", listed)
	}
	points := ok[*cloudwatch.GetMetricStatisticsOutput](t)(metrics.GetMetricStatistics(t.Context(), &cloudwatch.GetMetricStatisticsInput{
		Namespace: aws.String("Go"), MetricName: aws.String("Load"), Dimensions: listed[0].Dimensions, Period: aws.Int32(1),
		StartTime: aws.Time(at.Add(-time.Minute)), EndTime: aws.Time(at.Add(time.Minute)),
		Statistics: []types.Statistic{types.StatisticMinimum, types.StatisticSampleCount}, ExtendedStatistics: []string{"p100"},
	})).Datapoints
	if len(points) != 1 || *points[0].Minimum != -2.5 || *points[0].SampleCount != 4 || points[0].ExtendedStatistics["p100"] != 0.1 ||
		points[0].Unit != types.StandardUnitPercent || !points[0].Timestamp.Equal(at.Truncate(time.Second)) {
		t.Errorf("data points %+v", points)
	}
	ok[*cloudwatch.PutMetricAlarmOutput](t)(metrics.PutMetricAlarm(t.Context(), &cloudwatch.PutMetricAlarmInput{
		AlarmName: aws.String("go"), EvaluationPeriods: aws.Int32(2), Threshold: aws.Float64(0.5), ComparisonOperator: types.ComparisonOperatorLessThanThreshold,
		Metrics: []types.MetricDataQuery{
			{Id: aws.String("load"), ReturnData: aws.Bool(false), MetricStat: &types.MetricStat{
				Metric: &types.Metric{Namespace: aws.String("Go"), MetricName: aws.String("Load")}, Period: aws.Int32(60), Stat: aws.String("Average"),
			}},
			{Id: aws.String("doubled"), Expression: aws.String("load * 2")},
		},
	}))
	alarm := ok[*cloudwatch.DescribeAlarmsOutput](t)(metrics.DescribeAlarms(t.Context(), nil)).MetricAlarms[0]
	if len(alarm.Metrics) != 2 || *alarm.Threshold != 0.5 || alarm.StateValue != types.StateValueInsufficientData {
		t.Errorf("the alarm is %+v", alarm)
	}
	_, err := metrics.PutMetricData(t.Context(), &cloudwatch.PutMetricDataInput{
		Namespace: aws.String("Go"), MetricData: []types.MetricDatum{{MetricName: aws.String("Load")}},
	})
	wantError(t, err, "MissingParameter", 400, "The parameter MetricData.member.1.Value is required.")
	_, err = metrics.SetAlarmState(t.Context(), &cloudwatch.SetAlarmStateInput{AlarmName: aws.String("none"), StateValue: "OK", StateReason: aws.String("x")})
	wantError(t, err, "ResourceNotFound", 404, "Unknown")
}

// Logs with the Go SDK; logs, metrics and alarms with the AWS CLI.
func TestLogsWithGoAndCLI(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := cloudwatchlogs.NewFromConfig(newSDK(s).config())
	group, stream := aws.String("/go/app"), aws.String("one")
	ok[*cloudwatchlogs.CreateLogGroupOutput](t)(c.CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{LogGroupName: group}))
	ok[*cloudwatchlogs.CreateLogStreamOutput](t)(c.CreateLogStream(t.Context(), &cloudwatchlogs.CreateLogStreamInput{LogGroupName: group, LogStreamName: stream}))
	var events []logtypes.InputLogEvent
	now := time.Now().UnixMilli()
	for i := range 25 {
		events = append(events, logtypes.InputLogEvent{Timestamp: aws.Int64(now - int64(25-i)), Message: aws.String(fmt.Sprintf("line %d", i))})
	}
	ok[*cloudwatchlogs.PutLogEventsOutput](t)(c.PutLogEvents(t.Context(), &cloudwatchlogs.PutLogEventsInput{LogGroupName: group, LogStreamName: stream, LogEvents: events}))
	pages := cloudwatchlogs.NewGetLogEventsPaginator(c, &cloudwatchlogs.GetLogEventsInput{
		LogGroupName: group, LogStreamName: stream, StartFromHead: aws.Bool(true), Limit: aws.Int32(10),
	}, func(o *cloudwatchlogs.GetLogEventsPaginatorOptions) { o.StopOnDuplicateToken = true })
	read := 0
	for pages.HasMorePages() {
		read += len(ok[*cloudwatchlogs.GetLogEventsOutput](t)(pages.NextPage(t.Context())).Events)
	}
	if read != len(events) {
		t.Errorf("%d events", read)
	}
	_, err := c.CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{LogGroupName: group})
	wantError(t, err, "ResourceAlreadyExistsException", 400, "The specified log group already exists")

	cli := newCLI(t, s)
	found, _ := at(cli.ok("logs", "filter-log-events", "--log-group-name", *group, "--page-size", "7", "--filter-pattern", `line -"line 3"`), "events").([]any)
	if len(found) != len(events)-1 {
		t.Errorf("%d events", len(found))
	}
	cli.ok("cloudwatch", "put-metric-data", "--namespace", "CLI", "--metric-name", "Load", "--value", "7", "--dimensions", "Host=a")
	cli.ok("cloudwatch", "put-metric-alarm", "--alarm-name", "cli", "--namespace", "CLI", "--metric-name", "Load", "--dimensions", "Name=Host,Value=a",
		"--statistic", "Sum", "--period", "60", "--evaluation-periods", "1", "--threshold", "5", "--comparison-operator", "GreaterThanThreshold")
	cli.brownout("clock", "advance", "1m")
	if got := at(cli.ok("cloudwatch", "describe-alarms", "--query", "MetricAlarms[0]"), "StateValue"); got != "ALARM" {
		t.Errorf("the alarm is %v", got)
	}
	cli.fails("MissingParameter", "cloudwatch", "put-metric-data", "--namespace", "CLI", "--metric-data", "MetricName=x")
}
