package cli

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"github.com/brownoutdev/brownout/aws"
)

func (p *process) experimentShow() *cobra.Command {
	var f *fisCalls
	var asJSON bool
	command := &cobra.Command{
		Use:     "show ID",
		Short:   "Show an experiment with its actions",
		Example: "  brownout experiment show EXP1a2b3c4d5e6f7g",
		Args:    oneID("experiment"),
		RunE: func(command *cobra.Command, args []string) error {
			raw, err := f.call(command.Context(), "GetExperiment", aws.Document{"id": args[0]})
			if err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(json.RawMessage(raw))
			}
			e, err := readExperiment(raw)
			if err != nil {
				return err
			}
			now, err := f.server.clock(command.Context())
			if err != nil {
				return err
			}
			return p.print(e.text(p.drawing(now.Time)))
		},
	}
	f = p.fisFlags(command)
	command.Flags().BoolVar(&asJSON, "json", false, "print FIS's answer as one line of JSON")
	return command
}
