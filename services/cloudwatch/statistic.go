package cloudwatch

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// statistic makes a number of a bucket; ok is false when the bucket cannot tell.
type statistic func(b *bucket) (v float64, ok bool)

var plainStatistics = map[string]statistic{
	"SampleCount": func(b *bucket) (float64, bool) { return b.count, true },
	"Average":     func(b *bucket) (float64, bool) { return b.sum / b.count, true },
	"Sum":         func(b *bucket) (float64, bool) { return b.sum, true },
	"Minimum":     func(b *bucket) (float64, bool) { return b.min, true },
	"Maximum":     func(b *bucket) (float64, bool) { return b.max, true },
}

var (
	percentileForm = regexp.MustCompile(`^p(\d{1,2}(\.\d{1,10})?|100)$`)
	trimmedForm    = regexp.MustCompile(`^(tm|wm|tc|ts)(\d{1,2}(\.\d{1,10})?|100)$`)
	rangeForm      = regexp.MustCompile(`^(TM|WM|TC|TS|PR)\((-?[0-9.]*%?):(-?[0-9.]*%?)\)$`)
)

// isExtended says whether the text has the form of an extended statistic.
func isExtended(text string) bool {
	_, ok := extendedStatistic(text)
	return ok
}

func parseStatistic(text string) (statistic, bool) {
	if s, ok := plainStatistics[text]; ok {
		return s, true
	}
	return extendedStatistic(text)
}

// percentileOf is the percentile that a statistic asks for, of those that are percentiles.
func percentileOf(text string) (p float64, ok bool) {
	if !percentileForm.MatchString(text) {
		return 0, false
	}
	p, err := strconv.ParseFloat(text[1:], 64)
	return p, err == nil
}

func extendedStatistic(text string) (statistic, bool) {
	if p, ok := percentileOf(text); ok {
		return func(b *bucket) (float64, bool) { return b.percentile(p) }, true
	}
	if text == "IQM" {
		return bounded("TM", bound{25, true}, bound{75, true}), true
	}
	if m := trimmedForm.FindStringSubmatch(text); m != nil {
		p, err := strconv.ParseFloat(m[2], 64)
		return bounded(strings.ToUpper(m[1]), bound{0, true}, bound{p, true}), err == nil
	}
	m := rangeForm.FindStringSubmatch(text)
	if m == nil {
		return nil, false
	}
	low, okLow := parseBound(m[2], 0, math.Inf(-1), m[3])
	high, okHigh := parseBound(m[3], 100, math.Inf(1), m[2])
	return bounded(m[1], low, high), okLow && okHigh
}

// bound is an end of what a trimmed statistic counts: a percentile or a value.
type bound struct {
	at      float64
	percent bool
}

// parseBound reads an end; one left out is as far as the other's kind goes.
func parseBound(text string, percent, absolute float64, other string) (bound, bool) {
	if text == "" {
		if strings.HasSuffix(other, "%") {
			return bound{percent, true}, true
		}
		return bound{absolute, false}, other != ""
	}
	number, isPercent := strings.CutSuffix(text, "%")
	f, err := strconv.ParseFloat(number, 64)
	return bound{f, isPercent}, err == nil && (!isPercent || f >= 0 && f <= 100)
}

// percentile is the least value that p percent of the measurements do not exceed.
func (b *bucket) percentile(p float64) (float64, bool) {
	if b.opaque || len(b.values) == 0 {
		return 0, false
	}
	values, rank, below := b.sorted(), p/100*b.count, 0.0
	for _, v := range values {
		if below += b.values[v]; below >= rank {
			return v, true
		}
	}
	return values[len(values)-1], true
}

// bounded is the mean, the winsorized mean, the count, the sum or the share of what lies between two ends.
func bounded(kind string, low, high bound) statistic {
	return func(b *bucket) (float64, bool) {
		if b.opaque || len(b.values) == 0 {
			return 0, false
		}
		from, _ := b.valueAt(low)
		to, _ := b.valueAt(high)
		var count, sum, clamped float64
		for _, v := range b.sorted() {
			times := b.values[v]
			clamped += min(max(v, from), to) * times
			if v > from && v <= to || v == from && (low.percent && low.at == 0 || !low.percent) {
				count += times
				sum += v * times
			}
		}
		switch kind {
		case "TC":
			return count, true
		case "TS":
			return sum, true
		case "WM":
			return clamped / b.count, true
		case "PR":
			return 100 * count / b.count, true
		}
		return sum / count, count > 0
	}
}

func (b *bucket) valueAt(end bound) (float64, bool) {
	if !end.percent {
		return end.at, true
	}
	return b.percentile(end.at)
}
