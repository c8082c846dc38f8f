package dynamodb_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"regexp"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/identity"
	"github.com/brownoutdev/brownout/internal/random"
	"github.com/brownoutdev/brownout/protocol"
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/dynamodb"
	"github.com/brownoutdev/brownout/store"
	"github.com/brownoutdev/brownout/store/disk"
	"github.com/brownoutdev/brownout/store/memory"
)

// stopped is a clock that always shows the same time.
type stopped struct{ clock.Clock }

func (stopped) Now() time.Time { return time.Unix(1_800_000_000, 123_000_000) }

// shifted is a stopped clock that tests move.
type shifted struct {
	stopped
	by atomic.Int64
}

func (c *shifted) Now() time.Time { return c.stopped.Now().Add(time.Duration(c.by.Load())) }

// server is a running service on a store that can be opened again.
type server struct {
	clock   shifted
	known   known
	streams *services.Service
	view    fault.View // what the service sees outside calls
	faults  fault.View // what calls see; nil: none
	enforce bool       // capacity
	t       testing.TB
	open    func() store.Store
	wording dynamodb.Wording
	store   store.Store
	made    *dynamodb.Service
	service *services.Service
	account string
	region  string
}

func start(t testing.TB, open func() store.Store, wording dynamodb.Wording) *server {
	t.Helper()
	s := &server{t: t, open: open, wording: wording, store: open(), account: aws.DefaultAccount, region: "us-east-1"}
	t.Cleanup(func() { s.store.Close() })
	s.bind()
	return s
}

func (s *server) bind() {
	s.t.Helper()
	service, err := dynamodb.New(dynamodb.Config{
		Store: s.store, Prefix: []byte("dynamodb/"), Clock: &s.clock, IDs: random.New(), Wording: s.wording, Faults: s.view,
		EnforceCapacity: s.enforce,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.made, s.service, s.streams = service, service.Bind(), service.BindStreams()
}

// restart opens everything anew; a memory store lives on.
func (s *server) restart() {
	s.t.Helper()
	if _, ok := s.store.(*disk.Store); ok {
		if err := s.store.Close(); err != nil {
			s.t.Fatal(err)
		}
		s.store = s.open()
	}
	s.bind()
}

// stores are the kinds of store that everything runs on.
func stores(t testing.TB) map[string]func() store.Store {
	folder := t.TempDir()
	return map[string]func() store.Store{
		"memory": func() store.Store { return memory.New() },
		"disk": func() store.Store {
			s, err := disk.Open(folder, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
	}
}

func (s *server) faultsOfCalls() fault.View {
	if s.faults == nil {
		return fault.NoFaults{}
	}
	return s.faults
}

// request is what the gateway makes of a call.
func (s *server) request(operation string) *services.Request {
	return &services.Request{
		Context: context.Background(),
		Call: &aws.Call{
			ID: "REQUEST", Service: "dynamodb", Operation: operation, Region: s.region, Account: s.account,
			Protocol: "json", At: s.clock.Now(),
		},
		Caller: identity.Principal{Account: s.account},
		Faults: s.faultsOfCalls(),
	}
}

// call runs one operation, from JSON to JSON, as over the wire.
func (s *server) call(operation, body string) (status int, answer string) {
	s.t.Helper()
	codec := protocol.For("json")
	handler := s.service.Handler(operation)
	if handler == nil {
		handler = s.streams.Handler(operation)
	}
	if handler == nil {
		s.t.Fatalf("no operation %s", operation)
	}
	r := s.request(operation)
	reply := &protocol.Reply{Header: http.Header{}}
	hr, err := http.NewRequest("POST", "http://localhost/", bytes.NewReader(nil))
	if err != nil {
		s.t.Fatal(err)
	}
	in := handler.NewInput()
	err = codec.Decode(hr, []byte(body), handler.Operation, in)
	if err == nil {
		var out any
		if out, err = handler.Run(r, in); err == nil {
			if err := codec.Encode(reply, handler.Operation, r.Call, out); err != nil {
				s.t.Fatalf("%s: encoding the answer: %v", operation, err)
			}
			return 200, string(reply.Body)
		}
	}
	e := aws.AsError(err)
	if e.Status >= 500 && e.Status != 501 {
		s.t.Errorf("%s %s: %v (%v)", operation, body, e, e.Cause)
	}
	codec.EncodeError(reply, handler.Operation.Service, r.Call, e)
	return reply.Status, string(reply.Body)
}

// must is call where an error is a failure of the test.
func (s *server) must(operation, body string) string {
	s.t.Helper()
	status, answer := s.call(operation, body)
	if status != 200 {
		s.t.Fatalf("%s %s: %d %s", operation, body, status, answer)
	}
	return answer
}

var uuid = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`)

// shown is an answer as scripts have it.
func shown(status int, answer string) string {
	answer = uuid.ReplaceAllString(answer, "UUID")
	if status == 200 {
		if answer == "" { // of operations without output; scripts need a line
			return "{}"
		}
		return answer
	}
	return strconv.Itoa(status) + " " + answer
}

// dataKeys is how many items and index entries the store holds.
func dataKeys(t testing.TB, st store.Store) int {
	t.Helper()
	n := 0
	err := st.View(context.Background(), func(r store.Reader) error {
		return r.Scan(store.Prefix([]byte("dynamodb/d")), func([]byte, []byte) (bool, error) {
			n++
			return true, nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
