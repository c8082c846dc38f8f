package fis_test

import (
	"strings"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/services/fis"
)

func TestParseSignal(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]fis.Signal{
		"service=dynamodb error-rate>50% for 10s":                      {Service: "dynamodb", Measure: fis.ErrorRate, Limit: 50, For: 10 * time.Second},
		"  region=us-east-1  service=sfn   error-rate > 0.5%  for 1m ": {Service: "stepfunctions", Region: "us-east-1", Measure: fis.ErrorRate, Limit: 0.5, For: time.Minute},
		"operation=GetItem service=dynamodb p99.9>500ms for 1s":        {Service: "dynamodb", Operation: "GetItem", Measure: fis.LatencyPercentile, Percentile: 99.9, Latency: 500 * time.Millisecond, For: time.Second},
		"operation=GetItem p50>1.5s for 60s":                           {Operation: "GetItem", Measure: fis.LatencyPercentile, Percentile: 50, Latency: 1500 * time.Millisecond, For: time.Minute},
		"rate>100/s for 5s":                                            {Measure: fis.CallRate, Limit: 100, For: 5 * time.Second},
	} {
		if got, err := fis.ParseSignal(text); err != nil || got != want {
			t.Errorf("%q is %+v, %v", text, got, err)
		}
	}
	for text, part := range map[string]string{
		"":                                       "the form is",
		"error-rate>50%":                         "the form is",
		"error-rate<50% for 10s":                 "the form is",
		"error-rate>50 for 10s":                  `"50"`,
		"error-rate>100% for 10s":                `"100%"`,
		"error-rate>NaN% for 10s":                `"NaN%"`,
		"error-rate>50% for 61s":                 `"61s"`,
		"error-rate>50% for 1500ms":              `"1500ms"`,
		"error-rate>50% for 0s":                  `"0s"`,
		"error-rate>50% for ten":                 `"ten"`,
		"rate>5 for 10s":                         `"5"`,
		"p100>1s for 10s":                        `"p100"`,
		"p>1s for 10s":                           `"p"`,
		"p99>1 for 10s":                          `"1"`,
		"errors>50% for 10s":                     `"errors"`,
		"service=nosuch rate>1/s for 1s":         `"nosuch"`,
		"service=s3 operation=X rate>1/s for 1s": `"X"`,
		"service= rate>1/s for 1s":               "service=",
		"service=s3 service=s3 rate>1/s for 1s":  "service=",
		"account=1 rate>1/s for 1s":              `"account="`,
		"rate>1/s service=s3 for 1s":             "the form is",
	} {
		if got, err := fis.ParseSignal(text); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q is %+v, %v; want an error that says %s", text, got, err, part)
		}
	}
}

func FuzzParseSignal(f *testing.F) {
	f.Add("service=dynamodb operation=GetItem region=a p99>1s for 10s")
	f.Add("error-rate>50% for 10s")
	f.Fuzz(func(t *testing.T, text string) {
		if s, err := fis.ParseSignal(text); err == nil && (s.Measure == 0 || s.For < time.Second || s.For > time.Minute) {
			t.Errorf("%q is %+v", text, s)
		}
	})
}
