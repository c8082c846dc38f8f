package fault

import (
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/aws"
)

// View is how a service sees the rules that only it can carry out.
type View interface {
	// Hit is what a rule of this kind does to the call at hand; ok is false when none hit it. Of several
	// the first rule counts.
	Hit(kind string) (own Own, ok bool)
	// Active is the parameters of a rule of this kind that is in force for a resource, best given as
	// its ARN, which says its region and account: for work that no single call triggers. Shares and counts do not apply to it.
	Active(kind, resource string) (parameters any, ok bool)
}

// Own is one hit of a kind of fault that a service carries out itself.
type Own struct {
	// Parameters are what the kind's Parse answered.
	Parameters any
	random     uint64
}

// Chance draws for the i-th part of the call (an item of a batch): true at this share in percent. The
// same hit answers the same.
func (o Own) Chance(i int, percent float64) bool {
	return percent >= 100 || derived(o.random, i) < threshold(max(0, percent))
}

// View is the plan as the service that the call goes to sees it.
func (p *Plan) View() View { return (*callView)(p) }

type callView Plan

// Hit implements View.
func (v *callView) Hit(kind string) (Own, bool) {
	for _, s := range v.hits {
		if o, ok := s.rule.effect.(own); ok && o.kind == kind {
			return Own{o.parameters, s.Random}, true
		}
	}
	return Own{}, false
}

// Active implements View.
func (v *callView) Active(kind, resource string) (any, bool) {
	if v.set == nil {
		return nil, false
	}
	return v.set.active(kind, "", resource, v.at)
}

// serviceView is what a service sees outside calls.
type serviceView struct {
	rules   *Rules
	service string
}

// Hit implements View.
func (serviceView) Hit(string) (Own, bool) { return Own{}, false }

// Active implements View.
func (v serviceView) Active(kind, resource string) (any, bool) {
	return v.rules.Set().active(kind, v.service, resource, v.rules.clock.Now().UnixNano())
}

// active finds the first rule of a kind in force for a resource.
func (s *Set) active(kind, service, resource string, at int64) (any, bool) {
	for _, a := range s.rules {
		o, ok := a.effect.(own)
		if !ok || o.kind != kind || service != "" && !a.Match.Service.names(service) || !a.schedule.open(at) {
			continue
		}
		if a.covers(resource) {
			return o.parameters, true
		}
	}
	return nil, false
}

// covers tells whether a rule is about a resource: an ARN says its region and account, too, and rules
// may name it by what it ends in, or by the name alone.
func (a *armed) covers(resource string) bool {
	arn, isARN := aws.ParseARN(resource)
	if isARN && (arn.Region != "" && !a.Match.Region.matches(arn.Region) || arn.Account != "" && !a.Match.Account.matches(arn.Account)) {
		return false
	}
	patterns := a.Match.Resource
	if len(patterns) == 0 || patterns.matches(resource) {
		return true
	}
	_, name, _ := strings.Cut(arn.Resource, "/")
	return isARN && slices.ContainsFunc(patterns, func(p string) bool { return match(p, arn.Resource) || match(p, name) })
}

// NoFaults is a view without any.
type NoFaults struct{}

// Hit implements View.
func (NoFaults) Hit(string) (Own, bool) { return Own{}, false }

// Active implements View.
func (NoFaults) Active(string, string) (any, bool) { return nil, false }
