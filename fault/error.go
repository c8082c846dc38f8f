package fault

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/brownoutdev/brownout/aws"
)

func init() {
	register("error", func(r refuse) error {
		if r.Status < 400 || r.Status > 599 {
			return &RuleError{Field: "status", Message: fmt.Sprintf("%d is not an HTTP error status from 400 to 599", r.Status)}
		}
		if r.Code == "" {
			return &RuleError{Field: "code", Message: "must not be empty"}
		}
		return nil
	})
}

// refuse answers calls with an error of the user's choice, in the caller's protocol.
type refuse struct {
	Code    string `json:"code"`
	Status  int    `json:"status"`
	Message string `json:"message"`
}

// Kind implements Effect.
func (refuse) Kind() string { return "error" }

// Before implements Before.
func (r refuse) Before(context.Context, *aws.Call) error {
	return &aws.Error{Code: r.Code, Status: r.Status, Message: r.Message, Sender: r.Status < 500}
}

// ErrorWith is the effect "error".
func ErrorWith(code string, status int, message string) json.RawMessage {
	text, err := json.Marshal(struct {
		Kind string `json:"kind"`
		refuse
	}{"error", refuse{code, status, message}})
	if err != nil {
		panic(err) // strings and an int always marshal
	}
	return text
}
