package cli

import (
	"github.com/spf13/cobra"
)

func (p *process) clockAdvance() *cobra.Command {
	var server endpoint
	var asJSON bool
	command := &cobra.Command{
		Use:   "advance DURATION",
		Short: "Move the server's clock on",
		Long: `Move the server's clock on, by a duration such as 90s, 10m, 1h30m or PT10M. What falls due meanwhile has been
done when the command ends: an experiment that was to last 5 minutes more has ended.`,
		Example: "  brownout clock advance 10m",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("takes one duration, such as 10m, but got %d arguments", len(args))
			}
			return nil
		},
		RunE: func(command *cobra.Command, args []string) error {
			raw, err := server.steer(command.Context(), "POST", clockPath, map[string]string{"advance": args[0]})
			if err != nil {
				return err
			}
			return p.showClock(raw, asJSON)
		},
	}
	p.steeringFlags(command, &server)
	command.Flags().BoolVar(&asJSON, "json", false, "print the server's answer as one line of JSON")
	return command
}
