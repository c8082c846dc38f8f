package cli

import "github.com/spf13/cobra"

// help is "brownout help COMMAND": the same as --help, but a command that is not there is an error.
func (p *process) help() *cobra.Command {
	return &cobra.Command{
		Use:                   "help [COMMAND]",
		Short:                 "Say what a command does",
		Example:               "  brownout help start",
		DisableFlagsInUseLine: true,
		RunE: func(command *cobra.Command, args []string) error {
			about, rest, err := command.Root().Find(args)
			if err != nil {
				return usage("%v", err)
			}
			if about == command.Root() && len(rest) > 0 {
				return p.subcommand(about, rest)
			}
			return about.Help()
		},
	}
}
