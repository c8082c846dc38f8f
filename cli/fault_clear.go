package cli

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/spf13/cobra"
)

func (p *process) faultClear() *cobra.Command {
	var server endpoint
	var asJSON bool
	command := &cobra.Command{
		Use:   "clear",
		Short: "Remove all rules of the command line and the API",
		Long: `Remove all rules that the command line and the API have made. Those of experiments, of LocalStack's
Chaos API, of the rules file and of the environment stay.`,
		Example: "  brownout fault clear",
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			raw, err := server.steer(command.Context(), http.MethodDelete, rulesPath, nil)
			if err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(json.RawMessage(raw))
			}
			var cleared struct {
				Removed int `json:"removed"`
			}
			if err := readAnswer(raw, &cleared); err != nil {
				return err
			}
			if cleared.Removed == 1 {
				return p.print("Removed 1 rule.\n")
			}
			return p.print(fmt.Sprintf("Removed %d rules.\n", cleared.Removed))
		},
	}
	p.steeringFlags(command, &server)
	command.Flags().BoolVar(&asJSON, "json", false, "print the server's answer as one line of JSON")
	return command
}
