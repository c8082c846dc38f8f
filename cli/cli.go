// Package cli is the command line: a file per subcommand. Its contract (output, exit codes, flags,
// BROWNOUT_* variables) is what scripts rely on; the scripts in testdata show it by example.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
	// exitSignal and the number of the signal make the code of a process that would not wait for its end.
	exitSignal = 128
)

// Main runs one command and answers its exit code: 0 done, 1 failed, 2 used wrongly. args are without
// the program's name; env is os.Getenv, or a test's.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer, env func(string) string) int {
	p := &process{stdin: stdin, stdout: stdout, stderr: stderr, env: env}
	root := p.root()
	if args == nil {
		args = []string{} // cobra takes nil for os.Args
	}
	root.SetArgs(args)
	command, err := root.ExecuteC()
	return p.report(command, err)
}

// process is what a command sees of the world around it.
type process struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	env            func(string) string

	// origins are where the running command's flags come from, config the configuration file that was read.
	origins origins
	config  string
}

func (p *process) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "brownout",
		Short: "AWS calls that fail on purpose, on your machine",
		Long: `Brownout answers AWS calls on port 4566, serves the AWS FIS API, keeps DynamoDB tables,
and makes calls fail as FIS experiments say.`,
		Example: `  brownout start            answer AWS calls on http://127.0.0.1:4566
  eval "$(brownout env)"    point this shell's AWS tools at it
  brownout demo             see the whole story in a few seconds`,
		Args:              p.subcommand,
		RunE:              func(command *cobra.Command, _ []string) error { return command.Help() },
		PersistentPreRunE: func(command *cobra.Command, _ []string) error { return p.readSettings(command) },
		SilenceErrors:     true,
		SilenceUsage:      true,
	}
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	root.SetFlagErrorFunc(flagError)
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetHelpCommand(p.help())
	root.AddCommand(p.start(), p.configuration(), p.demo(), p.environment(), p.fault(), p.template(), p.experiment(), p.clock(), p.dynamodb(), p.tail(), p.status(), p.services(), p.version(), p.reference())
	return root
}

// report prints what went wrong, and answers the exit code.
func (p *process) report(command *cobra.Command, err error) int {
	var usage *usageError
	var refused *refusedError
	var exit exitCode
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &exit):
		return int(exit)
	case errors.As(err, &usage):
		fmt.Fprintf(p.stderr, "%s: %v\nRun '%s --help' for usage.\n", command.CommandPath(), err, command.CommandPath())
		return exitUsage
	}
	fmt.Fprintf(p.stderr, "%s: %v\n", command.CommandPath(), err)
	if errors.As(err, &refused) {
		return exitUsage
	}
	return exitFailed
}

// exitCode ends the command with this code; what there was to say has been said.
type exitCode int

// Error implements error.
func (e exitCode) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// signals are the requests to end that the process gets from now on, until stop.
func (p *process) signals() (signals <-chan os.Signal, stop func()) {
	received := make(chan os.Signal, 2)
	signal.Notify(received, os.Interrupt, syscall.SIGTERM)
	return received, func() { signal.Stop(received) }
}

// watching is a context that ends when somebody has seen enough, which is no error: by a signal, or by stop.
func (p *process) watching(parent context.Context) (ctx context.Context, stop func()) {
	return signal.NotifyContext(parent, os.Interrupt, syscall.SIGTERM)
}

// hangups are the SIGHUPs that the process gets from now on, until stop. (Windows has none.)
func (p *process) hangups() (hangups <-chan os.Signal, stop func()) {
	received := make(chan os.Signal, 1)
	signal.Notify(received, syscall.SIGHUP)
	return received, func() { signal.Stop(received) }
}

// exitOf is the exit code that shells give to a process that a signal ended.
func exitOf(s os.Signal) exitCode {
	if number, ok := s.(syscall.Signal); ok {
		return exitCode(exitSignal + int(number))
	}
	return exitFailed
}
