package cli

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"
)

func (p *process) templateCreate() *cobra.Command {
	var f *fisCalls
	var asJSON bool
	command := &cobra.Command{
		Use:     "create FILE",
		Short:   "Create an experiment template from a file",
		Long:    "Create an experiment template. What FIS refuses is exit code 2, with FIS's reason; 'brownout template lint' says\nall that is wrong with a file at once.",
		Example: "  brownout template create orders.yaml",
		Args:    oneFile,
		RunE: func(command *cobra.Command, args []string) error {
			template, err := p.readTemplate(args[0])
			if err != nil {
				return err
			}
			raw, made, err := f.createTemplate(command.Context(), template)
			if err != nil {
				return refusedTemplate(args[0], err)
			}
			if asJSON {
				return p.printJSON(json.RawMessage(raw))
			}
			return p.print(fmt.Sprintf("%s: %s\nTo start it: brownout experiment start %s\n", made.ID, made.Description, made.ID))
		},
	}
	f = p.fisFlags(command)
	command.Flags().BoolVar(&asJSON, "json", false, "print FIS's answer as one line of JSON")
	return command
}
