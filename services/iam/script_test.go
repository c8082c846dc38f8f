package iam

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/identity"
	"github.com/brownoutdev/brownout/internal/random"
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/store"
	"github.com/brownoutdev/brownout/store/memory"
)

var rewrite = flag.Bool("rewrite", false, "write the answers of the scripts anew")

// world is one IAM whose clock stands where the scripts expect it.
type world struct {
	clock   *clock.Movable
	store   store.Store
	service *Service
	bound   *services.Service
	// caller is the access key of the calls.
	caller string
	// keys are the access keys that were made, by the names that scripts give them.
	keys []string
}

func newWorld(t *testing.T) *world {
	w := &world{clock: clock.NewMovable(), store: memory.New(), caller: "111122223333"}
	w.open(t)
	return w
}

// open begins anew on the same store, as a restart does.
func (w *world) open(t *testing.T) {
	t.Helper()
	s, err := New(Config{Store: w.store, Prefix: []byte("iam/"), Clock: w.clock, IDs: random.New(), Identities: identity.NewDirectory(w.clock)})
	if err != nil {
		t.Fatal(err)
	}
	w.service, w.bound = s, s.Bind()
}

// ask calls an operation with an input in JSON, and answers the output, or the error, as text.
func (w *world) ask(t *testing.T, operation, input string) string {
	t.Helper()
	for i, key := range w.keys {
		input = strings.ReplaceAll(input, fmt.Sprintf("KEY%d", i+1), key)
	}
	handler := w.bound.Handler(operation)
	if handler == nil {
		t.Fatalf("there is no operation %s", operation)
	}
	in := handler.NewInput()
	decoder := json.NewDecoder(strings.NewReader(input))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(in); err != nil {
		t.Fatalf("%s %s: %v", operation, input, err)
	}
	caller := w.service.Identities.Of(w.caller)
	out, err := handler.Run(&services.Request{
		Context: t.Context(), Caller: caller, Faults: fault.NoFaults{},
		Call: &aws.Call{Service: "iam", Operation: operation, Region: "us-east-1", Account: caller.Account, AccessKey: caller.AccessKey},
	}, in)
	if err != nil {
		var e *aws.Error
		if !errors.As(err, &e) {
			t.Fatalf("%s %s: %v is no error of AWS's", operation, input, err)
		}
		return w.plain(fmt.Sprintf("%d %s: %s", e.Status, e.Code, e.Message))
	}
	if made, ok := out.(*CreateAccessKeyResponse); ok {
		w.keys = append(w.keys, *made.AccessKey.AccessKeyId)
	}
	return w.plain(text(t, out))
}

var (
	masked = regexp.MustCompile(`\b(AROA|AIDA|ANPA|AIPA)[A-Z2-7]{17}\b`)
	uuids  = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)
	dates  = regexp.MustCompile(`"20(1[6-9]|[2-9]\d)-\d\d-\d\dT\d\d:\d\d:\d\dZ"`)
	secret = regexp.MustCompile(`"SecretAccessKey":"[0-9A-Za-z]{40}"`)
)

// plain makes the same text of each run's answer.
func (w *world) plain(text string) string {
	for i, key := range w.keys {
		text = strings.ReplaceAll(text, key, fmt.Sprintf("KEY%d", i+1))
	}
	text = masked.ReplaceAllString(text, "$1*")
	text = uuids.ReplaceAllString(text, "UUID")
	text = secret.ReplaceAllString(text, `"SecretAccessKey":"SECRET"`)
	return dates.ReplaceAllString(text, `"DATE"`)
}

// text is an output as JSON without what is absent.
func text(t *testing.T, out any) string {
	t.Helper()
	raw, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(present(value)); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}

func present(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, element := range v {
			if element == nil {
				delete(v, key)
			} else {
				v[key] = present(element)
			}
		}
	case []any:
		for i := range v {
			v[i] = present(v[i])
		}
	}
	return value
}

// TestScripts plays testdata/*.txt: a line is an operation and its input, the indented one below it the
// answer. "as KEY" changes the caller, "restart" begins anew on the same store.
func TestScripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no scripts", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			played := newWorld(t).play(t, string(raw))
			if *rewrite {
				if err := os.WriteFile(name, []byte(played), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// play plays a script and answers it with the answers that came.
func (w *world) play(t *testing.T, script string) string {
	var b strings.Builder
	lines := strings.Split(strings.TrimRight(script, "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		if strings.HasPrefix(line, "  ") {
			continue // the answer of the line above
		}
		b.WriteString(line + "\n")
		operation, input, _ := strings.Cut(line, " ")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
			continue
		case operation == "restart":
			w.open(t)
			continue
		case operation == "as":
			w.caller = input
			for i, key := range w.keys {
				if input == fmt.Sprintf("KEY%d", i+1) {
					w.caller = key
				}
			}
			continue
		}
		w.clock.Advance(time.Second)
		if input == "" {
			input = "{}"
		}
		got := w.ask(t, operation, input)
		if want := strings.TrimSpace(strings.Join(lines[min(i+1, len(lines)):min(i+2, len(lines))], "")); got != want && !*rewrite {
			t.Errorf("line %d: %s\n got %s\nwant %s", i+1, line, got, want)
		}
		b.WriteString("  " + got + "\n")
	}
	return b.String()
}
