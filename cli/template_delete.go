package cli

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"github.com/brownoutdev/brownout/aws"
)

func (p *process) templateDelete() *cobra.Command {
	var f *fisCalls
	var asJSON bool
	command := &cobra.Command{
		Use:     "delete ID",
		Short:   "Delete an experiment template",
		Long:    "Delete an experiment template. Experiments that were started from it are not touched.",
		Example: "  brownout template delete EXT1a2b3c4d5e6f7g",
		Args:    oneID("template"),
		RunE: func(command *cobra.Command, args []string) error {
			raw, err := f.call(command.Context(), "DeleteExperimentTemplate", aws.Document{"id": args[0]})
			if err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(json.RawMessage(raw))
			}
			return p.print("Deleted " + args[0] + ".\n")
		},
	}
	f = p.fisFlags(command)
	command.Flags().BoolVar(&asJSON, "json", false, "print FIS's answer as one line of JSON")
	return command
}
