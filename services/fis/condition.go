package fis

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/journal"
	"github.com/brownoutdev/brownout/services/fis/action"
)

// Sources of stop conditions.
const (
	sourceAlarm = "aws:cloudwatch:alarm"
	sourceCalls = "brownout:calls"
)

// look looks at the stop conditions of one experiment.
type look struct {
	service *Service
	asking  *asking
	start   time.Time
	// alarms are the names of alarms by region.
	alarms  map[string][]string
	signals []Signal
	// values are the signals as the template has them.
	values []string
	// warned are what a note was made of: one is enough.
	warned map[string]bool
	next   time.Time // when an alarm of another process is to be looked at again: real time
}

// newLook reads the stop conditions. The template's validation has read them before.
func newLook(s *Service, r *experimentRecord, a *asking) (*look, *action.Error) {
	l := &look{service: s, asking: a, start: *r.Experiment.StartTime, alarms: map[string][]string{}, warned: map[string]bool{}}
	for _, c := range r.Experiment.StopConditions {
		switch text := value(c.Value); value(c.Source) {
		case sourceAlarm:
			arn, ok := aws.ParseARN(text)
			name, isAlarm := strings.CutPrefix(arn.Resource, "alarm:")
			if !ok || !isAlarm {
				return nil, &action.Error{Code: action.ConfigurationFailure, Reason: text + " is not the ARN of an alarm."}
			}
			l.alarms[arn.Region] = append(l.alarms[arn.Region], name)
		case sourceCalls:
			signal, err := ParseSignal(text)
			if err != nil {
				return nil, &action.Error{Code: action.ConfigurationFailure, Reason: err.Error(), Cause: err}
			}
			l.signals, l.values = append(l.signals, signal), append(l.values, text)
		}
	}
	return l, nil
}

func (l *look) none() bool { return len(l.alarms) == 0 && len(l.signals) == 0 }

// alarmed asks whether an alarm is in ALARM. One that is not there, or of which nobody can tell, stops
// nothing; the notes say so once, and which alarms are.
func (l *look) alarmed(ctx context.Context) (halted bool, notes []string) {
	warn := func(what, format string, args ...any) {
		if !l.warned[what] {
			l.warned[what] = true
			notes = append(notes, fmt.Sprintf(format, args...))
		}
	}
	for _, region := range slices.Sorted(maps.Keys(l.alarms)) {
		names := l.alarms[region]
		out, err := l.asking.askIn(ctx, l.asking.Account, region, "cloudwatch", "DescribeAlarms", aws.Document{
			"AlarmNames": anyList(names), "AlarmTypes": []any{"MetricAlarm", "CompositeAlarm"},
		})
		if errors.Is(ctx.Err(), context.Canceled) {
			return false, notes // nobody wants to know any more
		}
		if err != nil {
			warn(region, "The alarms of the stop conditions in %s cannot be looked at; until they can be, they stop nothing. %v", region, err)
			continue
		}
		delete(l.warned, region)
		states, reasons := map[string]string{}, map[string]string{}
		for _, list := range []string{"MetricAlarms", "CompositeAlarms"} {
			alarms, _ := out[list].([]any)
			for _, alarm := range alarms {
				d, _ := alarm.(aws.Document)
				name, _ := d["AlarmName"].(string)
				states[name], _ = d["StateValue"].(string)
				reasons[name], _ = d["StateReason"].(string)
			}
		}
		for _, name := range names {
			switch state, exists := states[name]; {
			case !exists:
				warn(region+"/"+name, "The alarm %s of the stop conditions does not exist in %s, so it stops nothing.", name, region)
			case state == "ALARM":
				halted = true
				notes = append(notes, strings.TrimSuffix(fmt.Sprintf("The stop condition is met: the alarm %s in %s is in ALARM: %s", name, region, reasons[name]), ": "))
			}
		}
	}
	return halted, notes
}

