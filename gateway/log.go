package gateway

import (
	"context"
	"log/slog"
	"strconv"
	"strings"

	"github.com/brownoutdev/brownout/aws"
)

// statusClientGone stands in the log where no answer was written, because the caller had hung up (nginx's number).
const statusClientGone = 499

// log writes the one line of a call: "AWS dynamodb.GetItem => 503 (Service Unavailable)", as LocalStack
// words it. Failures of our own are errors; those that were asked for, or that are the caller's, are not.
func (x *exchange) log(status int, code string, e *aws.Error) {
	level := slog.LevelInfo
	if e != nil && e.Cause != nil && status >= 500 {
		level = slog.LevelError
	}
	logger := x.gateway.Log
	if !logger.Enabled(context.Background(), level) {
		return
	}
	message := "AWS " + x.call.Name() + " => " + strconv.Itoa(status)
	if code != "" {
		message += " (" + code + ")"
	}
	attributes := make([]slog.Attr, 0, 8)
	attributes = append(attributes, slog.String("region", x.call.Region), slog.String("account", x.call.Account))
	if len(x.call.Others) > 0 {
		attributes = append(attributes, slog.String("or", strings.Join(x.call.Others, ",")))
	}
	if x.plan.Hit() {
		attributes = append(attributes, slog.String("fault", strings.Join(x.plan.Owners(), ",")))
	}
	if x.call.Attempt > 0 {
		attributes = append(attributes, slog.Int("attempt", x.call.Attempt))
	}
	if x.call.MaxAttempts > 0 {
		attributes = append(attributes, slog.Int("max_attempts", x.call.MaxAttempts))
	}
	attributes = append(attributes, slog.Duration("took", x.took), slog.String("request_id", x.call.ID))
	if e != nil && e.Cause != nil {
		attributes = append(attributes, slog.String("error", e.Cause.Error()))
	}
	logger.LogAttrs(context.Background(), level, message, attributes...)
}
