package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/brownoutdev/brownout/control"
)

func (p *process) status() *cobra.Command {
	var server endpoint
	var asJSON bool
	command := &cobra.Command{
		Use:     "status",
		Short:   "Say how a running server is",
		Example: "  brownout status --url http://127.0.0.1:4566 --json",
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			h, raw, err := askHealth(command.Context(), server.orDefault())
			switch {
			case err == nil && asJSON:
				return p.printJSON(json.RawMessage(raw))
			case err == nil:
				return p.print(h.text(server.orDefault()))
			case asJSON:
				return errors.Join(err, p.printJSON(map[string]string{"status": "unreachable", "url": server.orDefault(), "error": err.Error()}))
			}
			return err
		},
	}
	p.serverFlag(command, &server)
	command.Flags().BoolVar(&asJSON, "json", false, "print the server's answer as one line of JSON")
	return command
}

func (h *health) text(server string) string {
	var text strings.Builder
	fmt.Fprintf(&text, "Brownout %s at %s: %s\n", h.Version, server, h.Status)
	fmt.Fprintf(&text, "  up        %v\n", time.Duration(h.UptimeSeconds)*time.Second)
	fmt.Fprintf(&text, "  calls     %d\n", h.Calls)
	fmt.Fprintf(&text, "  rules     %d\n", h.Rules)
	fmt.Fprintf(&text, "  seed      %s\n", h.Seed)
	fmt.Fprintf(&text, "  data      %s\n", h.Data)
	states := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(h.Services)) {
		states[h.Services[name]] = append(states[h.Services[name]], name)
	}
	label := "services"
	for _, state := range slices.Sorted(maps.Keys(states)) {
		fmt.Fprintf(&text, "  %-9s %s: %s\n", label, state, strings.Join(states[state], ", "))
		label = ""
	}
	for i, u := range h.Upstreams {
		label = "upstreams"
		if i > 0 {
			label = ""
		}
		fmt.Fprintf(&text, "  %-9s %s\n", label, upstreamText(u))
	}
	return text.String()
}

// upstreamText is one line: where, what for, and how it does.
func upstreamText(u control.Upstream) string {
	what := strings.Join(u.Services, ", ")
	if len(u.Services) == 1 && u.Services[0] == control.AllOthers {
		what = "all others"
	}
	text := fmt.Sprintf("%s (%s): %s, %d calls", u.URL, what, u.State, u.Calls)
	if u.Errors > 0 {
		text += fmt.Sprintf(", %d failed", u.Errors)
	}
	if u.Calls > u.Errors {
		text += fmt.Sprintf(", %.3g ms", u.LatencyMS)
	}
	if u.State == control.Unreachable {
		text += "; " + u.LastError
	}
	return text
}