// signalled reports whether signals say that it is enough; the notes say which. Whole seconds count, all of them
// since the start of the experiment.
func (l *look) signalled(now time.Time) (halted bool, notes []string) {
	to := now.Truncate(time.Second)
	for i, s := range l.signals {
		from := to.Add(-s.For)
		if l.service.Rates != nil && !from.Before(l.start.Truncate(time.Second)) && s.exceeded(l.service.Rates, from, to) {
			notes = append(notes, "The stop condition is met: "+l.values[i])
		}
	}
	return len(notes) > 0, notes
}

// exceeded reports whether what the signal measures was too much between two times.
func (s *Signal) exceeded(rates *journal.Rates, from, to time.Time) bool {
	w := rates.Window(journal.Series{Service: s.Service, Operation: s.Operation, Region: s.Region}, from, to)
	if w.Calls < SignalCalls {
		return false
	}
	switch s.Measure {
	case ErrorRate:
		return w.ErrorRate() > s.Limit
	case LatencyPercentile:
		return w.Percentile(s.Percentile) > s.Latency
	default:
		return w.Rate() > s.Limit
	}
}

// lookEvery is how often stop conditions are looked at, on the movable clock.
const lookEvery = time.Second

// remoteEvery is how often an alarm of another process is looked at while the clock is being moved, which that
// process knows nothing of: in real time.
const remoteEvery = 100 * time.Millisecond

// lookTimeout is how long the answer of a look may take, in real time.
const lookTimeout = 5 * time.Second

// watch looks at the stop conditions until the experiment ends. fresh: they have just been looked at.
func (r *runner) watch(term context.Context, fresh bool) {
	l := r.look
	if l == nil {
		l, _ = newLook(r.service, r.record, r.asking)
	}
	if l == nil || l.none() {
		r.watching = func() {} // the preparation has said what is wrong
		return
	}
	ctx, cancel := context.WithCancelCause(term)
	w := &worker{runner: r, cancel: cancel, term: term}
	done := make(chan struct{})
	r.watching = func() {
		w.stop()
		<-done
	}
	r.work.begin()
	go func() {
		defer close(done)
		defer r.work.end()
		for !fresh || w.Sleep(ctx, lookEvery) == nil {
			fresh = true
			if !w.lookAt(ctx, l) {
				return
			}
		}
	}()
}

// again looks at the alarms once more, if it is time to.
func (l *look) again(ctx context.Context) (halted bool, notes []string) {
	remote := l.service.Remote != nil && l.service.Remote("cloudwatch")
	if remote && (clock.Real{}).Now().Before(l.next) {
		return false, nil
	}
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	halted, notes = l.alarmed(ctx)
	l.next = clock.Real{}.Now().Add(remoteEvery)
	if ctx.Err() != nil {
		l.next = l.next.Add(lookTimeout) // whoever moves the clock waits for each look
	}
	return halted, notes
}

// lookAt looks once. It is false when there is nothing to look for any more.
func (w *worker) lookAt(ctx context.Context, l *look) bool {
	halted, notes := l.signalled(w.runner.service.Clock.Now())
	if !halted && len(l.alarms) > 0 {
		halted, notes = l.again(ctx)
	}
	if !halted && len(notes) == 0 {
		return ctx.Err() == nil
	}
	r := w.runner
	r.work.begin()
	tell := func(term context.Context) { r.looked(term, halted, notes) }
	select {
	case r.events <- tell:
		return !halted
	case <-ctx.Done():
		r.work.end()
		return false
	}
}

// looked stores what came of a look at the stop conditions.
func (r *runner) looked(term context.Context, halted bool, notes []string) {
	if r.lost || isFinal(r.record.status()) {
		return
	}
	now := r.service.Clock.Now()
	for _, note := range notes {
		r.log.Warn(note)
	}
	r.save(term, func(next *experimentRecord) {
		for _, note := range notes {
			next.note(now, "%s", note)
		}
		if halted {
			next.end(ExperimentState{Status: new(stopped), Reason: new(reasonHalted)})
		}
	})
}

func anyList(texts []string) []any {
	list := make([]any, len(texts))
	for i, text := range texts {
		list[i] = text
	}
	return list
}
