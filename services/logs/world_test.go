package logs_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/identity"
	"github.com/brownoutdev/brownout/protocol"
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/logs"
	"github.com/brownoutdev/brownout/store"
	"github.com/brownoutdev/brownout/store/disk"
	"github.com/brownoutdev/brownout/store/memory"
)

// world is a running CloudWatch Logs on a clock that tests move.
type world struct {
	t       testing.TB
	clock   *clock.Movable
	store   store.Store
	made    *logs.Service
	service *services.Service
	account string
}

func start(t testing.TB) *world { return startOn(t, memory.New()) }

func startOn(t testing.TB, st store.Store) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewMovable(), store: st, account: aws.DefaultAccount}
	w.open()
	t.Cleanup(func() {
		if err := w.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func (w *world) open() {
	w.made = logs.New(logs.Config{Store: w.store, Prefix: []byte("logs/"), Clock: w.clock})
	w.service = w.made.Bind()
}

func openDisk(t testing.TB, folder string) store.Store {
	t.Helper()
	st, err := disk.Open(folder, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// object is JSON.
type object = map[string]any

// call runs an operation from JSON to JSON, as over the wire.
func (w *world) call(operation string, in object) (object, *aws.Error) {
	w.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		w.t.Fatal(err)
	}
	codec, handler := protocol.For("json"), w.service.Handler(operation)
	if handler == nil {
		w.t.Fatalf("no operation %s", operation)
	}
	r := &services.Request{
		Context: context.Background(), Faults: fault.NoFaults{}, Caller: identity.Principal{Account: w.account},
		Call: &aws.Call{ID: "REQUEST", Service: "logs", Operation: operation, Region: "us-east-1", Account: w.account, Protocol: "json", At: w.clock.Now()},
	}
	request, err := http.NewRequest("POST", "http://localhost/", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	decoded := handler.NewInput()
	if err := codec.Decode(request, body, handler.Operation, decoded); err != nil {
		return nil, aws.AsError(err)
	}
	out, err := handler.Run(r, decoded)
	if err != nil {
		e := aws.AsError(err)
		if e.Code == "InternalFailure" {
			w.t.Fatalf("%s %s: %v", operation, body, e.Cause)
		}
		return nil, e
	}
	reply := &protocol.Reply{Header: http.Header{}}
	if err := codec.Encode(reply, handler.Operation, r.Call, out); err != nil {
		w.t.Fatal(err)
	}
	answer := object{}
	if len(reply.Body) > 0 {
		if err := json.Unmarshal(reply.Body, &answer); err != nil {
			w.t.Fatalf("%s: %v in %s", operation, err, reply.Body)
		}
	}
	return answer, nil
}

func (w *world) must(operation string, in object) object {
	w.t.Helper()
	answer, err := w.call(operation, in)
	if err != nil {
		w.t.Fatalf("%s %v: %v", operation, in, err)
	}
	return answer
}

// wantRefused wants an error with this code and message.
func (w *world) wantRefused(operation string, in object, code, message string) {
	w.t.Helper()
	_, err := w.call(operation, in)
	if err == nil || err.Code != code || err.Message != message {
		w.t.Errorf("%s %v\n got %v\nwant %s: %s", operation, in, err, code, message)
	}
}

// group makes a group with streams.
func (w *world) group(name string, streams ...string) {
	w.t.Helper()
	w.must("CreateLogGroup", object{"logGroupName": name})
	for _, s := range streams {
		w.must("CreateLogStream", object{"logGroupName": name, "logStreamName": s})
	}
}

// put puts messages now, a millisecond apart.
func (w *world) put(group, stream string, messages ...string) object {
	w.t.Helper()
	var events []object
	for i, m := range messages {
		events = append(events, object{"timestamp": w.now() + int64(i), "message": m})
	}
	return w.must("PutLogEvents", object{"logGroupName": group, "logStreamName": stream, "logEvents": events})
}

func (w *world) now() int64 { return w.clock.Now().UnixMilli() }

// messages are those of an answer.
func messages(answer object) (all []string) {
	for _, e := range answer["events"].([]any) {
		all = append(all, e.(object)["message"].(string))
	}
	return all
}

// days moves the clock.
func (w *world) days(n int) { w.clock.Advance(time.Duration(n) * 24 * time.Hour) }

// newService is another service over the same store, with a clock of its own.
func newService(w *world, c clock.Clock) *logs.Service {
	return logs.New(logs.Config{Store: w.store, Prefix: []byte("logs/"), Clock: c})
}
