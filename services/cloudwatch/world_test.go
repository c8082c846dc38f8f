package cloudwatch_test

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
	"github.com/brownoutdev/brownout/journal"
	"github.com/brownoutdev/brownout/protocol"
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/cloudwatch"
	"github.com/brownoutdev/brownout/store"
	"github.com/brownoutdev/brownout/store/disk"
	"github.com/brownoutdev/brownout/store/memory"
)

// world is a running CloudWatch on a clock that tests move. Its time begins at a whole minute.
type world struct {
	t       testing.TB
	clock   *clock.Movable
	journal *journal.Journal
	store   store.Store
	made    *cloudwatch.Service
	service *services.Service
	stop    func()
	account string
}

func start(t testing.TB) *world { return startOn(t, memory.New()) }

func startOn(t testing.TB, st store.Store) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewMovable(), store: st, account: aws.DefaultAccount}
	w.journal = journal.New(10, w.clock)
	w.untilMinute()
	w.open()
	t.Cleanup(func() {
		w.stop()
		if err := w.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// untilMinute moves to just after a whole minute, so that a test has the rest of it for its calls.
func (w *world) untilMinute() {
	now := w.clock.Now()
	w.clock.Advance(now.Truncate(time.Minute).Add(time.Minute + 100*time.Millisecond).Sub(now))
}

func (w *world) open() {
	w.t.Helper()
	made, err := cloudwatch.New(cloudwatch.Config{Store: w.store, Prefix: []byte("cloudwatch/"), Clock: w.clock, Calls: w.journal.Rates()})
	if err != nil {
		w.t.Fatal(err)
	}
	w.made, w.service = made, made.Bind()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := made.Run(ctx); err != nil {
			w.t.Error(err)
		}
	}()
	<-made.Ready()
	w.stop = func() { cancel(); <-ended }
}

// restart closes everything and opens it again from what is stored in folder.
func (w *world) restart(folder string) {
	w.t.Helper()
	w.stop()
	if err := w.store.Close(); err != nil {
		w.t.Fatal(err)
	}
	w.store = openDisk(w.t, folder)
	w.open()
}

func openDisk(t testing.TB, folder string) store.Store {
	t.Helper()
	st, err := disk.Open(folder, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// call runs an operation from JSON to JSON, as over the wire.
func (w *world) call(operation, body string) (map[string]any, *aws.Error) {
	w.t.Helper()
	codec, handler := protocol.For("json"), w.service.Handler(operation)
	if handler == nil {
		w.t.Fatalf("no operation %s", operation)
	}
	r := &services.Request{
		Context: context.Background(), Faults: fault.NoFaults{}, Caller: identity.Principal{Account: w.account},
		Call: &aws.Call{ID: "REQUEST", Service: "cloudwatch", Operation: operation, Region: "us-east-1", Account: w.account, Protocol: "json", At: w.clock.Now()},
	}
	in := handler.NewInput()
	request, err := http.NewRequest("POST", "http://localhost/", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := codec.Decode(request, []byte(body), handler.Operation, in); err != nil {
		return nil, aws.AsError(err)
	}
	out, err := handler.Run(r, in)
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
	answer := map[string]any{}
	if len(reply.Body) == 0 { // of an operation without output
		return answer, nil
	}
	if err := json.Unmarshal(reply.Body, &answer); err != nil {
		w.t.Fatalf("%s: %v in %s", operation, err, reply.Body)
	}
	return answer, nil
}

func (w *world) must(operation, body string) map[string]any {
	w.t.Helper()
	answer, err := w.call(operation, body)
	if err != nil {
		w.t.Fatalf("%s %s: %v", operation, body, err)
	}
	return answer
}

// wantRefused wants an error with this code and message.
func (w *world) wantRefused(operation, body, code, message string) {
	w.t.Helper()
	_, err := w.call(operation, body)
	if err == nil || err.Code != code || err.Message != message {
		w.t.Errorf("%s %s\n got %v\nwant %s: %s", operation, body, err, code, message)
	}
}

func (w *world) put(metric string, v float64) {
	w.t.Helper()
	body, err := json.Marshal(map[string]any{"Namespace": "App", "MetricData": []any{map[string]any{"MetricName": metric, "Value": v, "StorageResolution": 1}}})
	if err != nil {
		w.t.Fatal(err)
	}
	w.must("PutMetricData", string(body))
}

func (w *world) alarm(name string) map[string]any {
	w.t.Helper()
	answer := w.must("DescribeAlarms", `{"AlarmTypes": ["MetricAlarm", "CompositeAlarm"], "AlarmNames": ["`+name+`"]}`)
	for _, kind := range []string{"MetricAlarms", "CompositeAlarms"} {
		if all, _ := answer[kind].([]any); len(all) == 1 {
			return all[0].(map[string]any)
		}
	}
	w.t.Fatalf("no alarm %s: %v", name, answer)
	return nil
}

func (w *world) wantState(name, want string) {
	w.t.Helper()
	if a := w.alarm(name); a["StateValue"] != want {
		w.t.Errorf("%s is %v, want %s: %v", name, a["StateValue"], want, a["StateReason"])
	}
}

func storedKeys(t testing.TB, w *world) (n int) {
	t.Helper()
	err := w.store.View(context.Background(), func(r store.Reader) error {
		return r.Scan(store.Prefix([]byte("cloudwatch/")), func(_, _ []byte) (bool, error) {
			n++
			return true, nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
