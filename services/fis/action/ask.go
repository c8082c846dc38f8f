package action

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services/fis/target"
)

// resources are those of all target keys, in order of the keys: most actions take one key, and LocalStack's
// documents name it otherwise.
func (r *Run) resources() (all []target.Resource) {
	for _, key := range sortedKeys(r.Targets) {
		all = append(all, r.Targets[key]...)
	}
	return all
}

// group is the resources of one account.
type group struct {
	account string
	// names are how the service's API calls them: the last part of the ARN.
	names []string
}

// byAccount groups resources, in order of the accounts.
func (r *Run) byAccount() []group {
	names := map[string][]string{}
	for _, resource := range r.resources() {
		account := resource.Account
		if account == "" {
			account = r.Account
		}
		names[account] = append(names[account], nameOf(resource.ARN))
	}
	groups := make([]group, 0, len(names))
	for _, account := range slices.Sorted(maps.Keys(names)) {
		groups = append(groups, group{account, names[account]})
	}
	return groups
}

// nameOf is what an ARN ends in: "i-1" of "...:instance/i-1", "orders" of "...:db:orders".
func nameOf(arn string) string {
	parsed, ok := aws.ParseARN(arn)
	if !ok {
		return arn
	}
	return parsed.Resource[strings.LastIndexAny(parsed.Resource, "/:")+1:]
}

// effect carries out one effect on the world, at most once. happened looks whether it can be seen, for
// when a restart leaves nobody knowing whether it was carried out; nil: it leaves no trace. doing says
// what it is: "stop the instances".
func (r *Run) effect(ctx context.Context, name, doing string, do func(context.Context) (aws.Document, error), happened func(context.Context) (bool, error)) (aws.Document, error) {
	out, err := r.Host.Step(ctx, name, AtMostOnce, do)
	if !errors.Is(err, ErrOutcomeUnknown) {
		return out, r.failed(ctx, doing, err)
	}
	if happened != nil {
		seen, err := happened(ctx)
		switch {
		case err != nil && ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case err != nil:
			r.Log.Warn("whether the action had been carried out before the restart cannot be found out", "error", err)
		case seen:
			return nil, nil
		}
	}
	return nil, &Error{Code: ErrOutcomeUnknown.Code, Reason: "Unable to " + doing + ": " + ErrOutcomeUnknown.Reason, Cause: ErrOutcomeUnknown}
}

// failed is the *Error that an answer of another service makes of the action; nil for nil.
func (r *Run) failed(ctx context.Context, doing string, err error) error {
	var answered *aws.Error
	var known *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return err
	case ctx.Err() != nil && errors.Is(err, context.Canceled), !errors.As(err, &answered):
		return err // the engine's own: the action is to end
	}
	e := &Error{Code: codeOf(answered), Cause: err}
	why := answered.Code + ": " + answered.Message
	if e.Code == AuthorizationFailure {
		e.Reason = fmt.Sprintf("Unable to %s, not authorized to perform required action. %s", doing, why)
	} else {
		e.Reason = fmt.Sprintf("Unable to %s. %s", doing, why)
	}
	return e
}

// codeOf sorts another service's errors as FIS does.
func codeOf(e *aws.Error) string {
	code := e.Code
	switch {
	case strings.HasPrefix(code, "AccessDenied"), strings.HasPrefix(code, "UnauthorizedOperation"), strings.HasPrefix(code, "ExpiredToken"),
		code == "AuthFailure", code == "UnrecognizedClientException", code == "InvalidClientTokenId", code == "NotAuthorized":
		return AuthorizationFailure
	case isGone(e), code == "InvalidInstanceId", strings.HasPrefix(code, "InvalidInstanceID"), code == "IncorrectInstanceState",
		strings.HasPrefix(code, "InvalidDB") && strings.Contains(code, "State"):
		return InvalidTarget
	}
	return DependentServiceFailure
}

// isGone reports whether the error says that a resource does not exist.
func isGone(e *aws.Error) bool {
	return strings.Contains(e.Code, "NotFound") || strings.Contains(e.Code, "DoesNotExist")
}

// documents are the structures of a list, below the names.
func documents(in aws.Document, path ...string) (list []aws.Document) {
	at := in
	for _, name := range path[:len(path)-1] {
		at, _ = at[name].(aws.Document)
	}
	elements, _ := at[path[len(path)-1]].([]any)
	for _, element := range elements {
		if d, ok := element.(aws.Document); ok {
			list = append(list, d)
		}
	}
	return list
}

// text is the string below the names; empty when there is none.
func text(in aws.Document, path ...string) string {
	at := in
	for _, name := range path[:len(path)-1] {
		at, _ = at[name].(aws.Document)
	}
	s, _ := at[path[len(path)-1]].(string)
	return s
}

// listOfAny is texts as documents hold them.
func listOfAny(texts []string) []any {
	list := make([]any, len(texts))
	for i, t := range texts {
		list[i] = t
	}
	return list
}

// isTrue reads a parameter whose Form is truth.
func isTrue(text string) bool { return strings.EqualFold(text, "true") }
