package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// variableAnnotation marks flags that an environment variable can set, too.
const variableAnnotation = "brownout.variable"

// setting adds a flag that the variable BROWNOUT_NAME sets, too, and says so in its help.
func setting(command *cobra.Command, value pflag.Value, name, text string) {
	flags := command.Flags()
	variable := "BROWNOUT_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
	flags.Var(value, name, text+" ("+variable+")")
	flags.Lookup(name).Annotations = map[string][]string{variableAnnotation: {variable}}
}

// readEnvironment sets the flags that the command line left alone. An empty variable counts as unset.
func (p *process) readEnvironment(command *cobra.Command) error {
	var wrong error
	command.Flags().VisitAll(func(f *pflag.Flag) {
		names := f.Annotations[variableAnnotation]
		if wrong != nil || f.Changed || len(names) == 0 {
			return
		}
		text := p.env(names[0])
		if text == "" {
			return
		}
		if err := f.Value.Set(text); err != nil {
			wrong = wrongValue(names[0], text, err)
		}
	})
	return wrong
}
