package cloudwatch

import (
	"slices"
	"strconv"
	"strings"
)

// metricName says which metric of whom.
type metricName struct {
	account, region, namespace, name string
	dimensions                       []Dimension // in order of their names
}

func newMetricName(account, region, namespace, name string, dimensions []Dimension) metricName {
	dimensions = slices.Clone(dimensions)
	slices.SortFunc(dimensions, func(a, b Dimension) int { return strings.Compare(value(a.Name), value(b.Name)) })
	return metricName{account, region, namespace, name, dimensions}
}

const (
	endOfName   = 0
	endOfMetric = 1
)

// key is METRIC of the stored keys.
func (m *metricName) key() string {
	var b strings.Builder
	for _, part := range []string{m.account, m.region, m.namespace, m.name} {
		b.WriteString(part)
		b.WriteByte(endOfName)
	}
	for _, d := range m.dimensions {
		b.WriteString(value(d.Name))
		b.WriteByte(endOfName)
		b.WriteString(value(d.Value))
		b.WriteByte(endOfName)
	}
	b.WriteByte(endOfMetric)
	return b.String()
}

func (m *metricName) shape() Metric {
	return Metric{Namespace: &m.namespace, MetricName: &m.name, Dimensions: slices.Clone(m.dimensions)}
}

// member is how the query protocol, hence CloudWatch's messages, name an element of a list.
func member(list string, i int) string { return list + ".member." + strconv.Itoa(i+1) }

// isFilteredBy says whether the metric has all the dimensions that a list is filtered by.
func (m *metricName) isFilteredBy(filters []DimensionFilter) bool {
	for _, f := range filters {
		at := slices.IndexFunc(m.dimensions, func(d Dimension) bool { return *d.Name == value(f.Name) })
		if at < 0 || f.Value != nil && *m.dimensions[at].Value != *f.Value {
			return false
		}
	}
	return true
}
