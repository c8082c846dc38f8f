package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"
)

func (p *process) faultRemove() *cobra.Command {
	var server endpoint
	var asJSON bool
	command := &cobra.Command{
		Use:   "rm ID...",
		Short: "Remove rules",
		Long: `Remove rules of the command line and the API. A rule of an experiment is refused (exit code 2): it
goes when the experiment ends. Of several ids each is tried.`,
		Example: "  brownout fault rm rule-1",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("needs the ID of a rule; 'brownout fault list' shows them")
			}
			return nil
		},
		RunE: func(command *cobra.Command, args []string) error {
			return p.removeRules(command.Context(), &server, args, asJSON)
		},
	}
	p.steeringFlags(command, &server)
	command.Flags().BoolVar(&asJSON, "json", false, "print one line of JSON")
	return command
}

func (p *process) removeRules(ctx context.Context, server *endpoint, ids []string, asJSON bool) error {
	var errs []error
	removed := []string{}
	for _, id := range ids {
		_, err := server.steer(ctx, http.MethodDelete, rulesPath+"/"+url.PathEscape(id), nil)
		var unreachable *unreachableError
		if errors.As(err, &unreachable) {
			return err
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		removed = append(removed, id)
		if !asJSON {
			if err := p.print(fmt.Sprintf("Removed %s.\n", id)); err != nil {
				return err
			}
		}
	}
	if asJSON {
		errs = append(errs, p.printJSON(map[string][]string{"removed": removed}))
	}
	return errors.Join(errs...)
}
