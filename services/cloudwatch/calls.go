package cloudwatch

import (
	"slices"
	"sync"
	"time"

	"github.com/brownoutdev/brownout/journal"
)

// callsNamespace is where Brownout's own metrics are: the calls that the gateway has answered. All
// accounts and regions see the same ones. A series has measurements for the seconds in which it had calls.
const callsNamespace = "Brownout"

// keptCalls is how long the minutes of calls stay. Single seconds stay as long as the journal's Rates keep them.
const keptCalls = 3 * time.Hour

type callMetric struct {
	name, unit string
	// measure adds what it makes of a second's calls.
	measure func(b *bucket, w *journal.Window)
}

var callMetrics = []callMetric{
	{"Calls", "Count", func(b *bucket, w *journal.Window) { b.add(float64(w.Calls), 1) }},
	{"Errors", "Count", func(b *bucket, w *journal.Window) { b.add(float64(w.Errors()), 1) }},
	{"ClientErrors", "Count", func(b *bucket, w *journal.Window) { b.add(float64(w.ClientErrors), 1) }},
	{"ServerErrors", "Count", func(b *bucket, w *journal.Window) { b.add(float64(w.ServerErrors), 1) }},
	{"InjectedErrors", "Count", func(b *bucket, w *journal.Window) { b.add(float64(w.Injected), 1) }},
	{"ErrorRate", "Percent", func(b *bucket, w *journal.Window) { b.merge(shareOfErrors(w)) }},
	{"Duration", "Milliseconds", durations},
}

// shareOfErrors counts each call as 0 or 100, so that an average over any time is the share of its calls.
func shareOfErrors(w *journal.Window) *bucket {
	b := &bucket{}
	if failed := float64(w.Errors()); failed > 0 {
		b.add(100, failed)
	}
	if fine := float64(w.Calls) - float64(w.Errors()); fine > 0 {
		b.add(0, fine)
	}
	return b
}

func durations(b *bucket, w *journal.Window) {
	const perMillisecond = float64(time.Millisecond)
	took := bucket{
		count: float64(w.Calls), sum: float64(w.Sum()) / perMillisecond, min: float64(w.Min()) / perMillisecond, max: float64(w.Max()) / perMillisecond,
		values: map[float64]float64{},
	}
	w.Durations(func(about time.Duration, calls uint64) { took.values[float64(about)/perMillisecond] += float64(calls) })
	b.merge(&took)
}

// calls are the metrics of the namespace Brownout. Seconds are read from the journal; minutes are
// collected from it before it forgets them, 3 hours of at most 500 series: 100 MB at the very worst, usually less than one.
type calls struct {
	rates *journal.Rates

	mutex     sync.Mutex
	collected time.Time // seconds before this one are in minutes
	minutes   map[time.Time]map[journal.Series][]bucket
}

func newCalls(rates *journal.Rates) *calls {
	return &calls{rates: rates, minutes: map[time.Time]map[journal.Series][]bucket{}}
}

// collect takes up the seconds that are over.
func (c *calls) collect(now time.Time) {
	if c.rates == nil {
		return
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	now = now.Truncate(time.Second)
	c.rates.Seconds(c.collected, now, func(at time.Time, of journal.Series, w *journal.Window) {
		minute := at.Truncate(time.Minute)
		if c.minutes[minute] == nil {
			c.minutes[minute] = map[journal.Series][]bucket{}
		}
		total := c.minutes[minute][of]
		if total == nil {
			total = make([]bucket, len(callMetrics))
			c.minutes[minute][of] = total
		}
		for i, m := range callMetrics {
			m.measure(&total[i], w)
		}
	})
	c.collected = now
	for minute := range c.minutes {
		if minute.Before(now.Add(-keptCalls)) {
			delete(c.minutes, minute)
		}
	}
}

// series is what the dimensions of a metric say; ok is false for other dimensions than ours.
func (c *calls) series(dimensions []Dimension) (of journal.Series, ok bool) {
	for _, d := range dimensions {
		switch value(d.Name) {
		case "Service":
			of.Service = value(d.Value)
		case "Operation":
			of.Operation = value(d.Value)
		case "Region":
			of.Region = value(d.Value)
		default:
			return of, false
		}
	}
	return of, true
}

func includes(asked, of journal.Series) bool {
	return (asked.Service == "" || asked.Service == of.Service) && (asked.Operation == "" || asked.Operation == of.Operation) &&
		(asked.Region == "" || asked.Region == of.Region)
}

// query is as that of metrics.
func (c *calls) query(name *metricName, unit string, perUnit bool, from, to time.Time, length time.Duration, now time.Time) []period {
	metric := slices.IndexFunc(callMetrics, func(m callMetric) bool { return m.name == name.name })
	asked, ok := c.series(name.dimensions)
	if c.rates == nil || metric < 0 || !ok || unit != "" && unit != callMetrics[metric].unit {
		return nil
	}
	if to.After(now) {
		to = now.Truncate(time.Second)
	}
	collected := collector{from: from, length: length, perUnit: perUnit}
	if length%time.Minute != 0 {
		c.rates.Seconds(from, to, func(at time.Time, of journal.Series, w *journal.Window) {
			if !at.Before(from) && includes(asked, of) {
				var b bucket
				callMetrics[metric].measure(&b, w)
				collected.add(at, callMetrics[metric].unit, &b)
			}
		})
		return collected.periods
	}
	c.collect(now)
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for minute, series := range c.minutes {
		if minute.Before(from) || !minute.Before(to) {
			continue
		}
		for of, total := range series {
			if includes(asked, of) {
				collected.add(minute, callMetrics[metric].unit, &total[metric])
			}
		}
	}
	return collected.periods
}

// list are the metrics that had calls in the last three hours, each with the sets of dimensions that
// it can be asked for by: none, Service, Service and Region, Service and Operation, all three.
func (c *calls) list(now time.Time) []Metric {
	c.collect(now)
	c.mutex.Lock()
	defer c.mutex.Unlock()
	seen, listed := map[string]bool{}, []Metric{}
	for _, series := range c.minutes {
		for of := range series {
			service, operation, region := dimension("Service", of.Service), dimension("Operation", of.Operation), dimension("Region", of.Region)
			for _, set := range [][]Dimension{{}, {service}, {region, service}, {operation, service}, {operation, region, service}} {
				if slices.ContainsFunc(set, func(d Dimension) bool { return *d.Value == "" }) {
					continue
				}
				for _, m := range callMetrics {
					name := newMetricName("", "", callsNamespace, m.name, set)
					if key := name.key(); !seen[key] {
						seen[key] = true
						listed = append(listed, name.shape())
					}
				}
			}
		}
	}
	return listed
}

func dimension(name, text string) Dimension { return Dimension{Name: &name, Value: &text} }
