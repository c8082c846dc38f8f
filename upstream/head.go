package upstream

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"os"
	"strconv"
	"strings"
)

// longestHead is how large the head of an answer may be, with the interim answers before it.
const longestHead = 1 << 20

// readFinalHead reads heads until one is no interim answer (1xx).
func (w *wire) readFinalHead(method string) (*http.Response, error) {
	for range 100 {
		response, err := w.readHead(method)
		if err != nil || response.StatusCode >= 200 || response.StatusCode == http.StatusSwitchingProtocols {
			return response, err
		}
	}
	return nil, &garbageError{"it sends interim answers without end"}
}

// readHead reads the head of an answer. It takes nothing that two readers could understand in two ways: whoever
// speaks so is not to be believed about where its answer ends.
func (w *wire) readHead(method string) (*http.Response, error) {
	left := longestHead
	line, err := readLine(w.in, &left)
	if err != nil {
		return nil, timedOut(err)
	}
	response := &http.Response{ProtoMajor: 1, ContentLength: -1}
	if !readStatus(line, response) {
		return nil, &garbageError{fmt.Sprintf("it begins with %.60q", line)}
	}
	if response.Header, err = readHeader(w.in, &left); err != nil {
		return nil, timedOut(err)
	}
	return response, frame(response, method)
}

// timedOut tells a deadline of ours from all else.
func timedOut(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return errHeaderTimeout
	}
	return err
}

// readStatus reads "HTTP/1.1 200 OK".
func readStatus(line []byte, response *http.Response) bool {
	const version = "HTTP/1."
	if len(line) < len(version)+len("1 200") || string(line[:len(version)]) != version {
		return false
	}
	minor, rest := line[len(version)], line[len(version)+1:]
	if minor != '0' && minor != '1' || rest[0] != ' ' || len(rest) > 4 && rest[4] != ' ' {
		return false
	}
	response.ProtoMinor = int(minor - '0')
	for _, digit := range rest[1:4] {
		if digit < '0' || digit > '9' {
			return false
		}
		response.StatusCode = response.StatusCode*10 + int(digit-'0')
	}
	return response.StatusCode >= 100
}

// readLine reads a line without its end. The line is valid until the next read.
func readLine(in *bufio.Reader, left *int) ([]byte, error) {
	line, err := in.ReadSlice('\n')
	for long := []byte(nil); err != nil; {
		if !errors.Is(err, bufio.ErrBufferFull) {
			if errors.Is(err, io.EOF) && len(line)+len(long) > 0 {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		if long = append(long, line...); len(long) > *left {
			return nil, &garbageError{"its head is larger than 1 MiB"}
		}
		line, err = in.ReadSlice('\n')
		if err == nil {
			line = append(long, line...)
		}
	}
	if *left -= len(line); *left < 0 {
		return nil, &garbageError{"its head is larger than 1 MiB"}
	}
	return bytes.TrimSuffix(line[:len(line)-1], []byte("\r")), nil
}

// usualHeaders are as many as most answers have, and as a map holds that has not grown yet.
const usualHeaders = 8

// readHeader reads header lines, or trailers, to the empty line.
func readHeader(in *bufio.Reader, left *int) (http.Header, error) {
	header := make(http.Header, usualHeaders)
	values := make([]string, 0, usualHeaders) // one allocation for most values' slices
	for {
		line, err := readLine(in, left)
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		if len(line) == 0 {
			return header, nil
		}
		name, value, ok := bytes.Cut(line, []byte(":"))
		if !ok || !isToken(name) {
			return nil, &garbageError{fmt.Sprintf("%.60q is no header", line)}
		}
		value = bytes.Trim(value, " \t")
		if bytes.ContainsAny(value, "\x00\r") {
			return nil, &garbageError{fmt.Sprintf("its header %s holds control characters", name)}
		}
		key := keyOf(name)
		if before := header[key]; before != nil || len(values) == cap(values) {
			header[key] = append(before, string(value))
			continue
		}
		values = append(values, string(value))
		n := len(values)
		header[key] = values[n-1 : n : n]
	}
}

// keyOf is a header's name in net/http's spelling.
func keyOf(name []byte) string {
	if key, ok := usualNames[string(name)]; ok {
		return key
	}
	key := textproto.CanonicalMIMEHeaderKey(string(name))
	if strings.HasPrefix(key, metadata) {
		return string(name) // the upstream's own letters: net/http writes them as they are
	}
	return key
}

// usualNames are headers of nearly all answers, as upstreams write them: it spares them an allocation each.
var usualNames = func() map[string]string {
	names := map[string]string{}
	for _, name := range []string{
		"Content-Type", "Content-Length", "Date", "Server", "Connection", "Keep-Alive", "Transfer-Encoding", "Etag", "Last-Modified", "Location",
		"Accept-Ranges", "Vary", "Access-Control-Allow-Origin", "X-Amzn-Requestid", "X-Amz-Request-Id", "X-Amz-Id-2", "X-Amz-Crc32", "X-Amzn-Errortype",
	} {
		names[name], names[strings.ToLower(name)] = name, name
	}
	for written, key := range map[string]string{"ETag": "Etag", "x-amzn-RequestId": "X-Amzn-Requestid", "x-amzn-ErrorType": "X-Amzn-Errortype"} {
		names[written] = key
	}
	return names
}()

// isToken reports whether bytes can be the name of a header.
func isToken(name []byte) bool {
	for _, c := range name {
		if !tokens[c] {
			return false
		}
	}
	return len(name) > 0
}

// tokens are the bytes that names of headers consist of.
var tokens = func() (ok [256]bool) {
	for c := '!'; c < 0x7f; c++ {
		ok[c] = !strings.ContainsRune("\"(),/:;<=>?@[\\]{}", c)
	}
	return ok
}()

// frame finds out how long an answer's body is, and refuses what says so twice.
func frame(response *http.Response, method string) error {
	h := response.Header
	lengths, codings := h["Content-Length"], h["Transfer-Encoding"]
	for _, length := range lengths {
		n, err := strconv.ParseUint(length, 10, 63)
		if err != nil || length[0] == '+' {
			return &garbageError{fmt.Sprintf("its Content-Length is %.60q", length)}
		}
		if response.ContentLength >= 0 && response.ContentLength != int64(n) {
			return &garbageError{"it says with two values of Content-Length how long its body is"}
		}
		response.ContentLength = int64(n)
	}
	if len(lengths) > 1 {
		h["Content-Length"] = lengths[:1]
	}
	if len(codings) > 0 {
		switch {
		case len(lengths) > 0:
			return &garbageError{"it has both Content-Length and Transfer-Encoding"}
		case len(codings) > 1 || !bytes.EqualFold([]byte(codings[0]), []byte("chunked")) || response.ProtoMinor == 0:
			return &garbageError{fmt.Sprintf("its Transfer-Encoding is %.60q", codings[0])}
		}
		response.TransferEncoding = []string{"chunked"}
	}
	if bodiless(response.StatusCode, method) {
		response.Body = http.NoBody
	}
	return nil
}

// bodiless answers have no body, whatever their header says.
func bodiless(status int, method string) bool {
	return method == http.MethodHead || status < 200 || status == http.StatusNoContent || status == http.StatusNotModified
}
