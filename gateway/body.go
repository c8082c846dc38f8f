package gateway

import (
	"bytes"
	"errors"
	"io"
	"net/http"

	"github.com/brownoutdev/brownout/aws"
)

// MaxBody is how large the body of a call may be that is not a stream: 16 MiB, as DynamoDB has it.
const MaxBody = 16 << 20

// readBody reads the whole body into memory of its own: what decodes it may keep parts of it without a copy.
func readBody(r *http.Request) ([]byte, error) {
	if r.ContentLength > MaxBody {
		return nil, tooLarge()
	}
	if r.ContentLength >= 0 {
		body := make([]byte, r.ContentLength)
		if _, err := io.ReadFull(r.Body, body); err != nil {
			return nil, cutOff(err)
		}
		return body, nil
	}
	var body bytes.Buffer
	n, err := body.ReadFrom(io.LimitReader(r.Body, MaxBody+1))
	if err != nil {
		return nil, cutOff(err)
	}
	if n > MaxBody {
		return nil, tooLarge()
	}
	return body.Bytes(), nil
}

func tooLarge() error {
	return &aws.Error{Code: "RequestEntityTooLargeException", Status: http.StatusRequestEntityTooLarge, Sender: true,
		Message: "The request body is larger than 16 MiB (16777216 bytes)."}
}

func cutOff(cause error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(cause, &tooLarge) {
		return cause
	}
	return &aws.Error{Code: "SerializationException", Namespace: coralService, Status: http.StatusBadRequest, Sender: true,
		Message: "The request body ended before its declared length.", Cause: cause}
}
