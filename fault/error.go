package fault

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"github.com/brownoutdev/brownout/aws"
)

func init() {
	register("error", func(p errorParameters) (Effect, error) {
		if err := p.check(); err != nil {
			return nil, err
		}
		return refuse{p}, nil
	})
}

type errorParameters struct {
	Code    string `json:"code"`
	Status  int    `json:"status"`
	Message string `json:"message"`
}

func (p *errorParameters) check() error {
	switch {
	case p.Status == 0:
		return &RuleError{Field: "status", Message: "is missing: it is the HTTP status of the error, from 400 to 599"}
	case p.Status < 400 || p.Status > 599:
		return &RuleError{Field: "status", Message: fmt.Sprintf("%d is not an HTTP error status from 400 to 599", p.Status)}
	case strings.TrimSpace(p.Code) == "":
		return &RuleError{Field: "code", Message: "must not be empty"}
	case strings.ContainsFunc(p.Code, unicode.IsControl):
		return &RuleError{Field: "code", Message: fmt.Sprintf("%q holds control characters", p.Code)}
	}
	return nil
}

func (p *errorParameters) error() error {
	return &aws.Error{Code: p.Code, Status: p.Status, Message: p.Message, Sender: p.Status < 500}
}

// refuse answers calls with an error of the user's choice, in the caller's protocol.
type refuse struct{ errorParameters }

// Kind implements Effect.
func (refuse) Kind() string { return "error" }

// Before implements Before. {service} in the message stands for the service that was called.
func (r refuse) Before(_ context.Context, s Strike) error {
	e := r.errorParameters
	if strings.Contains(e.Message, "{service}") && s.Call != nil {
		e.Message = strings.ReplaceAll(e.Message, "{service}", s.Call.Service)
	}
	return e.error()
}

// ErrorWith is the effect "error".
func ErrorWith(code string, status int, message string) json.RawMessage {
	text, err := json.Marshal(struct {
		Kind string `json:"kind"`
		errorParameters
	}{"error", errorParameters{code, status, message}})
	if err != nil {
		panic(err) // strings and an int always marshal
	}
	return text
}
