package cli

import (
	"github.com/spf13/cobra"

	"github.com/brownoutdev/brownout/aws"
)

func (p *process) experimentList() *cobra.Command {
	var f *fisCalls
	var asJSON bool
	var template string
	command := &cobra.Command{
		Use:     "list",
		Short:   "List the experiments with their states",
		Example: "  brownout experiment list --template EXT1a2b3c4d5e6f7g",
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			in := aws.Document{}
			if template != "" {
				in["experimentTemplateId"] = template
			}
			list, err := f.all(command.Context(), "ListExperiments", "experiments", in)
			if err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(map[string]any{"experiments": notNil(list)})
			}
			text, err := listExperiments(list)
			if err != nil {
				return err
			}
			return p.print(text)
		},
	}
	f = p.fisFlags(command)
	command.Flags().StringVar(&template, "template", "", "only experiments of this template")
	command.Flags().BoolVar(&asJSON, "json", false, "print one line of JSON, as FIS answers it")
	return command
}
