package cli

import (
	"github.com/spf13/cobra"
)

func (p *process) experimentWatch() *cobra.Command {
	var f *fisCalls
	var asJSON bool
	command := &cobra.Command{
		Use:   "watch ID",
		Short: "Follow an experiment until it ends",
		Long: `Show the graph of an experiment's actions with their states, progress and time left, until the experiment
has ended, or until Ctrl-C. On a terminal it is drawn again as it changes; elsewhere a line is printed for
each change. The exit code says how the experiment ended, as that of 'brownout experiment run' does.`,
		Example: "  brownout experiment watch EXP1a2b3c4d5e6f7g",
		Args:    oneID("experiment"),
		RunE: func(command *cobra.Command, args []string) error {
			ctx, stop := p.watching(command.Context())
			defer stop()
			e, err := p.follow(ctx, f, args[0], asJSON)
			if err != nil && ctx.Err() != nil {
				return nil
			}
			if err != nil {
				return err
			}
			return e.exit()
		},
	}
	f = p.fisFlags(command)
	command.Flags().BoolVar(&asJSON, "json", false, "print a line of JSON for each change, and at last the experiment")
	return command
}
