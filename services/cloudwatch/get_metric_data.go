package cloudwatch

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "GetMetricData", (*Service).getMetricData) }

const (
	mostQueries = 500
	// mostDataOnPage is how many data points GetMetricData answers in a page; MaxDatapoints may say less.
	mostDataOnPage = 100_800
	// longestSeries bounds the periods that a request may span.
	longestSeries = 500_000
)

func (s *Service) getMetricData(r *services.Request, in *GetMetricDataInput) (*GetMetricDataOutput, error) {
	size, err := checkGetMetricData(in)
	if err != nil {
		return nil, err
	}
	page := token{List: "GetMetricData", Of: hashOf(in.MetricDataQueries, in.StartTime, in.EndTime, in.ScanBy)}
	after, err := page.read(in.NextToken, "The parameter NextToken is invalid.", badToken)
	if err != nil {
		return nil, err
	}
	skip := 0
	if after != "" {
		if skip, err = strconv.Atoi(after); err != nil {
			return nil, badToken("The parameter NextToken is invalid.")
		}
	}
	results, err := s.evaluate(r, r.Call.Account, r.Call.Region, in.MetricDataQueries, func(length time.Duration) (from, to time.Time) {
		return roundedStart(*in.StartTime, length, s.now()), in.EndTime.UTC()
	})
	if err != nil {
		return nil, err
	}
	out := &GetMetricDataOutput{MetricDataResults: []MetricDataResult{}, Messages: []MessageData{}}
	done := 0
	for _, result := range results {
		begin := min(max(skip-done, 0), len(result.times))
		delivered := begin > 0 && begin == len(result.times) || after != "" && len(result.times) == 0
		if delivered || size == 0 && len(result.times) > 0 {
			done += len(result.times)
			continue
		}
		end := min(begin+size, len(result.times))
		out.MetricDataResults = append(out.MetricDataResults, result.shape(begin, end, value(in.ScanBy) == "TimestampAscending"))
		if size -= end - begin; end > begin {
			skip = done + end
		}
		done += len(result.times)
	}
	if skip < done {
		out.NextToken = page.after(strconv.Itoa(skip))
	}
	return out, nil
}

func checkGetMetricData(in *GetMetricDataInput) (page int, err error) {
	if !in.StartTime.Before(*in.EndTime) {
		return 0, invalid("The parameter StartTime must be less than the parameter EndTime.")
	}
	if len(in.MetricDataQueries) > mostQueries {
		return 0, invalid("The collection MetricDataQueries must not have a size greater than %d.", mostQueries)
	}
	page = mostDataOnPage
	if in.MaxDatapoints != nil {
		if *in.MaxDatapoints < 1 || *in.MaxDatapoints > mostDataOnPage {
			return 0, invalid("The parameter MaxDatapoints must be between 1 and %d.", mostDataOnPage)
		}
		page = int(*in.MaxDatapoints)
	}
	if err := checkQueries(in.MetricDataQueries); err != nil {
		return 0, err
	}
	longest := time.Duration(0)
	for i := range in.MetricDataQueries {
		if length := periodOf(in.MetricDataQueries, i); longest == 0 || length < longest {
			longest = length
		}
	}
	if longest > 0 && in.EndTime.Sub(*in.StartTime)/longest > longestSeries {
		return 0, invalid("The time range holds more than %d periods.", longestSeries)
	}
	return page, nil
}

// result is what a query returns.
type result struct {
	id, label string
	series    *series
	times     []time.Time
}

// shape is a part of a result: data points from begin to end in the order of the answer.
func (q *result) shape(begin, end int, ascending bool) MetricDataResult {
	status := "Complete"
	if end < len(q.times) {
		status = "PartialData"
	}
	shape := MetricDataResult{Id: &q.id, Label: &q.label, StatusCode: &status, Timestamps: []time.Time{}, Values: []float64{}}
	times := slices.Clone(q.times)
	if !ascending {
		slices.Reverse(times)
	}
	for _, at := range times[begin:end] {
		shape.Timestamps = append(shape.Timestamps, at)
		shape.Values = append(shape.Values, q.series.values[at])
	}
	return shape
}

// periodOf is a query's period: its own, that of its metric, or for an expression the longest of all metrics'.
func periodOf(queries []MetricDataQuery, i int) time.Duration {
	q := &queries[i]
	switch {
	case q.MetricStat != nil:
		return time.Duration(value(q.MetricStat.Period)) * time.Second
	case q.Period != nil:
		return time.Duration(*q.Period) * time.Second
	}
	longest := int64(60)
	for j := range queries {
		if m := queries[j].MetricStat; m != nil {
			if longest == 60 && value(m.Period) < 60 && onlyShort(queries) {
				longest = 0
			}
			longest = max(longest, value(m.Period))
		}
	}
	return time.Duration(longest) * time.Second
}

// onlyShort says whether all metrics are asked for in periods of less than a minute.
func onlyShort(queries []MetricDataQuery) bool {
	return !slices.ContainsFunc(queries, func(q MetricDataQuery) bool { return q.MetricStat != nil && value(q.MetricStat.Period) >= 60 })
}

