package fis

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services/fis/action"
	"github.com/brownoutdev/brownout/services/fis/target"
)

// preparation is what came of everything that is done before the first action.
type preparation struct {
	resolved map[string][]target.Resource
	targets  []resolution
	notes    []string
	// look has looked at the stop conditions.
	look *look
	// destined: the log can be delivered to where the template asks for.
	destined bool
	// end is how the experiment ends before it has begun; nil: it begins.
	end *ExperimentState
}

// prepare does what comes before the first action: the log's destinations, the targets, the stop
// conditions.
func (r *runner) prepare(term context.Context) {
	ctx, cancel := context.WithCancel(term)
	r.preparing = cancel
	r.work.begin()
	record, asking := r.record, r.asking
	go func() {
		defer cancel()
		p := &preparation{}
		func() {
			defer func() {
				if broken := recover(); broken != nil { // as with actions
					r.log.Error("preparing an experiment panicked", "panic", broken, "stack", string(debug.Stack()))
					p.fail(record, "", &action.Error{Code: action.InternalFailure, Reason: fmt.Sprintf("The experiment could not be prepared: %v", broken)})
				}
			}()
			r.service.prepare(ctx, p, record, asking)
		}()
		r.events <- func(term context.Context) { r.prepared(term, record, p) } // hands the goroutine's work over
	}()
}

func (s *Service) prepare(ctx context.Context, p *preparation, r *experimentRecord, a *asking) {
	if err := r.checkDestinations(ctx, a); err != nil {
		p.fail(r, "logConfiguration", err)
		return
	}
	p.destined = r.logs()
	if s.resolve(ctx, p, r, a); p.end != nil {
		return
	}
	look, err := newLook(s, r, a)
	if err != nil {
		p.fail(r, "stopConditions", err)
		return
	}
	p.look = look
	halted, notes := look.alarmed(ctx)
	p.notes = append(p.notes, notes...)
	if halted {
		p.end = &ExperimentState{Status: new(stopped), Reason: new(reasonHalted)}
	}
}

// fail lets the experiment fail before it has begun. The first failure counts.
func (p *preparation) fail(r *experimentRecord, location string, err *action.Error) {
	if p.end != nil {
		return
	}
	p.end = &ExperimentState{Status: new(failed), Reason: new(clip(err.Reason)), Error: &ExperimentError{AccountId: &r.Account, Code: &err.Code}}
	if location != "" {
		p.end.Error.Location = &location
	}
}

// prepared stores what came of the preparation. of is the record that was prepared.
func (r *runner) prepared(term context.Context, of *experimentRecord, p *preparation) {
	r.preparing, r.look = nil, p.look
	if term.Err() != nil {
		r.lost = true // what failed, failed because we wind down
	}
	if r.lost || isFinal(r.record.status()) || r.record.Ending != nil {
		return
	}
	now := r.service.Clock.Now()
	for _, note := range p.notes {
		r.log.Warn(note)
	}
	r.save(term, func(next *experimentRecord) {
		if isFinal(next.status()) {
			return
		}
		for i := range p.targets {
			for _, l := range p.targets[i].records(of.logVersion()) {
				next.noted = append(next.noted, l.entry(next))
			}
		}
		for _, note := range p.notes {
			next.note(now, "%s", note)
		}
		next.Resolved, next.Prepared, next.destined = p.resolved, true, p.destined
		if p.end != nil {
			next.end(*p.end)
		}
	})
}

// resolve finds the resources of all targets.
func (s *Service) resolve(ctx context.Context, p *preparation, r *experimentRecord, a *asking) {
	p.resolved = map[string][]target.Resource{}
	for _, name := range slices.Sorted(maps.Keys(r.Experiment.Targets)) {
		t := r.Experiment.Targets[name]
		result := resolution{name: name, kind: value(t.ResourceType), start: s.Clock.Now()}
		err := s.resolveOne(ctx, r, a, &result, &t)
		result.end = s.Clock.Now()
		if err == nil && len(result.resources) == 0 && !r.skipsEmpty(&t) {
			err = &target.Error{Code: action.InvalidTarget, Reason: target.Empty}
		}
		if err != nil {
			result.err, result.resources = err.Reason, nil
		}
		p.targets = append(p.targets, result)
		p.resolved[name] = result.resources
		if err != nil {
			r.failResolution(p, &result, err)
			return
		}
	}
	r.checkLimits(p)
}

