package action

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/aws"
)

func init() {
	carryOut("aws:ssm:send-command", func(parameters map[string]string) error {
		_, err := documentParameters(parameters["documentParameters"])
		return err
	}, sendCommand)
}

const (
	// commandTargets is how many instances SendCommand takes at most.
	commandTargets = 50
	// commandPoll is how often the state of commands is asked for.
	commandPoll = 5 * time.Second

	sendCommandDoing   = "run the SSM document"
	cancelCommandDoing = "cancel the SSM command"
)

// command is one that was sent.
type command struct{ account, id string }

// sendCommand runs a document on instances. The action's state is the command's, and lasts as long as its
// duration: a command that takes longer goes on when the action is completed, and one that the action is
// stopped with is cancelled.
func sendCommand(ctx context.Context, r *Run) error {
	if err := context.Cause(ctx); err != nil && !r.Resumed {
		return err
	}
	commands, err := r.sendCommands(ctx)
	if err == nil {
		if err = r.Host.Running(ctx); err == nil {
			err = r.watchCommands(ctx, commands)
		}
	}
	if err == nil {
		return nil
	}
	for _, c := range commands {
		_, failed := r.Host.Step(ctx, "cancel-"+c.id, AtLeastOnce, func(ctx context.Context) (aws.Document, error) {
			_, err := r.Ask(ctx, c.account, "ssm", "CancelCommand", aws.Document{"CommandId": c.id})
			return nil, err
		})
		if failed != nil && !isFailure(err) {
			err = r.failed(context.WithoutCancel(ctx), cancelCommandDoing, failed)
		}
	}
	if ctx.Err() != nil && !isFailure(err) {
		return context.Cause(ctx)
	}
	return err
}

// sendCommands answers all commands that were sent, also when it fails or the action is to end.
func (r *Run) sendCommands(ctx context.Context) (commands []command, err error) {
	parameters, err := documentParameters(r.Parameters["documentParameters"])
	if err != nil {
		return nil, &Error{Code: ConfigurationFailure, Reason: err.Error()}
	}
	in := aws.Document{"DocumentName": r.documentName(), "Comment": r.commandComment()}
	if len(parameters) > 0 {
		in["Parameters"] = parameters
	}
	if version := r.Parameters["documentVersion"]; version != "" {
		in["DocumentVersion"] = version
	}
	err = r.eachAccount(func(g group) error {
		n := 0
		for some := range slices.Chunk(g.names, commandTargets) {
			n++
			// Also of an action that is to end it has to be known whether it had sent them.
			out, err := r.effect(context.WithoutCancel(ctx), fmt.Sprintf("send-%s-%d", g.account, n), sendCommandDoing, func(inner context.Context) (aws.Document, error) {
				if ctx.Err() != nil {
					return aws.Document{notBegun: true}, nil
				}
				request := aws.Document{"InstanceIds": listOfAny(some)}
				for name, value := range in {
					request[name] = value
				}
				out, err := r.Ask(inner, g.account, "ssm", "SendCommand", request)
				if err != nil {
					return nil, err
				}
				return aws.Document{"CommandId": text(out, "Command", "CommandId")}, nil
			}, nil)
			var lost *Error
			if errors.As(err, &lost) && errors.Is(lost.Cause, ErrOutcomeUnknown) {
				out, err = r.findCommand(ctx, g.account, some, err)
			}
			if id := text(out, "CommandId"); id != "" {
				commands = append(commands, command{g.account, id})
			}
			if err != nil {
				return explainCommand(err)
			}
		}
		return nil
	})
	if err == nil {
		err = context.Cause(ctx)
	}
	return commands, err
}

// explainCommand says it in FIS's words where it has some.
func explainCommand(err error) error {
	var answered *aws.Error
	var failure *Error
	if errors.As(err, &failure) && errors.As(err, &answered) && answered.Code == "InvalidParameters" {
		return &Error{Code: ConfigurationFailure, Cause: err,
			Reason: "Unable to run the SSM document. A required parameter for the document is missing, or an undefined parameter was provided. " + answered.Message}
	}
	return err
}

// commandComment is how a command is found again after a restart; SSM takes 100 characters.
func (r *Run) commandComment() string {
	comment := []rune("FIS experiment " + r.Experiment + " action " + r.Name)
	return string(comment[:min(len(comment), 100)])
}

