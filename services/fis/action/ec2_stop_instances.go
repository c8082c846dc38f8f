package action

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/aws"
)

const (
	startAfterName          = "startInstancesAfterDuration"
	completeTerminatedName  = "completeIfInstancesTerminated"
	stopInstancesDoing      = "stop the EC2 instances"
	startInstancesDoing     = "start the EC2 instances again"
	startInstancesLookAgain = time.Second
	// startInstancesPatience is how long instances may take to be stopped before they can be started again.
	startInstancesPatience = 10 * time.Minute
)

func init() {
	carryOut("aws:ec2:stop-instances", func(parameters map[string]string) error {
		if isTrue(parameters[completeTerminatedName]) && parameters[startAfterName] == "" {
			return &ParameterError{completeTerminatedName, "is for actions with the parameter " + startAfterName + " only"}
		}
		return nil
	}, stopInstances)
}

// stopInstances stops instances. With startInstancesAfterDuration it starts them again: after that
// time, or at once when it is told to end.
func stopInstances(ctx context.Context, r *Run) error {
	restart := r.Parameters[startAfterName] != ""
	if err := context.Cause(ctx); err != nil && (!restart || !r.Resumed) {
		return err
	}
	var undo []group
	err := r.eachAccount(func(g group) error {
		// Also of an action that is to end it has to be known whether it had stopped them.
		out, err := r.effect(context.WithoutCancel(ctx), "stop-"+g.account, stopInstancesDoing, func(inner context.Context) (aws.Document, error) {
			if ctx.Err() != nil {
				return aws.Document{notBegun: true}, nil
			}
			_, err := r.Ask(inner, g.account, "ec2", "StopInstances", aws.Document{"InstanceIds": listOfAny(g.names)})
			return nil, err
		}, r.inStates(g.account, g.names, instanceStopping, instanceStopped))
		if out[notBegun] == nil && mayHaveHappened(err) {
			undo = append(undo, g)
		}
		return err
	})
	if !restart {
		if err != nil {
			return err
		}
		return r.Host.Running(ctx)
	}
	if err == nil {
		err = r.awaitRestart(ctx)
	}
	for _, g := range undo {
		if failed := r.startInstances(context.WithoutCancel(ctx), g); failed != nil && !isFailure(err) {
			err = failed
		}
	}
	if err != nil && ctx.Err() != nil && !isFailure(err) {
		return context.Cause(ctx)
	}
	return err
}

// notBegun is in the result of a step that was not carried out since its action is to end already.
const notBegun = "NotBegun"

// mayHaveHappened is false for a step that was refused.
func mayHaveHappened(err error) bool {
	var answered *aws.Error
	return !errors.As(err, &answered) || answered.Status >= 500
}

func isFailure(err error) bool {
	var failure *Error
	return errors.As(err, &failure)
}

func (r *Run) awaitRestart(ctx context.Context) error {
	if err := r.Host.Running(ctx); err != nil {
		return err
	}
	d, err := ParseDuration(r.Parameters[startAfterName])
	if err != nil {
		return &Error{Code: ConfigurationFailure, Reason: err.Error()}
	}
	return r.sleepUntil(ctx, r.Started.Add(d))
}

// startInstances is the post action: it waits until what was stopped is stopped, and starts it.
func (r *Run) startInstances(ctx context.Context, g group) error {
	for deadline := r.Host.Now().Add(startInstancesPatience); ; {
		states, err := r.instanceStates(ctx, g.account, g.names)
		if err != nil && codeOf(aws.AsError(err)) == AuthorizationFailure {
			states, err = map[string]string{}, nil // who may not look may still start
		}
		if err != nil {
			return r.failed(ctx, startInstancesDoing, err)
		}
		var start, terminated []string
		wait := false
		for _, id := range g.names {
			switch states[id] {
			case instanceTerminated, instanceShuttingDown:
				terminated = append(terminated, id)
			case instanceStopping:
				wait = true
			case instanceRunning, instancePending: // somebody was quicker
			default:
				start = append(start, id)
			}
		}
		if wait && r.Host.Now().Before(deadline) {
			if err := r.Host.Sleep(ctx, startInstancesLookAgain); err != nil {
				return err
			}
			continue
		}
		if len(start) > 0 {
			_, err := r.Host.Step(ctx, "start-"+g.account, AtLeastOnce, func(ctx context.Context) (aws.Document, error) {
				_, err := r.Ask(ctx, g.account, "ec2", "StartInstances", aws.Document{"InstanceIds": listOfAny(start)})
				return nil, err
			})
			if err != nil {
				return r.failed(ctx, startInstancesDoing, err)
			}
		}
		if len(terminated) > 0 && !isTrue(r.Parameters[completeTerminatedName]) {
			return &Error{Code: InvalidTarget, Account: g.account,
				Reason: "Unable to " + startInstancesDoing + ". Terminated instances cannot be started: " + strings.Join(terminated, ", ")}
		}
		if wait {
			return &Error{Code: DependentServiceFailure, Account: g.account, Reason: "Unable to " + startInstancesDoing + ". Some have not stopped for 10 minutes."}
		}
		return nil
	}
}
