package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/brownoutdev/brownout/aws"
)

// runFlags are what a user can say to run.
type runFlags struct {
	calls                 *fisCalls
	asJSON, preview, keep bool
	tags                  tags
}

func (p *process) experimentRun() *cobra.Command {
	r := &runFlags{}
	command := &cobra.Command{
		Use:   "run FILE",
		Short: "Create, start and follow an experiment until it ends",
		Long: `Create a template from a file (see 'brownout template'), start it, and follow the experiment until it ends.
Ctrl-C stops the experiment and waits for its end; a second one leaves it. The template is deleted
afterwards, the experiment stays.

The exit code says how it ended: 0 completed; 1 failed; 3 stopped by a stop condition, the safety lever or
somebody. 2 is a file or a template that will not do.`,
		Example: `  brownout experiment run orders.yaml
  brownout experiment run orders.yaml --preview --json`,
		Args: oneFile,
		RunE: func(command *cobra.Command, args []string) error {
			return p.runExperiment(command.Context(), r, args[0])
		},
	}
	r.calls = p.fisFlags(command)
	command.Flags().BoolVar(&r.keep, "keep", false, "leave the template on the server")
	command.Flags().BoolVar(&r.preview, "preview", false, "choose the targets and skip every action (actionsMode skip-all)")
	command.Flags().Var(&r.tags, "tag", "a tag of the experiment; may be repeated")
	command.Flags().BoolVar(&r.asJSON, "json", false, "print a line of JSON for each change, and at last the experiment")
	return command
}

func (p *process) runExperiment(ctx context.Context, r *runFlags, path string) (err error) {
	template, err := p.readTemplate(path)
	if err != nil {
		return err
	}
	signals, ignore := p.signals()
	defer ignore()
	_, made, err := r.calls.createTemplate(ctx, template)
	if err != nil {
		return refusedTemplate(path, err)
	}
	if !r.keep {
		defer func() {
			_, failed := r.calls.call(context.WithoutCancel(ctx), "DeleteExperimentTemplate", aws.Document{"id": made.ID})
			var unreachable *unreachableError
			if failed == nil || errors.As(failed, &unreachable) && errors.As(err, &unreachable) {
				return // the command's own error says that the server has gone
			}
			fmt.Fprintf(p.stderr, "brownout experiment run: the template %s could not be deleted: %s\n", made.ID, oneLine(failed))
		}()
	}
	select {
	case s := <-signals:
		return exitOf(s)
	default:
	}
	_, started, err := r.calls.start(ctx, made.ID, r.preview, r.tags)
	if err != nil {
		return err
	}
	following, leave := context.WithCancel(ctx)
	defer leave()
	left := p.stopOn(following, signals, r.calls, started.ID, leave)
	e, err := p.follow(following, r.calls, started.ID, r.asJSON)
	if err == nil {
		return e.exit()
	}
	select {
	case s := <-left:
		return exitOf(s)
	default:
	}
	var unreachable *unreachableError
	if errors.As(err, &unreachable) {
		return &lostError{started.ID, unreachable}
	}
	return err
}

// lostError says that the server went away while an experiment was followed.
type lostError struct {
	id    string
	cause *unreachableError
}

// Error implements error.
func (e *lostError) Error() string {
	return fmt.Sprintf("lost sight of %s, since no server answers at %s any more (%s). One without --data has ended its experiments; "+
		"one with --data goes on with them when it is started again: 'brownout experiment watch %s'", e.id, e.cause.URL, reason(e.cause.Cause), e.id)
}

func (e *lostError) Unwrap() error { return e.cause }

// stopOn stops an experiment at the first signal, and at the second leaves it: then the signal is sent.
func (p *process) stopOn(ctx context.Context, signals <-chan os.Signal, f *fisCalls, id string, leave func()) <-chan os.Signal {
	left := make(chan os.Signal, 1)
	go func() {
		for asked := false; ; asked = true {
			select {
			case <-ctx.Done():
				return
			case s := <-signals:
				if asked {
					left <- s
					leave()
					return
				}
			}
			fmt.Fprintf(p.stderr, "brownout experiment run: stopping %s; once more leaves it as it is\n", id)
			go func() {
				if _, err := f.call(ctx, "StopExperiment", aws.Document{"id": id}); err != nil && ctx.Err() == nil {
					fmt.Fprintf(p.stderr, "brownout experiment run: %s could not be stopped: %s\n", id, oneLine(err))
				}
			}()
		}
	}()
	return left
}