// findCommand looks for a command that was sent before a restart which nobody has seen the answer of.
func (r *Run) findCommand(ctx context.Context, account string, instances []string, unknown error) (aws.Document, error) {
	out, err := r.Ask(context.WithoutCancel(ctx), account, "ssm", "ListCommands", aws.Document{"InstanceId": instances[0]})
	if err != nil {
		return nil, unknown
	}
	for _, c := range documents(out, "Commands") {
		if text(c, "Comment") == r.commandComment() {
			return aws.Document{"CommandId": text(c, "CommandId")}, nil
		}
	}
	return nil, unknown
}

// watchCommands waits for the action's end. It fails as soon as a command does.
func (r *Run) watchCommands(ctx context.Context, commands []command) error {
	open := slices.Clone(commands)
	for {
		for i := len(open) - 1; i >= 0; i-- {
			done, err := r.commandDone(ctx, open[i])
			if err != nil {
				return err
			}
			if done {
				open = slices.Delete(open, i, i+1)
			}
		}
		if len(open) == 0 && r.End.IsZero() {
			return nil // without a duration, the action lasts as long as its commands
		}
		next := r.until()
		if soon := r.Host.Now().Add(commandPoll); len(open) > 0 && soon.Before(next) {
			next = soon
		}
		if err := r.sleepUntil(ctx, next); err != nil {
			return err
		}
		if r.Over() {
			return nil
		}
	}
}

// commandDone reports whether the command has succeeded. It fails when the command has.
func (r *Run) commandDone(ctx context.Context, c command) (bool, error) {
	out, err := r.Ask(ctx, c.account, "ssm", "ListCommands", aws.Document{"CommandId": c.id})
	switch {
	case ctx.Err() != nil:
		return false, context.Cause(ctx)
	case err != nil && codeOf(aws.AsError(err)) == AuthorizationFailure:
		return false, r.failed(ctx, sendCommandDoing, err)
	case err != nil: // the command may be well all the same
		r.Log.Warn("the state of the SSM command cannot be found out", "command", c.id, "error", err)
		return false, nil
	}
	for _, found := range documents(out, "Commands") {
		if id := text(found, "CommandId"); id != "" && id != c.id {
			continue
		}
		switch status := text(found, "Status"); status {
		case "Success":
			return true, nil
		case "Failed", "TimedOut", "Cancelled", "Cancelling":
			reason := fmt.Sprintf("The SSM command %s completed with status: %s.", c.id, status)
			if detail := text(found, "StatusDetails"); detail != "" && detail != status {
				reason += " " + detail
			}
			return false, &Error{Code: DependentServiceFailure, Reason: reason, Account: c.account}
		}
	}
	return false, nil
}

// documentName is how SendCommand calls the document: by its name, or by its ARN when another account shares it.
func (r *Run) documentName() string {
	arn := r.Parameters["documentArn"]
	parsed, ok := aws.ParseARN(arn)
	if !ok || parsed.Account != "" && parsed.Account != r.Account {
		return arn
	}
	_, name, named := strings.Cut(parsed.Resource, "/")
	if !named {
		return parsed.Resource
	}
	return name
}

// documentParameters reads a JSON object of texts, numbers, truths, or lists of these, as SendCommand takes
// them: lists of texts. Raw line breaks inside texts are taken, since real templates have them.
func documentParameters(given string) (aws.Document, error) {
	if strings.TrimSpace(given) == "" {
		return nil, nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(escapeControls(given)), &members); err != nil || members == nil {
		return nil, &ParameterError{"documentParameters", "is not a JSON object"}
	}
	parameters := aws.Document{}
	for name, raw := range members {
		elements := []json.RawMessage{raw}
		if bytes.HasPrefix(raw, []byte("[")) {
			if err := json.Unmarshal(raw, &elements); err != nil {
				return nil, &ParameterError{"documentParameters", "is not a JSON object"}
			}
		}
		texts := make([]any, len(elements))
		for i, element := range elements {
			var s string
			if json.Unmarshal(element, &s) != nil {
				s = string(element) // a number or truth as it stands; SSM's maps are JSON texts
			}
			texts[i] = s
		}
		parameters[name] = texts
	}
	return parameters, nil
}
