package control

import (
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/brownoutdev/brownout/upstream"
)

// Upstream is how an upstream does, as health shows it.
type Upstream struct {
	URL string `json:"url"`
	// Services are those whose calls it gets; AllOthers stands for all that nobody else answers.
	Services []string `json:"services"`
	State    string   `json:"state"` // Reachable, Unreachable or Unknown
	Calls    uint64   `json:"calls"`
	// Errors are calls that found no sound answer. An error that the upstream answers is none.
	Errors   uint64 `json:"errors"`
	InFlight int64  `json:"in_flight"`
	// LatencyMS is from sending a call to the head of its answer: an average in which older calls count less.
	LatencyMS   float64    `json:"latency_ms"`
	LastError   string     `json:"last_error,omitempty"`
	LastErrorAt *time.Time `json:"last_error_at,omitempty"`
}

// AllOthers stands for all services that Brownout does not answer and that have no upstream of their own.
const AllOthers = "*"

// States of an upstream.
const (
	Reachable   = "reachable"
	Unreachable = "unreachable"
	Unknown     = "unknown" // nothing was tried yet
)

// UpstreamsOf turns what the upstreams say of themselves into what health shows.
func UpstreamsOf(list []upstream.Health) []Upstream {
	var shown []Upstream
	for _, h := range list {
		u := Upstream{
			URL: h.URL, State: Unknown, Calls: h.Calls, Errors: h.Errors, InFlight: h.InFlight,
			LatencyMS: float64(h.Latency.Microseconds()) / 1000, LastError: h.LastError,
		}
		for _, name := range h.Services {
			if name == "" {
				name = AllOthers
			}
			u.Services = append(u.Services, name)
		}
		slices.Sort(u.Services)
		switch {
		case h.Reachable:
			u.State = Reachable
		case h.Known:
			u.State = Unreachable
		}
		if !h.LastErrorAt.IsZero() {
			at := h.LastErrorAt.UTC().Truncate(time.Millisecond)
			u.LastErrorAt = &at
		}
		shown = append(shown, u)
	}
	return shown
}

// upstreamCollector turns the upstreams' health into metrics when they are asked for.
type upstreamCollector struct {
	health                      func() []upstream.Health
	up, calls, errors, duration *prometheus.Desc
}

func newUpstreamCollector(health func() []upstream.Health) *upstreamCollector {
	describe := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("brownout_upstream_"+name, help, []string{"upstream"}, nil)
	}
	return &upstreamCollector{
		health:   health,
		up:       describe("up", "1 when the upstream's last call or probe found it, 0 when not; absent before the first."),
		calls:    describe("calls_total", "Calls sent to the upstream."),
		errors:   describe("errors_total", "Calls that found no sound answer: no connection, no answer in time, an answer that broke off."),
		duration: describe("duration_seconds", "Time from sending a call until the head of its answer, of answered calls."),
	}
}

// Describe implements prometheus.Collector.
func (c *upstreamCollector) Describe(descriptions chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.up, c.calls, c.errors, c.duration} {
		descriptions <- d
	}
}

// Collect implements prometheus.Collector.
func (c *upstreamCollector) Collect(metrics chan<- prometheus.Metric) {
	for _, h := range c.health() {
		if h.Known {
			up := 0.0
			if h.Reachable {
				up = 1
			}
			metrics <- prometheus.MustNewConstMetric(c.up, prometheus.GaugeValue, up, h.URL)
		}
		metrics <- prometheus.MustNewConstMetric(c.calls, prometheus.CounterValue, float64(h.Calls), h.URL)
		metrics <- prometheus.MustNewConstMetric(c.errors, prometheus.CounterValue, float64(h.Errors), h.URL)
		metrics <- prometheus.MustNewConstSummary(c.duration, h.Answered, h.LatencySum.Seconds(), nil, h.URL)
	}
}
