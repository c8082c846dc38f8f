package cli_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// programOf is a program with the script's folder and variables.
func programOf(ts *testscript.TestScript, args []string) *exec.Cmd {
	path, err := exec.LookPath(args[0])
	ts.Check(err)
	program := exec.Command(path, args[1:]...)
	program.Dir = ts.MkAbs(".")
	for _, name := range []string{"PATH", "HOME", "TERM", "TMPDIR", "GORACE", "BROWNOUT_URL", "AWS_REGION", "BROWNOUT_TOKEN"} {
		if value := ts.Getenv(name); value != "" {
			program.Env = append(program.Env, name+"="+value)
		}
	}
	return program
}

// judge compares a program's exit code and shows its output.
func judge(ts *testscript.TestScript, program *exec.Cmd, err error, want, stdout, stderr string) {
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		ts.Fatalf("%v", err)
	}
	fmt.Fprint(ts.Stdout(), stdout)
	fmt.Fprint(ts.Stderr(), stderr)
	if got := fmt.Sprint(program.ProcessState.ExitCode()); got != want {
		ts.Fatalf("%s: exit code %s, want %s\n%s%s", strings.Join(program.Args, " "), got, want, stdout, stderr)
	}
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARG...")
	}
	program := programOf(ts, args[1:])
	var stdout, stderr bytes.Buffer
	program.Stdout, program.Stderr = &stdout, &stderr
	err := program.Run()
	judge(ts, program, err, args[0], stdout.String(), stderr.String())
}

func beside(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: beside PROGRAM ARG...")
	}
	s := scriptOf(ts)
	program := programOf(ts, args)
	stdout, err := program.StdoutPipe()
	ts.Check(err)
	stderr, err := program.StderrPipe()
	ts.Check(err)
	ts.Check(program.Start())
	s.second, s.secondOut, s.secondErr = program, read(stdout), read(stderr)
	ts.Defer(func() {
		if program.ProcessState == nil {
			_ = program.Process.Kill()
			_ = program.Wait()
		}
	})
}

func besideSignal(ts *testscript.TestScript, neg bool, args []string) {
	signals := map[string]os.Signal{"INT": os.Interrupt, "TERM": syscall.SIGTERM}
	if neg || len(args) != 1 || signals[args[0]] == nil {
		ts.Fatalf("usage: beside-signal TERM|INT")
	}
	ts.Check(scriptOf(ts).second.Process.Signal(signals[args[0]]))
}

func besideExited(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: beside-exited CODE")
	}
	s := scriptOf(ts)
	stdout, stderr := s.secondOut.all(), s.secondErr.all() // Wait closes the pipes
	judge(ts, s.second, s.second.Wait(), args[0], stdout, stderr)
}

func besideShows(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: beside-shows REGEXP")
	}
	if scriptOf(ts).secondOut.await(regexp.MustCompile("(?m)"+args[0])) == nil {
		ts.Fatalf("no such line: %s", scriptOf(ts).secondOut.all())
	}
}

func templateOf(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: template-of DESCRIPTION")
	}
	found := shown(ts, "template", `^(EXT\w+) .*`+regexp.QuoteMeta(args[0]))
	ts.Setenv("TEMPLATE", found)
}

func experimentOf(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: experiment-of STATUS")
	}
	found := shown(ts, "experiment", `^(EXP\w+) .* `+regexp.QuoteMeta(args[0])+" ")
	ts.Setenv("EXPERIMENT", found)
}

// shown finds an id in what a list command shows.
func shown(ts *testscript.TestScript, command, line string) string {
	program := programOf(ts, []string{"brownout", command, "list"})
	out, err := program.Output()
	ts.Check(err)
	found := regexp.MustCompile("(?m)" + line).FindSubmatch(out)
	if found == nil {
		ts.Fatalf("no %s in %s", line, out)
	}
	return string(found[1])
}
