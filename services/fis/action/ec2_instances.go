package action

import (
	"context"
	"errors"
	"slices"

	"github.com/brownoutdev/brownout/aws"
)

// instanceStates are the states of EC2 instances, as DescribeInstances answers them. One that it does not
// know any more counts as terminated.
func (r *Run) instanceStates(ctx context.Context, account string, ids []string) (map[string]string, error) {
	out, err := r.Ask(ctx, account, "ec2", "DescribeInstances", aws.Document{"InstanceIds": listOfAny(ids)})
	var answered *aws.Error
	if errors.As(err, &answered) && isGone(answered) && len(ids) > 1 { // one of them is unknown, and EC2 then says nothing of the others
		states := map[string]string{}
		for _, id := range ids {
			state, err := r.instanceStates(ctx, account, []string{id})
			if err != nil {
				return nil, err
			}
			states[id] = state[id]
		}
		return states, nil
	}
	states := map[string]string{}
	if err != nil && !(answered != nil && isGone(answered)) {
		return nil, err
	}
	for _, reservation := range documents(out, "Reservations") {
		for _, instance := range documents(reservation, "Instances") {
			states[text(instance, "InstanceId")] = text(instance, "State", "Name")
		}
	}
	for _, id := range ids {
		if states[id] == "" {
			states[id] = instanceTerminated
		}
	}
	return states, nil
}

// The states that instances can be in.
const (
	instancePending      = "pending"
	instanceRunning      = "running"
	instanceStopping     = "stopping"
	instanceStopped      = "stopped"
	instanceShuttingDown = "shutting-down"
	instanceTerminated   = "terminated"
)

// inStates asks whether all instances are in one of the states.
func (r *Run) inStates(account string, ids []string, wanted ...string) func(context.Context) (bool, error) {
	return func(ctx context.Context) (bool, error) {
		states, err := r.instanceStates(ctx, account, ids)
		if err != nil {
			return false, err
		}
		for _, state := range states {
			if !slices.Contains(wanted, state) {
				return false, nil
			}
		}
		return true, nil
	}
}

// eachAccount does something in each account. It goes on after a failure and answers the first.
func (r *Run) eachAccount(do func(group) error) error {
	var first error
	for _, g := range r.byAccount() {
		if err := do(g); err != nil && first == nil {
			first = err
			var failure *Error
			if errors.As(err, &failure) && failure.Account == "" {
				named := *failure
				named.Account = g.account
				first = &named
			}
		}
	}
	return first
}

// once is the Run of an action that is done when one call for each account has succeeded.
func once(name, doing string, call func(r *Run, ctx context.Context, g group) (aws.Document, error), happened func(r *Run, g group) func(context.Context) (bool, error)) func(context.Context, *Run) error {
	return func(ctx context.Context, r *Run) error {
		err := r.eachAccount(func(g group) error {
			var look func(context.Context) (bool, error)
			if happened != nil {
				look = happened(r, g)
			}
			_, err := r.effect(ctx, name+"-"+g.account, doing, func(ctx context.Context) (aws.Document, error) {
				_, err := call(r, ctx, g)
				return nil, err
			}, look)
			return err
		})
		if err != nil {
			return err
		}
		return r.Host.Running(ctx)
	}
}
