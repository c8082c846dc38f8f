package fis

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/catalog"
)

// Signal is a stop condition of source "brownout:calls": what is measured of recent calls, and when
// it is too much.
//
//	[service=NAME] [operation=NAME] [region=NAME] error-rate>P% | pNN>DURATION | rate>N/s for DURATION
type Signal struct {
	// Service, Operation and Region narrow the calls; empty: any.
	Service, Operation, Region string
	Measure                    Measure
	// Percentile is NN of pNN, from 0 to 100, both excluded.
	Percentile float64
	// Limit is a percentage (ErrorRate) or calls per second (CallRate) that must be exceeded.
	Limit float64
	// Latency is what the percentile must exceed.
	Latency time.Duration
	// For is the window: whole seconds, 1 to 60.
	For time.Duration
}

// Measure is what a Signal looks at.
type Measure int

// The measures.
const (
	// ErrorRate is the percentage of calls that failed, injected errors included.
	ErrorRate Measure = iota + 1
	// LatencyPercentile is how long the fastest NN percent of calls took at most.
	LatencyPercentile
	// CallRate is calls per second.
	CallRate
)

// SignalCalls is how many calls of a window there must be at least before a signal says anything.
const SignalCalls = 5

// signalForm is what the errors of ParseSignal end with.
const signalForm = `; the form is [service=NAME] [operation=NAME] [region=NAME], one of error-rate>P%, pNN>DURATION, rate>N/s, and "for DURATION"`

// ParseSignal reads the value of a stop condition of source "brownout:calls". Words are separated by
// blanks, which may also stand around the ">".
func ParseSignal(text string) (Signal, error) {
	var s Signal
	words := strings.Fields(strings.NewReplacer(">", " > ").Replace(text))
	for len(words) > 0 && strings.Contains(words[0], "=") {
		if err := s.narrow(words[0]); err != nil {
			return Signal{}, err
		}
		words = words[1:]
	}
	if err := s.checkOperation(); err != nil {
		return Signal{}, err
	}
	if len(words) != 5 || words[1] != ">" || words[3] != "for" {
		return Signal{}, fmt.Errorf("%q is not a signal%s", text, signalForm)
	}
	if err := s.measure(words[0], words[2]); err != nil {
		return Signal{}, err
	}
	d, err := time.ParseDuration(words[4])
	if err != nil || d < time.Second || d > time.Minute || d%time.Second != 0 {
		return Signal{}, fmt.Errorf("%q is not a duration of whole seconds from 1s to 60s", words[4])
	}
	s.For = d
	return s, nil
}

// narrow reads one of service=, operation= and region=.
func (s *Signal) narrow(word string) error {
	key, of, _ := strings.Cut(word, "=")
	var into *string
	switch key {
	case "service":
		into = &s.Service
	case "operation":
		into = &s.Operation
	case "region":
		into = &s.Region
	default:
		return fmt.Errorf("%q is none of service=, operation=, region=", key+"=")
	}
	if of == "" || *into != "" {
		return fmt.Errorf("%s= is to be given once, with a value", key)
	}
	*into = of
	return nil
}

// checkOperation makes sure that what is named exists: a signal that looks at nothing would never stop anything.
func (s *Signal) checkOperation() error {
	if s.Service == "" {
		return nil // which services have an operation of that name is not asked: reading them all takes long
	}
	service := catalog.Lookup(s.Service)
	if service == nil {
		return fmt.Errorf("%q is not the name of an AWS service", s.Service)
	}
	s.Service = service.Name
	if s.Operation == "" {
		return nil
	}
	operation := service.Operation(s.Operation)
	if operation == nil {
		return fmt.Errorf("%q is not the name of an operation of %s", s.Operation, service.Name)
	}
	s.Operation = operation.Name
	return nil
}

// measure reads what stands on both sides of the ">".
func (s *Signal) measure(what, limit string) error {
	number, isPercentile := strings.CutPrefix(what, "p")
	switch {
	case what == "error-rate":
		s.Measure = ErrorRate
		text, ok := strings.CutSuffix(limit, "%")
		percent, err := strconv.ParseFloat(text, 64)
		if !ok || err != nil || !(percent >= 0 && percent < 100) {
			return fmt.Errorf("%q is not a percentage from 0%% to below 100%%", limit)
		}
		s.Limit = percent
	case what == "rate":
		s.Measure = CallRate
		text, ok := strings.CutSuffix(limit, "/s")
		rate, err := strconv.ParseFloat(text, 64)
		if !ok || err != nil || !(rate >= 0 && rate <= 1e9) {
			return fmt.Errorf("%q is not a number of calls per second such as 100/s", limit)
		}
		s.Limit = rate
	case isPercentile:
		s.Measure = LatencyPercentile
		percentile, err := strconv.ParseFloat(number, 64)
		if err != nil || !(percentile > 0 && percentile < 100) {
			return fmt.Errorf("%q is not a percentile from p0 to p100 (both excluded) such as p99", what)
		}
		latency, err := time.ParseDuration(limit)
		if err != nil || latency < 0 {
			return fmt.Errorf("%q is not a duration such as 500ms", limit)
		}
		s.Percentile, s.Latency = percentile, latency
	default:
		return fmt.Errorf("%q is none of error-rate, pNN, rate", what)
	}
	return nil
}
