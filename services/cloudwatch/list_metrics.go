package cloudwatch

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "ListMetrics", (*Service).listMetrics) }

const (
	metricsOnPage = 500
	// listedFor is how long after its latest measurement a metric is listed.
	listedFor = 14 * 24 * time.Hour
)

func (s *Service) listMetrics(r *services.Request, in *ListMetricsInput) (*ListMetricsOutput, error) {
	if err := checkListMetrics(in); err != nil {
		return nil, err
	}
	since := s.now().Add(-listedFor)
	if in.RecentlyActive != nil {
		since = s.now().Add(-3 * time.Hour)
	}
	asked := token{List: "ListMetrics", Of: hashOf(in.Namespace, in.MetricName, in.Dimensions, in.RecentlyActive)}
	after, err := asked.read(in.NextToken, "The parameter NextToken is invalid.", badValue)
	if err != nil {
		return nil, err
	}
	type listed struct {
		key    string
		metric Metric
	}
	var found []listed
	matches := func(m *metricName) bool {
		return (in.Namespace == nil || *in.Namespace == m.namespace) && (in.MetricName == nil || *in.MetricName == m.name) && m.isFilteredBy(in.Dimensions)
	}
	for _, m := range s.calls.list(s.now()) {
		name := newMetricName(r.Call.Account, r.Call.Region, *m.Namespace, *m.MetricName, m.Dimensions)
		if key := name.key(); matches(&name) && key > after {
			found = append(found, listed{key, m})
		}
	}
	own := 0
	err = s.metrics.list(r, r.Call.Account, r.Call.Region, value(in.Namespace), after, func(key string, d *descriptor) bool {
		if name := d.name(); !d.Last.Before(since.Truncate(time.Minute)) && matches(&name) {
			found = append(found, listed{key, d.Metric})
			own++
		}
		return own <= metricsOnPage
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b listed) int { return cmp.Compare(a.key, b.key) })
	out := &ListMetricsOutput{Metrics: []Metric{}}
	for i := range min(len(found), metricsOnPage) {
		out.Metrics = append(out.Metrics, found[i].metric)
	}
	if len(found) > metricsOnPage {
		out.NextToken = asked.after(found[metricsOnPage-1].key)
	}
	return out, nil
}

func checkListMetrics(in *ListMetricsInput) error {
	if value(in.IncludeLinkedAccounts) || in.OwningAccount != nil {
		return notImplemented("ListMetrics over linked accounts")
	}
	if in.RecentlyActive != nil && *in.RecentlyActive != "PT3H" {
		return badValue("The value %s for parameter RecentlyActive is invalid: only PT3H is valid.", *in.RecentlyActive)
	}
	if in.Namespace != nil {
		if err := checkNamespace(*in.Namespace); err != nil {
			return err
		}
	}
	if in.MetricName != nil {
		if err := checkName("MetricName", *in.MetricName, longestName); err != nil {
			return err
		}
	}
	if len(in.Dimensions) > 10 {
		return badValue("The parameter Dimensions must contain no more than 10 elements.")
	}
	for i, f := range in.Dimensions {
		if strings.TrimSpace(value(f.Name)) == "" {
			return missing(member("Dimensions", i) + ".Name")
		}
	}
	return nil
}