// evaluate answers the queries that return data, in their order. span says from when to when, given a period.
func (s *Service) evaluate(ctx context.Context, account, region string, queries []MetricDataQuery, span func(time.Duration) (from, to time.Time)) ([]result, error) {
	e := &evaluation{service: s, ctx: ctx, account: account, region: region, queries: queries, span: span, done: map[string]any{}, doing: map[string]bool{}}
	var results []result
	for i := range queries {
		q := &queries[i]
		if q.ReturnData != nil && !*q.ReturnData {
			continue
		}
		v, err := e.get(value(q.Id))
		if err != nil {
			return nil, err
		}
		all, ok := asList(v)
		if !ok {
			return nil, invalid("Error in expression '%s': The expression must return a time series or an array of time series.", value(q.Id))
		}
		for _, one := range all {
			label := one.label
			if q.Label != nil {
				label = *q.Label
			} else if q.MetricStat == nil && (label == "" || len(all) == 1) {
				label = value(q.Id)
			}
			results = append(results, result{id: value(q.Id), label: label, series: one, times: one.times()})
		}
	}
	return results, nil
}

// evaluation is one answering of queries that refer to each other.
type evaluation struct {
	service         *Service
	ctx             context.Context
	account, region string
	queries         []MetricDataQuery
	span            func(time.Duration) (from, to time.Time)
	done            map[string]any
	doing           map[string]bool
}

func (e *evaluation) get(id string) (any, error) {
	if v, ok := e.done[id]; ok {
		return v, nil
	}
	i := slices.IndexFunc(e.queries, func(q MetricDataQuery) bool { return value(q.Id) == id })
	if i < 0 {
		return nil, failed("Undefined variable '%s'", id)
	}
	if e.doing[id] {
		return nil, invalid("Error in expression '%s': The expression refers to itself.", id)
	}
	e.doing[id] = true
	defer delete(e.doing, id)
	v, err := e.answer(i)
	if _, ok := err.(mathError); ok {
		err = invalid("Error in expression '%s': %s", id, err)
	}
	if err == nil {
		e.done[id] = v
	}
	return v, err
}

func (e *evaluation) answer(i int) (any, error) {
	q, length := &e.queries[i], periodOf(e.queries, i)
	from, to := e.span(length)
	if q.MetricStat != nil {
		return e.stat(q.MetricStat, from, to, length)
	}
	parsed, err := parseMath(value(q.Expression))
	if err != nil {
		return nil, err
	}
	in := &scope{get: e.get, from: from, to: to, period: length}
	for j := range e.queries {
		if e.queries[j].MetricStat != nil {
			in.ids = append(in.ids, value(e.queries[j].Id))
		}
	}
	return parsed.eval(in)
}

func (e *evaluation) stat(m *MetricStat, from, to time.Time, length time.Duration) (*series, error) {
	name := newMetricName(e.account, e.region, value(m.Metric.Namespace), value(m.Metric.MetricName), m.Metric.Dimensions)
	periods, err := e.service.query(e.ctx, &name, value(m.Unit), false, from, to, length)
	if err != nil {
		return nil, err
	}
	statistic, _ := parseStatistic(value(m.Stat)) // checked before
	out := &series{label: name.name, values: make(map[time.Time]float64, len(periods))}
	for i := range periods {
		if v, ok := statistic(&periods[i].bucket); ok {
			out.set(periods[i].at, v)
		}
	}
	return out, nil
}

// checkQueries judges queries of GetMetricData or of an alarm beyond what the model says.
func checkQueries(queries []MetricDataQuery) error {
	seen := map[string]bool{}
	for i := range queries {
		q := &queries[i]
		id := value(q.Id)
		if !isQueryID(id) {
			return invalid("The value %s for parameter %s.Id is invalid: it must begin with a lowercase letter and hold only letters, digits and underscores.", id, member("MetricDataQueries", i))
		}
		if seen[id] {
			return invalid("The values for parameter id in MetricDataQueries are not unique.")
		}
		seen[id] = true
		if q.AccountId != nil {
			return notImplemented("queries of other accounts (AccountId)")
		}
		if (q.MetricStat == nil) == (q.Expression == nil) {
			return invalid("The parameter %s must have exactly one of Expression and MetricStat.", member("MetricDataQueries", i))
		}
		if err := checkQuery(q, member("MetricDataQueries", i)); err != nil {
			return err
		}
	}
	return nil
}

func checkQuery(q *MetricDataQuery, at string) error {
	if q.Expression != nil {
		if q.Period != nil && !isPeriod(*q.Period) {
			return invalid("The parameter %s.Period must be 1, 5, 10, 20, 30, or a multiple of 60.", at)
		}
		_, err := parseMath(*q.Expression)
		if _, ok := err.(mathError); ok {
			return invalid("Error in expression '%s': %s", value(q.Id), err)
		}
		return err
	}
	m := q.MetricStat
	if value(m.Metric.Namespace) == "" || value(m.Metric.MetricName) == "" {
		return invalid("The parameter %s.MetricStat.Metric must have a Namespace and a MetricName.", at)
	}
	if !isPeriod(value(m.Period)) {
		return invalid("The parameter %s.MetricStat.Period must be 1, 5, 10, 20, 30, or a multiple of 60.", at)
	}
	if _, ok := parseStatistic(value(m.Stat)); !ok {
		return invalid("The value %s for parameter %s.MetricStat.Stat is not supported.", value(m.Stat), at)
	}
	return nil
}

func isQueryID(id string) bool {
	if id == "" || id[0] < 'a' || id[0] > 'z' {
		return false
	}
	return strings.IndexFunc(id, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) < 0
}