func (r *experimentRecord) failResolution(p *preparation, t *resolution, err *target.Error) {
	p.fail(r, "targets."+t.name, &action.Error{Code: err.Code, Reason: err.Reason, Cause: err.Cause})
	if n := len(t.accounts); n > 0 {
		p.end.Error.AccountId = new(t.accounts[n-1].account)
	}
}

// skipsEmpty reports whether actions of the target are skipped when no resource is found. What is named
// by its ARN is not.
func (r *experimentRecord) skipsEmpty(t *ExperimentTarget) bool {
	return len(t.ResourceArns) == 0 && value(r.Experiment.ExperimentOptions.EmptyTargetResolutionMode) == skipEmpty
}

// skipEmpty is the value of emptyTargetResolutionMode by which actions without resources are skipped.
const skipEmpty = "skip"

// resolveOne finds the resources of one target, in each of the accounts.
func (s *Service) resolveOne(ctx context.Context, r *experimentRecord, a *asking, result *resolution, t *ExperimentTarget) *target.Error {
	for _, account := range r.accounts() {
		q := target.Query{
			Type: result.kind, Account: account, Region: r.Region, ARNs: r.arnsIn(t, account), Tags: t.ResourceTags,
			Parameters: t.Parameters, Strict: s.Strict, Ask: a.ask,
		}
		if len(t.ResourceArns) > 0 && len(q.ARNs) == 0 {
			continue
		}
		for _, f := range t.Filters {
			q.Filters = append(q.Filters, target.Filter{Path: value(f.Path), Values: f.Values})
		}
		found, err := target.Find(ctx, q)
		if err != nil {
			failure := &target.Error{Code: action.InternalFailure, Reason: err.Error()}
			errors.As(err, &failure)
			result.accounts = append(result.accounts, accountResolution{account: account, end: s.Clock.Now(), err: failure.Reason})
			return failure
		}
		chosen := target.Choose(found, value(t.SelectionMode), a.experiment+"/"+result.name)
		result.resources = append(result.resources, chosen...)
		result.accounts = append(result.accounts, accountResolution{account: account, end: s.Clock.Now(), count: len(chosen)})
	}
	return nil
}

// multi reports whether the experiment acts on target accounts.
func (r *experimentRecord) multi() bool {
	return value(r.Experiment.ExperimentOptions.AccountTargeting) == multiAccount
}

// accounts are those whose resources are looked for, in order.
func (r *experimentRecord) accounts() []string {
	if !r.multi() {
		return []string{r.Account}
	}
	return slices.Sorted(maps.Keys(r.targetRoles()))
}

// arnsIn are the target's ARNs that are looked for in an account: with one account all of them, since an
// upstream may have a number of its own for everybody.
func (r *experimentRecord) arnsIn(t *ExperimentTarget, account string) []string {
	if !r.multi() {
		return t.ResourceArns
	}
	return slices.DeleteFunc(slices.Clone(t.ResourceArns), func(arn string) bool { return arnAccount(arn) != account })
}

func arnAccount(text string) string {
	arn, _ := aws.ParseARN(text)
	return arn.Account
}

// checkLimits fails when an action has more resources than FIS lets it have, in one account.
func (r *experimentRecord) checkLimits(p *preparation) {
	for _, name := range r.names() {
		a := r.Experiment.Actions[name]
		do := action.Lookup(value(a.ActionId))
		if do == nil || do.TargetLimit == 0 {
			continue
		}
		counts := map[string]int{}
		for _, of := range a.Targets {
			for _, resource := range p.resolved[of] {
				if counts[resource.Account]++; counts[resource.Account] == do.TargetLimit+1 {
					p.fail(r, "actions."+name, &action.Error{Code: action.QuotaExceededFailure, Reason: fmt.Sprintf(
						"The action %s can have %d targets at most.", value(a.ActionId), do.TargetLimit)})
				}
			}
		}
	}
}

// empty reports whether the action has a target of which no resource was found.
func (r *experimentRecord) empty(name string) bool {
	for _, of := range r.Experiment.Actions[name].Targets {
		if _, declared := r.Experiment.Targets[of]; declared && len(r.Resolved[of]) == 0 {
			return true
		}
	}
	return false
}
