package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

func (p *process) faultList() *cobra.Command {
	var server endpoint
	var asJSON bool
	command := &cobra.Command{
		Use:   "list",
		Short: "List all rules with what came of them",
		Long: `List the rules of the server, whoever made them: the command line (cli), the API, experiments
(whose rules are called EXPERIMENT/ACTION), LocalStack's Chaos API (chaos), the rules file and the environment. HITS are calls that
got the fault, MISSES matching calls that the schedule let pass.`,
		Example: "  brownout fault list --json",
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			raw, err := server.steer(command.Context(), http.MethodGet, rulesPath, nil)
			if err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(json.RawMessage(raw))
			}
			var listed struct {
				Rules []shownRule `json:"rules"`
			}
			if err := readAnswer(raw, &listed); err != nil {
				return err
			}
			return p.print(listRules(listed.Rules))
		},
	}
	p.steeringFlags(command, &server)
	command.Flags().BoolVar(&asJSON, "json", false, "print the server's answer as one line of JSON")
	return command
}

func listRules(rules []shownRule) string {
	if len(rules) == 0 {
		return "There are no rules: no call is made to fail.\n"
	}
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tOWNER\tSEED\tHITS\tMISSES\tRULE")
	for _, r := range rules {
		note := ""
		if r.Note != "" {
			note = " It " + r.Note + "."
		}
		owner := r.Owner
		if owner == r.ID && strings.Contains(owner, "/") { // EXPERIMENT/ACTION, which stands to the left already
			owner = "experiment"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\t%s%s\n", r.ID, owner, r.Seed, r.Hits, r.Misses, r.Summary, note)
	}
	_ = table.Flush() // a strings.Builder takes everything
	return text.String()
}
