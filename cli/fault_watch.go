package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/brownoutdev/brownout/clock"
)

// watchStep is how often the server is asked.
const watchStep = 500 * time.Millisecond

func (p *process) faultWatch() *cobra.Command {
	var server endpoint
	var asJSON bool
	command := &cobra.Command{
		Use:   "watch",
		Short: "Show rules hit as it happens",
		Long: `Show all rules with their counters, until Ctrl-C. On a terminal the list is drawn again when it
changes; elsewhere a line is printed for each rule that is new, has been hit or missed, or has gone.`,
		Example: "  brownout fault watch",
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			ctx, stop := p.watching(command.Context())
			defer stop()
			return p.watchRules(ctx, &server, asJSON)
		},
	}
	p.steeringFlags(command, &server)
	command.Flags().BoolVar(&asJSON, "json", false, "print a line of JSON for each change")
	return command
}

// watchRules goes on until ctx is done, or the server has ended.
func (p *process) watchRules(ctx context.Context, server *endpoint, asJSON bool) error {
	w := &ruleWatch{process: p, asJSON: asJSON, redraw: !asJSON && p.coloured(p.stdout), last: map[string]shownRule{}}
	for first := true; ; first = false {
		raw, err := server.steer(ctx, http.MethodGet, rulesPath, nil)
		var unreachable *unreachableError
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.As(err, &unreachable) && !first:
			fmt.Fprintf(p.stderr, "brownout fault watch: the server at %s has ended\n", server.orDefault())
			return nil
		case err != nil:
			return err
		}
		var listed struct {
			Rules []shownRule `json:"rules"`
		}
		if err := readAnswer(raw, &listed); err != nil {
			return err
		}
		if err := w.show(listed.Rules, first); err != nil {
			return err
		}
		if (clock.Real{}).Sleep(ctx, watchStep) != nil {
			return nil
		}
	}
}

// ruleWatch shows what has changed since the last look.
type ruleWatch struct {
	process        *process
	asJSON, redraw bool
	last           map[string]shownRule
}

// ruleChange is what the JSON form says of a rule.
type ruleChange struct {
	ID      string `json:"id"`
	Owner   string `json:"owner"`
	Hits    uint64 `json:"hits"`
	Misses  uint64 `json:"misses"`
	Removed bool   `json:"removed,omitempty"`
	Summary string `json:"summary"`
}

func (w *ruleWatch) show(rules []shownRule, first bool) error {
	now := make(map[string]shownRule, len(rules))
	var changes []ruleChange
	for _, r := range rules {
		now[r.ID] = r
		if old, known := w.last[r.ID]; !known || old.Hits != r.Hits || old.Misses != r.Misses || old.Summary != r.Summary {
			changes = append(changes, ruleChange{ID: r.ID, Owner: r.Owner, Hits: r.Hits, Misses: r.Misses, Summary: r.Summary})
		}
	}
	for id, r := range w.last {
		if _, there := now[id]; !there {
			changes = append(changes, ruleChange{ID: id, Owner: r.Owner, Hits: r.Hits, Misses: r.Misses, Removed: true, Summary: r.Summary})
		}
	}
	w.last = now
	switch {
	case w.redraw:
		if !first && len(changes) == 0 {
			return nil
		}
		return w.process.print("\x1b[H\x1b[2J" + listRules(rules)) // to the top, and clear
	case w.asJSON:
		for _, c := range changes {
			if err := w.process.printJSON(c); err != nil {
				return err
			}
		}
		return nil
	}
	if first && len(rules) == 0 {
		return w.process.print("There are no rules yet.\n")
	}
	var text strings.Builder
	for _, c := range changes {
		what := fmt.Sprintf("hits %d, misses %d", c.Hits, c.Misses)
		if c.Removed {
			what = "has gone, " + what
		}
		fmt.Fprintf(&text, "%s (%s): %s: %s\n", c.ID, c.Owner, what, c.Summary)
	}
	return w.process.print(text.String())
}
