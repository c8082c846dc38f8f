package cli

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

const clockPath = "/_brownout/clock"

// clock shows the server's clock; its subcommand moves it on.
func (p *process) clock() *cobra.Command {
	var server endpoint
	var asJSON bool
	command := &cobra.Command{
		Use:   "clock",
		Short: "Show the server's clock, and move it on",
		Long: `Show what the server's clock shows. Experiments, ends of rules, alarms, TTL and creation times go by it;
'brownout clock advance' moves it on, so that nobody waits for ten minutes.`,
		Example: "  brownout clock\n  brownout clock advance 10m",
		Args:    p.subcommand,
		RunE: func(command *cobra.Command, _ []string) error {
			raw, err := server.steer(command.Context(), "GET", clockPath, nil)
			if err != nil {
				return err
			}
			return p.showClock(raw, asJSON)
		},
	}
	p.steeringFlags(command, &server)
	command.Flags().BoolVar(&asJSON, "json", false, "print the server's answer as one line of JSON")
	command.AddCommand(p.clockAdvance())
	return command
}

func (p *process) showClock(raw []byte, asJSON bool) error {
	if asJSON {
		return p.printJSON(json.RawMessage(raw))
	}
	var now serverClock
	if err := readAnswer(raw, &now); err != nil {
		return err
	}
	text := "The server's clock shows " + now.Time.Format("2006-01-02 15:04:05") + " UTC"
	if ahead, err := time.ParseDuration(now.Ahead); err == nil && ahead >= time.Second {
		text += fmt.Sprintf(", %v ahead of real time", ahead.Round(time.Second))
	}
	return p.print(text + ".\n")
}
