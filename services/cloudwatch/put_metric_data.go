package cloudwatch

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "PutMetricData", (*Service).putMetricData) }

const (
	mostData        = 1000 // data in a request
	mostValuesOfOne = 150  // values of a datum
	oldest          = 14 * 24 * time.Hour
	newest          = 2 * time.Hour
)

// largest is the greatest absolute value that CloudWatch takes: 2^360.
var largest = math.Ldexp(1, 360)

var units = []string{
	"Seconds", "Microseconds", "Milliseconds", "Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes", "Bits", "Kilobits",
	"Megabits", "Gigabits", "Terabits", "Percent", "Count", "Bytes/Second", "Kilobytes/Second", "Megabytes/Second",
	"Gigabytes/Second", "Terabytes/Second", "Bits/Second", "Kilobits/Second", "Megabits/Second", "Gigabits/Second",
	"Terabits/Second", "Count/Second", "None",
}

func (s *Service) putMetricData(r *services.Request, in *PutMetricDataInput) (*nothing, error) {
	if len(in.EntityMetricData) > 0 {
		return nil, notImplemented("PutMetricData's EntityMetricData")
	}
	if err := firstMissing(required{"Namespace", in.Namespace == nil}, required{"MetricData", len(in.MetricData) == 0}); err != nil {
		return nil, err
	}
	if err := checkNamespace(*in.Namespace); err != nil {
		return nil, err
	}
	if strings.HasPrefix(*in.Namespace, "AWS/") || *in.Namespace == callsNamespace {
		return nil, badValue("The value %s for parameter Namespace is invalid.", *in.Namespace)
	}
	if len(in.MetricData) > mostData {
		return nil, badValue("The collection MetricData must not have a size greater than %d.", mostData)
	}
	all := make([]measurement, 0, len(in.MetricData))
	for i := range in.MetricData {
		measured, err := s.measurement(r.Call, *in.Namespace, member("MetricData", i), &in.MetricData[i])
		if err != nil {
			return nil, err
		}
		all = append(all, measured)
	}
	if err := s.metrics.put(r, all); err != nil {
		return nil, err
	}
	return &nothing{}, nil
}

// measurement judges a datum; at is how messages call it.
func (s *Service) measurement(call *aws.Call, namespace, at string, d *MetricDatum) (m measurement, err error) {
	if err := firstMissing(required{at + ".MetricName", d.MetricName == nil}); err != nil {
		return m, err
	}
	if err := checkName(at+".MetricName", *d.MetricName, longestName); err != nil {
		return m, err
	}
	if err := checkDimensions(at+".Dimensions", d.Dimensions); err != nil {
		return m, err
	}
	m = measurement{metric: newMetricName(call.Account, call.Region, namespace, *d.MetricName, d.Dimensions), at: s.now(), unit: "None"}
	if d.Timestamp != nil {
		now := m.at
		m.at = d.Timestamp.UTC()
		if m.at.Before(now.Add(-oldest)) {
			return m, badValue("The parameter %s.Timestamp must specify a time within the past two weeks.", at)
		}
		if m.at.After(now.Add(newest)) {
			return m, badValue("The parameter %s.Timestamp must specify a time no more than two hours in the future.", at)
		}
	}
	if d.Unit != nil {
		if m.unit = *d.Unit; !slices.Contains(units, m.unit) {
			return m, badValue("The parameter %s.Unit must be a value in the set [ %s ].", at, strings.Join(units, ", "))
		}
	}
	switch value(d.StorageResolution) {
	case 1:
		m.high = true
	case 60:
	default:
		if d.StorageResolution != nil {
			return m, badValue("The parameter %s.StorageResolution must be 1 or 60.", at)
		}
	}
	return m, m.bucket.measure(at, d)
}

// measure takes a datum's value, values or statistics.
func (b *bucket) measure(at string, d *MetricDatum) error {
	switch {
	case d.Value != nil && d.StatisticValues != nil:
		return badCombination("The parameters %s.Value and %s.StatisticValues are mutually exclusive and you have specified both.", at, at)
	case d.Value != nil && len(d.Values) > 0:
		return badCombination("The parameters %s.Value and %s.Values are mutually exclusive and you have specified both.", at, at)
	case d.StatisticValues != nil && len(d.Values) > 0:
		return badCombination("The parameters %s.StatisticValues and %s.Values are mutually exclusive and you have specified both.", at, at)
	case d.StatisticValues != nil:
		return b.measureStatistics(at+".StatisticValues", d.StatisticValues)
	case len(d.Values) > 0:
		return b.measureValues(at, d)
	case len(d.Counts) > 0:
		return missing(at + ".Values")
	case d.Value == nil:
		return missing(at + ".Value")
	}
	if err := checkNumber(at+".Value", *d.Value); err != nil {
		return err
	}
	b.add(*d.Value, 1)
	return nil
}

func (b *bucket) measureValues(at string, d *MetricDatum) error {
	if len(d.Values) > mostValuesOfOne {
		return badValue("The collection %s.Values must not have a size greater than %d.", at, mostValuesOfOne)
	}
	if len(d.Counts) > 0 && len(d.Counts) != len(d.Values) {
		return badValue("The parameters %s.Values and %s.Counts must be of the same size.", at, at)
	}
	for i, v := range d.Values {
		if err := checkNumber(member(at+".Values", i), v); err != nil {
			return err
		}
		times := 1.0
		if len(d.Counts) > 0 {
			times = d.Counts[i]
			if err := checkNumber(member(at+".Counts", i), times); err != nil {
				return err
			}
			if times <= 0 {
				return badValue("The parameter %s must be greater than 0.", member(at+".Counts", i))
			}
		}
		b.add(v, times)
	}
	return nil
}

func (b *bucket) measureStatistics(at string, set *StatisticSet) error {
	err := firstMissing(required{at + ".SampleCount", set.SampleCount == nil}, required{at + ".Sum", set.Sum == nil},
		required{at + ".Minimum", set.Minimum == nil}, required{at + ".Maximum", set.Maximum == nil})
	if err != nil {
		return err
	}
	for _, part := range []struct {
		name  string
		value float64
	}{{"SampleCount", *set.SampleCount}, {"Sum", *set.Sum}, {"Minimum", *set.Minimum}, {"Maximum", *set.Maximum}} {
		if err := checkNumber(at+"."+part.name, part.value); err != nil {
			return err
		}
	}
	switch {
	case *set.SampleCount <= 0:
		return badValue("The parameter %s.SampleCount must be greater than 0.", at)
	case *set.Maximum < *set.Minimum:
		return badValue("The parameter %s.Maximum must be greater than %s.Minimum.", at, at)
	}
	*b = bucket{count: *set.SampleCount, sum: *set.Sum, min: *set.Minimum, max: *set.Maximum, opaque: true}
	if b.count == 1 || b.min == b.max {
		b.opaque, b.values = false, map[float64]float64{b.min: b.count}
	}
	return nil
}

func checkNumber(parameter string, v float64) error {
	switch {
	case math.IsNaN(v), math.IsInf(v, 0):
		return badValue("The value %s for parameter %s is invalid.", javaDouble(v), parameter)
	case math.Abs(v) > largest:
		return badValue("The value %s for parameter %s is out of range: -2^360 to 2^360.", javaDouble(v), parameter)
	}
	return nil
}
