package control

import (
	"errors"
	"io"
	"net/http"

	"github.com/brownoutdev/brownout/fault"
)

// mostBytes is how long the body of a control request may be.
const mostBytes = 4 << 20

// fieldError says what is wrong with one field of a request. Errors of the API are a list of them.
type fieldError struct {
	// Index and ID say which rule of several it is about.
	Index *int   `json:"index,omitempty"`
	ID    string `json:"id,omitempty"`
	// Field is the way to the field: "match.operation"; empty when it is about the request as a whole.
	Field   string `json:"field"`
	Message string `json:"message"`
}

// refuse answers errors as the API's clients know them: {"errors": [{"field": ..., "message": ...}]}.
func refuse(w http.ResponseWriter, status int, wrong ...fieldError) {
	answer(w, status, map[string][]fieldError{"errors": wrong})
}

// refuseRule answers why a rule was not made.
func refuseRule(w http.ResponseWriter, err error) {
	var wrong *fault.RuleError
	if !errors.As(err, &wrong) {
		refuse(w, http.StatusInternalServerError, fieldError{Message: err.Error()})
		return
	}
	refuse(w, http.StatusBadRequest, fieldError{Index: &wrong.Index, ID: wrong.ID, Field: wrong.Field, Message: wrong.Message})
}

// readBody reads a request's body; when it cannot, it has answered why.
func readBody(w http.ResponseWriter, r *http.Request) (body []byte, ok bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBytes))
	if err == nil {
		return body, true
	}
	var tooLong *http.MaxBytesError
	if errors.As(err, &tooLong) {
		refuse(w, http.StatusRequestEntityTooLarge, fieldError{Message: "the body is longer than 4 MiB"})
	} else {
		refuse(w, http.StatusBadRequest, fieldError{Message: "the body could not be read: " + err.Error()})
	}
	return nil, false
}
