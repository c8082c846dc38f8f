package cli

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"github.com/brownoutdev/brownout/aws"
)

func (p *process) experimentStop() *cobra.Command {
	var f *fisCalls
	var asJSON bool
	command := &cobra.Command{
		Use:     "stop ID",
		Short:   "Stop an experiment",
		Long:    "Stop an experiment: its faults are out when the command ends. What has to be undone beyond that may go on.",
		Example: "  brownout experiment stop EXP1a2b3c4d5e6f7g",
		Args:    oneID("experiment"),
		RunE: func(command *cobra.Command, args []string) error {
			raw, err := f.call(command.Context(), "StopExperiment", aws.Document{"id": args[0]})
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
			return p.print(e.headline(p.drawing(noTime)) + "\n")
		},
	}
	f = p.fisFlags(command)
	command.Flags().BoolVar(&asJSON, "json", false, "print FIS's answer as one line of JSON")
	return command
}
