package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
)

// attributeValue is as much of DynamoDB's as the requests of this program hold.
type attributeValue struct {
	S, N *string
	BOOL *bool
}

// peerRequest is what the peer reads a body into.
type peerRequest struct {
	TableName                 string
	Key, Item                 map[string]attributeValue
	KeyConditionExpression    string
	ExpressionAttributeValues map[string]attributeValue
	Limit                     int
}

// peer is the least that a server in Go does for such a call: net/http, the body through
// encoding/json, an answer made beforehand. It keeps no data and checks nothing.
type peer struct{ answers map[string][]byte }

func newPeer() *peer {
	one := string(appendItem(nil, 0))
	hundred := strings.TrimSuffix(strings.Repeat(one+",", itemsPerPartition), ",")
	return &peer{map[string][]byte{
		"GetItem":    []byte(`{"Item":` + one + `}`),
		"PutItem":    []byte(`{}`),
		"Query":      []byte(`{"Count":100,"Items":[` + hundred + `],"ScannedCount":100}`),
		"ListTables": []byte(`{"TableNames":[]}`),
	}}
}

// ServeHTTP implements http.Handler.
func (p *peer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(body, new(peerRequest))
	}
	answer, known := p.answers[operation]
	if err != nil || !known {
		http.Error(w, fmt.Sprint(operation, ": ", err), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
	_, _ = w.Write(answer) // the client has gone if this fails
}

// servePeer serves on a free port until ctx is done, and says where as Brownout does.
func servePeer(ctx context.Context, out io.Writer) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: newPeer()}
	context.AfterFunc(ctx, func() { server.Close() })
	fmt.Fprintf(out, "Listening on http://%s\nReady.\n", listener.Addr())
	if err := server.Serve(listener); err != http.ErrServerClosed {
		return err
	}
	return nil
}
