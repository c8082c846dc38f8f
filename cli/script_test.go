package cli_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"brownout": func() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv)) },
	})
}

// TestScripts plays the examples of testdata/script. Beside testscript's own commands they use
//
//	background PROGRAM ARG...      start a program; wait until it has printed "Ready."; BROWNOUT_URL is its server
//	logged REGEXP                  wait until the program in the background has logged such a line
//	signal TERM|INT|HUP            send it a signal
//	exited CODE                    wait for its end; its output is then in stdout and stderr
//	call OPERATION REGION BODY     make an AWS call ("dynamodb.ListTables"); the answer's status and body are in stdout
//	                               with INVOCATION-ID and 'attempt=N; max=M' behind it as an SDK's attempt
//	calling OPERATION REGION BODY  the same in the background, up to:
//	called                         wait for that call's answer
//	busy N                         wait until so many AWS calls have come in
//	first-rule                RULE is the id of the first rule
//	template-of DESCRIPTION        TEMPLATE is the id of the template with this description
//	experiment-of STATUS           EXPERIMENT is the id of the experiment with this status
//	exits CODE PROGRAM ARG...      run a program that ends with this exit code
//	beside PROGRAM ARG...          start a second program
//	beside-shows REGEXP            wait until it has printed such a line
//	beside-signal INT|TERM         send it a signal
//	beside-exited CODE             wait for its end; its output is then in stdout and stderr
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Values[scriptKey{}] = &script{}
			// The race detector makes each process that ends wait for a second; none of the commands needs it.
			env.Vars = append(env.Vars, "TERM=xterm", "GORACE=atexit_sleep_ms=10")
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"background": background, "logged": logged, "signal": sendSignal, "exited": exited,
			"call": call, "calling": calling, "called": called, "busy": busy,
			"first-rule": firstRule,
			"exits":      exits, "beside": beside, "beside-shows": besideShows, "beside-signal": besideSignal, "beside-exited": besideExited,
			"template-of": templateOf, "experiment-of": experimentOf,
		},
	})
}

type scriptKey struct{}

// script is what one script's commands share.
type script struct {
	program        *exec.Cmd
	stdout, stderr *output
	answer         chan string
	second         *exec.Cmd
	// secondOut and secondErr are the second program's output.
	secondOut, secondErr *output
}

func scriptOf(ts *testscript.TestScript) *script { return ts.Value(scriptKey{}).(*script) }

// output is what a program has printed so far; it can be waited for.
type output struct {
	mutex   sync.Mutex
	changed *sync.Cond
	text    bytes.Buffer
	ended   bool
}

func read(from io.Reader) *output {
	o := &output{}
	o.changed = sync.NewCond(&o.mutex)
	go func() {
		lines := bufio.NewReader(from)
		for {
			line, err := lines.ReadString('\n')
			o.mutex.Lock()
			o.text.WriteString(line)
			o.ended = err != nil
			o.changed.Broadcast()
			o.mutex.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return o
}

// await waits for a line; nil when the program ended without it.
func (o *output) await(line *regexp.Regexp) []string {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	for {
		if found := line.FindStringSubmatch(o.text.String()); found != nil {
			return found
		}
		if o.ended {
			return nil
		}
		o.changed.Wait()
	}
}

// all waits for the end.
func (o *output) all() string {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	for !o.ended {
		o.changed.Wait()
	}
	return o.text.String()
}

var ready = regexp.MustCompile(`(?s)\AListening on (\S+)\nReady\.\n`)

func background(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: background PROGRAM ARG...")
	}
	s := scriptOf(ts)
	path, err := exec.LookPath(args[0])
	ts.Check(err)
	s.program = exec.Command(path, args[1:]...)
	s.program.Dir = ts.Getenv("WORK")
	for _, name := range []string{
		"PATH", "HOME", "TERM", "TMPDIR", "GORACE",
		"BROWNOUT_SEED", "BROWNOUT_LISTEN", "BROWNOUT_DATA", "BROWNOUT_LOG_FORMAT", "BROWNOUT_LOG_LEVEL",
		"BROWNOUT_TOKEN", "BROWNOUT_RULES",
		"DYNAMODB_ERROR_PROBABILITY", "DYNAMODB_READ_ERROR_PROBABILITY", "DYNAMODB_WRITE_ERROR_PROBABILITY",
	} {
		s.program.Env = append(s.program.Env, name+"="+ts.Getenv(name))
	}
	stdout, err := s.program.StdoutPipe()
	ts.Check(err)
	stderr, err := s.program.StderrPipe()
	ts.Check(err)
	ts.Check(s.program.Start())
	program := s.program
	ts.Defer(func() {
		if program.ProcessState == nil {
			_ = program.Process.Kill()
			_ = program.Wait()
		}
	})
	s.stdout, s.stderr = read(stdout), read(stderr)
	found := s.stdout.await(ready)
	if found == nil {
		ts.Fatalf("%s ended before it was ready: %s%s", args[0], s.stdout.all(), s.stderr.all())
	}
	ts.Setenv("BROWNOUT_URL", found[1])
	ts.Setenv("ADDRESS", strings.TrimPrefix(found[1], "http://"))
}

func logged(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: logged REGEXP")
	}
	if scriptOf(ts).stderr.await(regexp.MustCompile("(?m)"+args[0])) == nil {
		ts.Fatalf("no such line: %s", scriptOf(ts).stderr.all())
	}
}

