package gateway

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/brownoutdev/brownout/aws"
)

// inflate is a body as it was before the client compressed it with gzip, which SDKs do for large ones; nil when it is
// not compressed. It may not be larger than any other body.
func inflate(r *http.Request, body []byte) (plain []byte, err error) {
	encoding := r.Header.Get("Content-Encoding")
	if !strings.EqualFold(strings.TrimSpace(encoding), "gzip") {
		return nil, nil
	}
	from, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, notGzip(err)
	}
	var read bytes.Buffer
	n, err := read.ReadFrom(io.LimitReader(from, MaxBody+1))
	switch {
	case n > MaxBody:
		return nil, tooLarge()
	case err != nil:
		return nil, notGzip(err)
	}
	if n == 0 {
		return []byte{}, nil
	}
	return read.Bytes(), nil
}

// describePlain makes a request's head tell of the inflated body, for those who answer it here.
func describePlain(r *http.Request, length int) {
	r.Header.Del("Content-Encoding")
	r.Header.Set("Content-Length", strconv.Itoa(length))
	r.ContentLength = int64(length)
}

func notGzip(cause error) error {
	message := "The request body is not in the gzip format that its Content-Encoding announces."
	if errors.Is(cause, io.ErrUnexpectedEOF) {
		message = "The request body ends within its gzip data."
	}
	return &aws.Error{Code: "SerializationException", Namespace: coralService, Status: http.StatusBadRequest, Sender: true,
		Message: message, Cause: cause}
}
