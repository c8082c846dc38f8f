package cli

import (
	"github.com/spf13/cobra"

	"github.com/brownoutdev/brownout/aws"
)

func (p *process) templateList() *cobra.Command {
	var f *fisCalls
	var asJSON bool
	command := &cobra.Command{
		Use:     "list",
		Short:   "List the experiment templates",
		Example: "  brownout template list --json",
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			list, err := f.all(command.Context(), "ListExperimentTemplates", "experimentTemplates", aws.Document{})
			if err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(map[string]any{"experimentTemplates": notNil(list)})
			}
			text, err := listTemplates(list)
			if err != nil {
				return err
			}
			return p.print(text)
		},
	}
	f = p.fisFlags(command)
	command.Flags().BoolVar(&asJSON, "json", false, "print one line of JSON, as FIS answers it")
	return command
}

// notNil is the list; an empty one is [] in JSON.
func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