func sendSignal(ts *testscript.TestScript, neg bool, args []string) {
	signals := map[string]os.Signal{"INT": os.Interrupt, "TERM": syscall.SIGTERM, "KILL": os.Kill, "HUP": syscall.SIGHUP}
	if neg || len(args) != 1 || signals[args[0]] == nil {
		ts.Fatalf("usage: signal TERM|INT|KILL|HUP")
	}
	ts.Check(scriptOf(ts).program.Process.Signal(signals[args[0]]))
}

func exited(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: exited CODE")
	}
	s := scriptOf(ts)
	stdout, stderr := s.stdout.all(), s.stderr.all() // Wait closes the pipes
	err := s.program.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		ts.Fatalf("wait: %v", err)
	}
	fmt.Fprint(ts.Stdout(), stdout)
	fmt.Fprint(ts.Stderr(), stderr)
	if got := fmt.Sprint(s.program.ProcessState.ExitCode()); got != args[0] {
		ts.Fatalf("exit code %s, want %s\n%s%s", got, args[0], stdout, stderr)
	}
}

// send makes an AWS call and answers status and body.
func send(ts *testscript.TestScript, args []string) (answer func() string) {
	if len(args) != 3 && len(args) != 5 {
		ts.Fatalf("usage: call SERVICE.OPERATION REGION BODY [INVOCATION-ID 'attempt=N; max=M']")
	}
	name, operation, _ := strings.Cut(args[0], ".")
	op := catalog.Lookup(name).Operation(operation)
	request, err := http.NewRequest(op.Method, ts.Getenv("BROWNOUT_URL")+op.URI, strings.NewReader(args[2]))
	ts.Check(err)
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/"+args[1]+"/"+op.Service.SigningName+
		"/aws4_request, SignedHeaders=host, Signature=0")
	if len(args) == 5 {
		request.Header.Set("Amz-Sdk-Invocation-Id", args[3])
		request.Header.Set("Amz-Sdk-Request", args[4])
	}
	request.Header.Set("Content-Type", "application/json")
	if op.Service.TargetPrefix != "" {
		request.Header.Set("Content-Type", "application/x-amz-json-"+op.Service.JSONVersion)
		request.Header.Set("X-Amz-Target", op.Service.TargetPrefix+"."+op.Name)
	}
	return func() string {
		transport := &http.Transport{DisableKeepAlives: true}
		response, err := transport.RoundTrip(request)
		if err != nil {
			return err.Error() + "\n"
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			return err.Error() + "\n"
		}
		return fmt.Sprintf("%d\n%s\n", response.StatusCode, body)
	}
}

var experimentTemplateID = regexp.MustCompile(`"id":"(EXT\w+)"`)

func call(ts *testscript.TestScript, neg bool, args []string) {
	answer := send(ts, args)()
	fmt.Fprint(ts.Stdout(), answer)
	if found := experimentTemplateID.FindStringSubmatch(answer); found != nil {
		ts.Setenv("TEMPLATE", found[1])
	}
	if succeeded := strings.HasPrefix(answer, "2"); succeeded == neg {
		ts.Fatalf("%v: %s", args, answer)
	}
}

func calling(ts *testscript.TestScript, neg bool, args []string) {
	answer := send(ts, args)
	s := scriptOf(ts)
	s.answer = make(chan string, 1)
	go func() { s.answer <- answer() }()
}

func called(ts *testscript.TestScript, neg bool, args []string) {
	fmt.Fprint(ts.Stdout(), <-scriptOf(ts).answer)
}

func busy(ts *testscript.TestScript, neg bool, args []string) {
	want := regexp.MustCompile(fmt.Sprintf(`"calls": ?%s\b`, args[0]))
	for range 20_000 { // asking takes its time: no need to sleep
		response, err := http.Get(ts.Getenv("BROWNOUT_URL") + "/_brownout/health")
		ts.Check(err)
		body, err := io.ReadAll(response.Body)
		ts.Check(errors.Join(err, response.Body.Close()))
		if want.Match(body) {
			return
		}
	}
	ts.Fatalf("the server never had %s calls", args[0])
}

func firstRule(ts *testscript.TestScript, neg bool, args []string) {
	response, err := http.Get(ts.Getenv("BROWNOUT_URL") + "/_brownout/rules")
	ts.Check(err)
	body, err := io.ReadAll(response.Body)
	ts.Check(errors.Join(err, response.Body.Close()))
	found := regexp.MustCompile(`"id":"([^"]+)"`).FindStringSubmatch(string(body))
	if neg || len(args) > 0 || found == nil {
		ts.Fatalf("usage: first-rule; rules: %s", body)
	}
	ts.Setenv("RULE", found[1])
}
