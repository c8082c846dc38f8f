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

// inflate is a body as it was before the client compressed it with gzip, which SDKs do for large ones.
// It may not be larger than any other body. The request's head tells of the body that is answered.
func inflate(r *http.Request, body []byte) ([]byte, error) {
	encoding := r.Header.Get("Content-Encoding")
	if !strings.EqualFold(strings.TrimSpace(encoding), "gzip") {
		return body, nil
	}
	from, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, notGzip(err)
	}
	var plain bytes.Buffer
	n, err := plain.ReadFrom(io.LimitReader(from, MaxBody+1))
	switch {
	case n > MaxBody:
		return nil, tooLarge()
	case err != nil:
		return nil, notGzip(err)
	}
	r.Header.Del("Content-Encoding")
	r.Header.Set("Content-Length", strconv.FormatInt(n, 10))
	r.ContentLength = n
	return plain.Bytes(), nil
}

func notGzip(cause error) error {
	message := "The request body is not in the gzip format that its Content-Encoding announces."
	if errors.Is(cause, io.ErrUnexpectedEOF) {
		message = "The request body ends within its gzip data."
	}
	return &aws.Error{Code: "SerializationException", Namespace: coralService, Status: http.StatusBadRequest, Sender: true,
		Message: message, Cause: cause}
}
