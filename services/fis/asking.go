package fis

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/identity"
)

// asking asks AWS services for one experiment, as a client of AWS would.
type asking struct {
	service *Service
	scope
	experiment, arn string
	// role is the experiment's.
	role string
	// caller is whoever started the experiment.
	caller identity.Principal
	// roles are the roles of the target accounts, by account.
	roles map[string]string

	mutex   sync.Mutex
	assumed map[string]assumed
}

// assumed is who the experiment is in a target account.
type assumed struct {
	as    identity.Principal
	until time.Time // real time
}

const (
	// askTimeout is how long a service may take to answer, in real time.
	askTimeout = time.Minute
	// askPause is when a call that only looks is repeated; it doubles each time, and ends with the longest.
	askPause        = 500 * time.Millisecond
	askLongestPause = time.Second
	// assumedFor is how long a role of a target account is used before it is assumed again: its session
	// lasts an hour.
	assumedFor = 45 * time.Minute
)

func newAsking(s *Service, r *experimentRecord) *asking {
	caller := r.Caller
	if caller.Account == "" { // stored by an older version
		caller = identity.Of(r.Account)
	}
	return &asking{
		service: s, scope: r.scope, experiment: value(r.Experiment.Id), arn: value(r.Experiment.Arn),
		role:   value(r.Experiment.RoleArn),
		caller: caller, roles: r.targetRoles(), assumed: map[string]assumed{},
	}
}

// ask asks in the experiment's region. account is the experiment's own or a target account of it.
func (a *asking) ask(ctx context.Context, account, service, operation string, in aws.Document) (aws.Document, error) {
	return a.askIn(ctx, account, a.Region, service, operation, in)
}

func (a *asking) askIn(ctx context.Context, account, region, service, operation string, in aws.Document) (aws.Document, error) {
	if a.service.Asker == nil {
		return nil, aws.NotImplemented("Nobody here answers calls of " + service + ".")
	}
	asked := ctx
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	as := a.principal(ctx, account)
	for pause := askPause; ; pause *= 2 {
		out, err := a.service.Asker.Ask(ctx, as, region, service, operation, in)
		if err == nil {
			return out, nil
		}
		wrong := aws.AsError(err)
		if ctx.Err() != nil && asked.Err() == nil {
			return nil, &aws.Error{Code: "GatewayTimeout", Status: 504, Cause: err, Message: fmt.Sprintf("No answer within %v.", askTimeout)}
		}
		if pause > askLongestPause || !passing(operation, wrong) {
			return nil, wrong
		}
		if real := (clock.Real{}); real.Sleep(ctx, pause) != nil {
			return nil, wrong
		}
	}
}

// passing reports whether a call that only looks may succeed in a moment: FIS asks again then, as every AWS SDK does.
// What changes something is left to the steps of actions, which know whether it may be repeated.
func passing(operation string, err *aws.Error) bool {
	looks := strings.HasPrefix(operation, "Describe") || strings.HasPrefix(operation, "List") || strings.HasPrefix(operation, "Get")
	return looks && (err.Status == 429 || err.Status == 503 || err.Status == 504 || strings.HasPrefix(err.Code, "Throttling"))
}

// principal is whoever started the experiment, or in a target account its role there.
func (a *asking) principal(ctx context.Context, account string) identity.Principal {
	role := a.roles[account]
	if account == a.Account || role == "" {
		return a.caller
	}
	a.mutex.Lock()
	known, ok := a.assumed[account]
	a.mutex.Unlock()
	if now := (clock.Real{}).Now(); ok && now.Before(known.until) {
		return known.as
	}
	as := a.assume(ctx, account, role)
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.assumed[account] = assumed{as, clock.Real{}.Now().Add(assumedFor)}
	return as
}

// assume assumes the role of a target account, as FIS does. Where nobody serves STS, the account's
// number is the access key: emulators tell the account by it.
func (a *asking) assume(ctx context.Context, account, role string) identity.Principal {
	as := identity.Of(account)
	out, err := a.service.Asker.Ask(ctx, a.caller, a.Region, "sts", "AssumeRole", aws.Document{
		"RoleArn": role, "RoleSessionName": a.experiment, "ExternalId": a.arn,
	})
	if err != nil {
		a.service.Log.Debug("the role of a target account could not be assumed; the account's number is the access key", "experiment", a.experiment, "role", role, "error", err)
		return as
	}
	credentials, _ := out["Credentials"].(aws.Document)
	if key, _ := credentials["AccessKeyId"].(string); key != "" {
		as = identity.Of(key)
		as.Account = account
	}
	return as
}
