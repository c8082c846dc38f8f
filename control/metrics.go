package control

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/brownoutdev/brownout/journal"
)

// metrics answers the journal's totals as Prometheus reads them. Each server has a registry of its own.
func (c Config) metrics() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(&callCollector{
		journal: c.Journal,
		calls: prometheus.NewDesc("brownout_calls_total",
			"AWS calls by their outcome: OK, an error code, the status of an error without a code, NoAnswer or ClientGone.",
			[]string{"service", "operation", "code"}, nil),
		faults: prometheus.NewDesc("brownout_faults_total",
			"Rules that hit a call, by the kind of their effect.", []string{"service", "operation", "kind"}, nil),
		duration: prometheus.NewDesc("brownout_call_duration_seconds",
			"Time from a call's arrival until its answer was known, injected delays included.", []string{"service", "operation"}, nil),
	})
	if c.Upstreams != nil {
		registry.MustRegister(newUpstreamCollector(c.Upstreams))
	}
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

// callCollector turns Totals into metrics when they are asked for: calls pay nothing for it.
type callCollector struct {
	journal                 *journal.Journal
	calls, faults, duration *prometheus.Desc
}

// Describe implements prometheus.Collector.
func (c *callCollector) Describe(descriptions chan<- *prometheus.Desc) {
	descriptions <- c.calls
	descriptions <- c.faults
	descriptions <- c.duration
}

// Collect implements prometheus.Collector.
func (c *callCollector) Collect(metrics chan<- prometheus.Metric) {
	bounds := journal.Bounds()
	for _, t := range c.journal.Totals() {
		for _, code := range t.Codes {
			metrics <- prometheus.MustNewConstMetric(c.calls, prometheus.CounterValue, float64(code.N), t.Service, t.Operation, code.Name)
		}
		for _, kind := range t.Faults {
			metrics <- prometheus.MustNewConstMetric(c.faults, prometheus.CounterValue, float64(kind.N), t.Service, t.Operation, kind.Name)
		}
		cumulative := make(map[float64]uint64, len(bounds))
		var calls uint64
		for i, n := range t.Took {
			calls += n
			if i < len(bounds) {
				cumulative[bounds[i]] = calls
			}
		}
		metrics <- prometheus.MustNewConstHistogram(c.duration, calls, t.Seconds, cumulative, t.Service, t.Operation)
	}
}
