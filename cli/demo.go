package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/brownoutdev/brownout/cli/demo"
)

func (p *process) demo() *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:   "demo",
		Short: "Play the whole story: calls that fail, and work again",
		Long: `Start a server on a free port, make DynamoDB calls fail through FIS experiments, and check that each
step does what it says. Needs nothing, leaves nothing behind, and takes a few seconds.`,
		Example: "  brownout demo --json",
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			return p.playDemo(command.Context(), asJSON)
		},
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print a JSON object per line for each event")
	return command
}

func (p *process) playDemo(ctx context.Context, asJSON bool) error {
	signals, stop := p.signals()
	defer stop()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case got := <-signals:
			cancel(&interrupted{got})
		case <-ctx.Done():
		}
	}()

	show := &demoPrinter{process: p, asJSON: asJSON, failed: cancel}
	ok, err := demo.Run(ctx, thisBuild().Version, show.event)
	var by *interrupted
	switch cause := context.Cause(ctx); {
	case errors.As(cause, &by):
		return exitOf(by.signal)
	case cause != nil:
		return cause // standard output is gone
	case err != nil:
		return fmt.Errorf("the demo could not go on: %w", err)
	case !ok:
		return exitCode(exitFailed)
	}
	return nil
}

// interrupted is a signal that ended the demo.
type interrupted struct{ signal os.Signal }

// Error implements error.
func (i *interrupted) Error() string { return i.signal.String() }

// demoPrinter shows the demo's events as they happen.
type demoPrinter struct {
	process *process
	asJSON  bool
	failed  func(error)
}

func (d *demoPrinter) event(e demo.Event) {
	colour := demo.Plain
	if d.process.coloured(d.process.stdout) {
		colour = demo.ANSI
	}
	var err error
	if d.asJSON {
		err = d.process.printJSON(e)
	} else {
		err = d.process.print(e.Text(colour))
	}
	if err != nil {
		d.failed(err)
	}
}
