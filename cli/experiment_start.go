package cli

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"
)

func (p *process) experimentStart() *cobra.Command {
	var f *fisCalls
	var asJSON, preview bool
	var tagged tags
	command := &cobra.Command{
		Use:     "start TEMPLATE-ID",
		Short:   "Start an experiment",
		Long:    "Start an experiment from a template of the server, and do not wait for its end.",
		Example: "  brownout experiment start EXT1a2b3c4d5e6f7g",
		Args:    oneID("template"),
		RunE: func(command *cobra.Command, args []string) error {
			raw, started, err := f.start(command.Context(), args[0], preview, tagged)
			if err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(json.RawMessage(raw))
			}
			return p.print(fmt.Sprintf("%s\nTo follow it: brownout experiment watch %s\n", started.headline(p.drawing(noTime)), started.ID))
		},
	}
	f = p.fisFlags(command)
	command.Flags().BoolVar(&preview, "preview", false, "choose the targets and skip every action (actionsMode skip-all)")
	command.Flags().Var(&tagged, "tag", "a tag of the experiment; may be repeated")
	command.Flags().BoolVar(&asJSON, "json", false, "print FIS's answer as one line of JSON")
	return command
}
