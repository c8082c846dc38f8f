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

// readBody reads the whole body into memory of its own: what decodes it may keep parts of it without a copy. Of one that is
// larger than MaxBody it reads only the beginning, if there may be an upstream for the rest.
func readBody(r *http.Request, upstream bool) (body []byte, partial bool, err error) {
	switch {
	case r.ContentLength > MaxBody && !upstream:
		return nil, false, tooLarge()
	case r.ContentLength > MaxBody:
		body, err = readSized(r.Body, MaxBody)
		return body, true, err
	case r.ContentLength >= 0:
		body, err = readSized(r.Body, int(r.ContentLength))
		return body, false, err
	}
	var read bytes.Buffer
	n, err := read.ReadFrom(io.LimitReader(r.Body, MaxBody+1))
	switch {
	case err != nil:
		return nil, false, cutOff(err)
	case n > MaxBody && !upstream:
		return nil, false, tooLarge()
	}
	return read.Bytes(), n > MaxBody, nil
}

// believed is how much memory a Content-Length gets before any of the body is there.
const believed = 256 << 10

// readSized reads a body of a declared size. What a client only promises costs no memory: the rest is made
// room for as the body comes in.
func readSized(from io.Reader, size int) ([]byte, error) {
	body := make([]byte, min(size, believed))
	for read := 0; ; {
		n, err := io.ReadFull(from, body[read:])
		if err != nil {
			return nil, cutOff(err)
		}
		if read += n; read == size {
			return body, nil
		}
		more := make([]byte, min(size, 4*read))
		copy(more, body)
		body = more
	}
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
