package cloudwatch

import (
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// function is one of metric math's.
type function struct {
	least, most int // arguments
	apply       func(in *scope, arguments []any) (any, error)
}

// knownFunctions are those of CloudWatch that are not carried out here.
var knownFunctions = map[string]bool{
	"SEARCH": true, "ANOMALY_DETECTION_BAND": true, "INSIGHT_RULE_METRIC": true, "SERVICE_QUOTA": true, "LAMBDA": true,
	"DB_PERF_INSIGHTS": true, "SORT": true, "SLICE": true,
}

// functions are filled when the program starts: some of them evaluate calls themselves.
var functions = map[string]function{
	"ABS":             {1, 1, each(math.Abs)},
	"CEIL":            {1, 1, each(math.Ceil)},
	"FLOOR":           {1, 1, each(math.Floor)},
	"LOG":             {1, 1, each(math.Log)},
	"LOG10":           {1, 1, each(math.Log10)},
	"SUM":             {1, 1, reduced(sum)},
	"AVG":             {1, 1, reduced(mean)},
	"MIN":             {1, 1, reduced(slices.Min[[]float64])},
	"MAX":             {1, 1, reduced(slices.Max[[]float64])},
	"STDDEV":          {1, 1, reduced(deviation)},
	"DATAPOINT_COUNT": {1, 1, reduced(func(all []float64) float64 { return float64(len(all)) })},
	"METRIC_COUNT":    {1, 1, metricCount},
	"METRICS":         {0, 1, metricsOf},
	"FILL":            {2, 2, fill},
	"IF":              {2, 3, conditional},
	"PERIOD":          {1, 1, func(in *scope, _ []any) (any, error) { return scalar(in.period.Seconds()), nil }},
	"RATE":            {1, 1, differences(func(d, seconds float64) float64 { return d / seconds })},
	"DIFF":            {1, 1, differences(func(d, _ float64) float64 { return d })},
	"DIFF_TIME":       {1, 1, differences(func(_, seconds float64) float64 { return seconds })},
	"RUNNING_SUM":     {1, 1, seriesOnly(runningSum)},
	"FIRST":           {1, 1, pick(func(all list) *series { return all[0] })},
	"LAST":            {1, 1, pick(func(all list) *series { return all[len(all)-1] })},
	"REMOVE_EMPTY":    {1, 1, removeEmpty},
	"TIME_SERIES":     {1, 1, timeSeries},
	"EPOCH":           {1, 1, clockOf(func(t time.Time) int { return int(t.Unix()) })},
	"MINUTE":          {1, 1, clockOf(time.Time.Minute)},
	"HOUR":            {1, 1, clockOf(time.Time.Hour)},
	"DAY":             {1, 1, clockOf(weekday)},
	"DATE":            {1, 1, clockOf(time.Time.Day)},
	"MONTH":           {1, 1, clockOf(func(t time.Time) int { return int(t.Month()) })},
	"YEAR":            {1, 1, clockOf(time.Time.Year)},
}

// weekday is 1 for Monday to 7 for Sunday.
func weekday(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }

func sum(all []float64) (total float64) {
	for _, f := range all {
		total += f
	}
	return total
}

func mean(all []float64) float64 { return sum(all) / float64(len(all)) }

func deviation(all []float64) float64 {
	middle, squares := mean(all), 0.0
	for _, f := range all {
		squares += (f - middle) * (f - middle)
	}
	return math.Sqrt(squares / float64(len(all)))
}

func each(fn func(float64) float64) func(*scope, []any) (any, error) {
	return func(_ *scope, arguments []any) (any, error) { return mapped(arguments[0], fn) }
}

// reduced makes a scalar of a series, and a series of an array: at each time of what has a value then.
func reduced(fn func([]float64) float64) func(*scope, []any) (any, error) {
	return func(_ *scope, arguments []any) (any, error) {
		switch v := arguments[0].(type) {
		case scalar:
			return scalar(fn([]float64{float64(v)})), nil
		case *series:
			if len(v.values) == 0 {
				return scalar(math.NaN()), nil
			}
			all := make([]float64, 0, len(v.values))
			for _, at := range v.times() {
				all = append(all, v.values[at])
			}
			return scalar(fn(all)), nil
		case list:
			together := map[time.Time][]float64{}
			for _, s := range v {
				for at, f := range s.values {
					together[at] = append(together[at], f)
				}
			}
			out := &series{values: map[time.Time]float64{}}
			for at, all := range together {
				out.set(at, fn(all))
			}
			return out, nil
		}
		return nil, failed("a text is no argument")
	}
}

func metricCount(_ *scope, arguments []any) (any, error) {
	all, ok := asList(arguments[0])
	if !ok {
		return nil, failed("the argument is no array of time series")
	}
	return scalar(len(all)), nil
}

func metricsOf(in *scope, arguments []any) (any, error) {
	part := text("")
	if len(arguments) == 1 {
		var ok bool
		if part, ok = arguments[0].(text); !ok {
			return nil, failed("the argument is no text")
		}
	}
	var all list
	for _, id := range in.ids {
		if !strings.Contains(id, string(part)) {
			continue
		}
		v, err := in.get(id)
		if err != nil {
			return nil, err
		}
		some, _ := asList(v)
		all = append(all, some...)
	}
	return all, nil
}

// every calls fn for each time of the scope.
func (in *scope) every(fn func(at time.Time)) {
	for at := in.from; at.Before(in.to); at = at.Add(in.period) {
		fn(at)
	}
}

func fill(in *scope, arguments []any) (any, error) {
	if all, ok := arguments[0].(list); ok {
		return eachOf(all, func(s *series) (any, error) { return fill(in, []any{s, arguments[1]}) })
	}
	of, ok := arguments[0].(*series)
	if !ok {
		return nil, failed("the first argument is no time series")
	}
	out := &series{label: of.label, values: maps.Clone(of.values)}
	switch by := arguments[1].(type) {
	case scalar:
		in.every(func(at time.Time) {
			if _, there := of.values[at]; !there {
				out.set(at, float64(by))
			}
		})
	case *series:
		for at, f := range by.values {
			if _, there := of.values[at]; !there {
				out.set(at, f)
			}
		}
	case text:
		times := of.times()
		in.every(func(at time.Time) {
			if _, there := of.values[at]; !there {
				if f, ok := between(of, times, at, by == "LINEAR"); ok {
					out.set(at, f)
				}
			}
		})
	default:
		return nil, failed("the second argument is neither a number, a time series, REPEAT nor LINEAR")
	}
	return out, nil
}

// between is the value before a time that has none, or that on the line to the value after it.
func between(of *series, times []time.Time, at time.Time, onLine bool) (float64, bool) {
	i, _ := slices.BinarySearchFunc(times, at, time.Time.Compare)
	if i == 0 {
		return 0, false
	}
	before := of.values[times[i-1]]
	if !onLine {
		return before, true
	}
	if i == len(times) {
		return 0, false
	}
	share := at.Sub(times[i-1]).Seconds() / times[i].Sub(times[i-1]).Seconds()
	return before + share*(of.values[times[i]]-before), true
}

// conditional is IF: at each time of the condition the second argument's value, or the third's.
func conditional(_ *scope, arguments []any) (any, error) {
	at := func(v any, at time.Time) (float64, bool) {
		switch v := v.(type) {
		case scalar:
			return float64(v), true
		case *series:
			f, ok := v.values[at]
			return f, ok
		}
		return 0, false
	}
	for _, v := range arguments {
		switch v.(type) {
		case scalar, *series:
		default:
			return nil, failed("the arguments are no numbers or time series")
		}
	}
	otherwise := func(t time.Time) (float64, bool) {
		if len(arguments) < 3 {
			return 0, false
		}
		return at(arguments[2], t)
	}
	condition, isSeries := arguments[0].(*series)
	if !isSeries {
		if arguments[0].(scalar) != 0 {
			return arguments[1], nil
		}
		if len(arguments) < 3 {
			return &series{values: map[time.Time]float64{}}, nil
		}
		return arguments[2], nil
	}
	out := &series{label: condition.label, values: map[time.Time]float64{}}
	for t, is := range condition.values {
		f, ok := otherwise(t)
		if is != 0 {
			f, ok = at(arguments[1], t)
		}
		if ok {
			out.set(t, f)
		}
	}
	return out, nil
}

func seriesOnly(fn func(*series) *series) func(*scope, []any) (any, error) {
	return func(_ *scope, arguments []any) (any, error) {
		switch v := arguments[0].(type) {
		case *series:
			return fn(v), nil
		case list:
			return eachOf(v, func(s *series) (any, error) { return fn(s), nil })
		}
		return nil, failed("the argument is no time series")
	}
}

func differences(fn func(difference, seconds float64) float64) func(*scope, []any) (any, error) {
	return seriesOnly(func(of *series) *series {
		out, times := &series{label: of.label, values: map[time.Time]float64{}}, of.times()
		for i := 1; i < len(times); i++ {
			out.set(times[i], fn(of.values[times[i]]-of.values[times[i-1]], times[i].Sub(times[i-1]).Seconds()))
		}
		return out
	})
}

func runningSum(of *series) *series {
	out, total := &series{label: of.label, values: map[time.Time]float64{}}, 0.0
	for _, at := range of.times() {
		total += of.values[at]
		out.set(at, total)
	}
	return out
}

func pick(fn func(list) *series) func(*scope, []any) (any, error) {
	return func(_ *scope, arguments []any) (any, error) {
		all, ok := arguments[0].(list)
		if !ok || len(all) == 0 {
			return nil, failed("the argument is no array of time series")
		}
		return fn(all), nil
	}
}

func removeEmpty(_ *scope, arguments []any) (any, error) {
	all, ok := asList(arguments[0])
	if !ok {
		return nil, failed("the argument is no array of time series")
	}
	return slices.DeleteFunc(slices.Clone(all), func(s *series) bool { return len(s.values) == 0 }), nil
}

// timeSeries makes a series of a number: it has that value at every time.
func timeSeries(in *scope, arguments []any) (any, error) {
	n, ok := arguments[0].(scalar)
	if !ok {
		return nil, failed("the argument is no number")
	}
	out := &series{values: map[time.Time]float64{}}
	in.every(func(at time.Time) { out.set(at, float64(n)) })
	return out, nil
}

func clockOf(fn func(time.Time) int) func(*scope, []any) (any, error) {
	return seriesOnly(func(of *series) *series {
		out := &series{label: of.label, values: make(map[time.Time]float64, len(of.values))}
		for at := range of.values {
			out.set(at, float64(fn(at)))
		}
		return out
	})
}
