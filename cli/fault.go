package cli

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/brownoutdev/brownout/fault"
)

// fault is the parent of the commands about rules, a file each.
func (p *process) fault() *cobra.Command {
	command := &cobra.Command{
		Use:   "fault",
		Short: "Make calls fail, and see which did",
		Long: `Add fault rules to a running server, list them, watch them hit, and remove them. The rules end with
the server; for rules that stay, see 'brownout start --rules FILE'.`,
		Example: `  brownout fault add dynamodb.PutItem throttle --share 30% --for 5m
  brownout fault list`,
		Args: p.subcommand,
		RunE: func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	command.AddCommand(p.faultAdd(), p.faultList(), p.faultRemove(), p.faultClear(), p.faultWatch())
	return command
}

// shownRule is a rule as the server shows it.
type shownRule struct {
	ID      string          `json:"id"`
	Owner   string          `json:"owner"`
	Seed    json.Number     `json:"seed"`
	Matched uint64          `json:"matched"`
	Hits    uint64          `json:"hits"`
	Misses  uint64          `json:"misses"`
	Summary string          `json:"summary"`
	Note    string          `json:"note"`
	Effect  json.RawMessage `json:"effect"`
	When    fault.When      `json:"when"`
}

// readAnswer reads a server's answer.
func readAnswer(raw []byte, into any) error {
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("the server's answer: %w", err)
	}
	return nil
}
