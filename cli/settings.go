package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/brownoutdev/brownout/cli/config"
)

// variableAnnotation marks flags that an environment variable can set, too.
const variableAnnotation = "brownout.variable"

// configFlag is the flag that names a configuration file.
const configFlag = "config"

// configFiles are looked for in the working folder.
var configFiles = [...]string{"brownout.yaml", "brownout.yml"}

// setting adds a flag that the variable BROWNOUT_NAME sets, too, and says so in its help.
func setting(command *cobra.Command, value pflag.Value, name, text string) {
	flags := command.Flags()
	variable := "BROWNOUT_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
	flags.Var(value, name, text+" ("+variable+")")
	flags.Lookup(name).Annotations = map[string][]string{variableAnnotation: {variable}}
}

// origin is where a flag's value comes from.
type origin struct {
	// Kind is "flag", "environment", "file" or "default".
	Kind string
	// Name is the flag, the variable, or FILE:LINE.
	Name string
}

// origins are those of the flags that were set, by the flag's name.
type origins map[string]origin

// readSettings sets the flags that the command line left alone: from the environment, else from the
// configuration file of commands that have one. An empty variable counts as unset.
func (p *process) readSettings(command *cobra.Command) error {
	p.origins = origins{}
	var wrong error
	command.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Changed {
			p.origins[f.Name] = origin{"flag", "--" + f.Name}
			return
		}
		names := f.Annotations[variableAnnotation]
		if wrong != nil || len(names) == 0 {
			return
		}
		text := p.env(names[0])
		if text == "" {
			return
		}
		if err := f.Value.Set(text); err != nil {
			wrong = wrongValue(names[0], text, err)
		}
		p.origins[f.Name] = origin{"environment", names[0]}
	})
	if wrong != nil || command.Flags().Lookup(configFlag) == nil {
		return wrong
	}
	return p.readConfig(command)
}

// readConfig sets what neither the command line nor the environment has set from the configuration file.
func (p *process) readConfig(command *cobra.Command) error {
	read, err := openConfig(command.Flags().Lookup(configFlag).Value.String())
	if err != nil || read == nil {
		return err
	}
	p.config = read.Path
	for _, s := range read.Settings {
		f := command.Flags().Lookup(s.Key)
		if f == nil || len(f.Annotations[variableAnnotation]) == 0 || s.Key == configFlag {
			return unknownKey(command, read, s)
		}
		if err := p.take(read, s, f); err != nil {
			return err
		}
	}
	return nil
}

// openConfig answers nil when no file was named and none lies in the working folder.
func openConfig(name string) (*config.File, error) {
	var about *config.Error
	if name != "" {
		read, err := config.Read(name)
		if errors.As(err, &about) {
			return nil, usage("%v", err)
		}
		return read, err
	}
	var found *config.File
	for _, name := range configFiles {
		read, err := config.Read(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, usage("%v", err)
		case found != nil:
			return nil, usage("there are both %s and %s; remove one, or name one with --%s", found.Path, read.Path, configFlag)
		default:
			found = read
		}
	}
	return found, nil
}

func unknownKey(command *cobra.Command, read *config.File, s config.Setting) error {
	if s.Key == configFlag {
		return usage("%v", read.Wrong(s, s.Line, "names the file itself, so it cannot stand in it"))
	}
	names := settingsOf(command)
	return usage("%v", read.Wrong(s, s.Line, "there is no such setting%s", suggest(nearest(s.Key, names), names)))
}

// settingsOf are the names of the flags that a configuration file may set.
func settingsOf(command *cobra.Command) []string {
	var names []string
	command.Flags().VisitAll(func(f *pflag.Flag) {
		if len(f.Annotations[variableAnnotation]) > 0 && f.Name != configFlag {
			names = append(names, f.Name)
		}
	})
	return names
}

// take sets a flag from the configuration file, unless the command line or the environment has.
func (p *process) take(read *config.File, s config.Setting, f *pflag.Flag) error {
	_, several := f.Value.(interface{ list() []string })
	_, named := f.Value.(interface{ named() })
	switch {
	case s.Form == config.List && !several:
		return usage("%v", read.Wrong(s, s.Line, "takes one value, not a list"))
	case s.Form == config.Mapping && !named:
		return usage("%v", read.Wrong(s, s.Line, "takes a value, not a mapping"))
	case len(s.Values) == 0:
		return nil
	}
	if _, set := p.origins[f.Name]; set {
		return nil
	}
	for _, v := range s.Values {
		if err := f.Value.Set(beside(read.Path, v.Text, f.Value)); err != nil {
			return wrongValue(fmt.Sprintf("%s:%d: %s", read.Path, v.Line, s.Key), v.Text, err)
		}
	}
	p.origins[f.Name] = origin{"file", fmt.Sprintf("%s:%d", read.Path, s.Line)}
	return nil
}

// beside makes a path that stands in a configuration file relative to the file's folder.
func beside(file, text string, value pflag.Value) string {
	if !slices.Contains([]string{"DIR", "FILE"}, value.Type()) || text == "" || filepath.IsAbs(text) {
		return text
	}
	return filepath.Join(filepath.Dir(file), text)
}
