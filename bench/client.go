package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// client is one keep-alive HTTP/1.1 connection, written by hand so that the load takes little of the
// CPU that it shares with the server. It is not safe for concurrent use.
type client struct {
	connection net.Conn
	reader     *bufio.Reader
	out        []byte
	body       []byte // of the last answer
}

// patience is how long a request may take.
const patience = 10 * time.Second

const head = "POST / HTTP/1.1\r\nHost: dynamodb.us-east-1.amazonaws.com\r\nContent-Type: application/x-amz-json-1.0\r\n" +
	"Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=0\r\n" +
	"X-Amz-Date: 20260101T000000Z\r\nAccept-Encoding: identity\r\nX-Amz-Target: DynamoDB_20120810."

// dial connects to host:port, which must be a loopback address.
func dial(ctx context.Context, address string) (*client, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("%s is not a loopback address", address)
	}
	connection, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return &client{connection: connection, reader: bufio.NewReaderSize(connection, 64<<10)}, nil
}

func (c *client) close() error { return c.connection.Close() }

// call sends a request and reads the whole answer into c.body. Any status but 200 is an error.
func (c *client) call(operation string, body []byte) error {
	c.out = append(append(c.out[:0], head...), operation...)
	c.out = append(c.out, "\r\nContent-Length: "...)
	c.out = strconv.AppendInt(c.out, int64(len(body)), 10)
	c.out = append(append(c.out, "\r\n\r\n"...), body...)
	if err := c.connection.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if _, err := c.connection.Write(c.out); err != nil {
		return err
	}
	status, length, err := c.readHead()
	if err != nil {
		return fmt.Errorf("%s: %w", operation, err)
	}
	if cap(c.body) < length {
		c.body = make([]byte, length)
	}
	c.body = c.body[:length]
	if _, err := io.ReadFull(c.reader, c.body); err != nil {
		return fmt.Errorf("%s: %w", operation, err)
	}
	if status != "200" {
		return fmt.Errorf("%s: HTTP status %s: %.300s", operation, status, c.body)
	}
	return nil
}

// readHead wants a Content-Length: both servers give one.
func (c *client) readHead() (status string, length int, err error) {
	line, err := c.reader.ReadSlice('\n')
	if err != nil {
		return "", 0, err
	}
	if len(line) < 12 {
		return "", 0, fmt.Errorf("status line %q", line)
	}
	status, length = string(line[9:12]), -1
	for {
		if line, err = c.reader.ReadSlice('\n'); err != nil {
			return "", 0, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		if name, value, _ := bytes.Cut(line, []byte(":")); bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return "", 0, err
			}
		}
	}
	if length < 0 {
		return "", 0, errors.New("no Content-Length")
	}
	return status, length, nil
}
