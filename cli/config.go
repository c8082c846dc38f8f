package cli

import (
	"regexp"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func (p *process) configuration() *cobra.Command {
	flags := &startFlags{}
	var asJSON bool
	command := &cobra.Command{
		Use:   "config",
		Short: "Show the settings that start would obey, and where they come from",
		Long: `Print every setting with its value and where that comes from: a flag of this command line, the
environment, the configuration file (with the line), or the default. The settings are those of start, and are
judged as start judges them; nothing is started. What is secret is not shown.

The configuration file is YAML (or JSON, which is YAML, too): brownout.yaml in the working folder, or what --config
names. Its keys are the names of start's flags; what may be repeated is a list, and upstream and identity
may be mappings:

  listen: 127.0.0.1:4566
  upstream:
    default: http://127.0.0.1:4567
    s3: http://127.0.0.1:9000
  serve: [dynamodb, sts]
  identity:
    AKIAIOSFODNN7EXAMPLE: arn:aws:iam::123456789012:role/Orders

A flag wins over the environment, the environment over the file. The winner replaces the whole setting: lists
are not put together. Paths in the file are relative to the file's folder.`,
		Example: `  brownout config
  brownout config --config staging.yaml --json | jq .settings.upstream`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			settings := p.settings(command)
			if asJSON {
				return p.printJSON(settings)
			}
			return p.print(settings.text())
		},
	}
	flags.add(command)
	command.Flags().BoolVar(&asJSON, "json", false, "print one line of JSON")
	return command
}

// settings are all settings in force.
type settings struct {
	// File is the configuration file that was read; empty: none.
	File     string             `json:"file"`
	Settings map[string]inForce `json:"settings"`
}

// inForce is one setting.
type inForce struct {
	// Value is a string, or a list of strings for what may be repeated.
	Value any `json:"value"`
	// Source is "flag", "environment", "file" or "default".
	Source string `json:"source"`
	// From is the flag, the variable, or FILE:LINE.
	From string `json:"from,omitempty"`
}

// hidden stands for the value of a secret.
const hidden = "********"

// settings are the command's flags, and what the environment says besides.
func (p *process) settings(command *cobra.Command) *settings {
	all := &settings{File: p.config, Settings: map[string]inForce{}}
	command.Flags().VisitAll(func(f *pflag.Flag) {
		if len(f.Annotations[variableAnnotation]) == 0 || f.Name == configFlag {
			return
		}
		from, set := p.origins[f.Name]
		if !set {
			from.Kind = "default"
		}
		all.Settings[f.Name] = inForce{shown(f), from.Kind, from.Name}
	})
	for _, name := range probabilityVariables {
		if value := p.env(name); value != "" {
			all.Settings[name] = inForce{value, "environment", name}
		}
	}
	return all
}

// shown is a flag's value as people may see it.
func shown(f *pflag.Flag) any {
	if each, several := f.Value.(interface{ list() []string }); several {
		return append([]string{}, each.list()...) // never null
	}
	text := f.Value.String()
	if _, secret := f.Value.(interface{ secret() }); secret && text != "" {
		return hidden
	}
	return text
}

func (s *settings) text() string {
	file := s.File
	if file == "" {
		file = "none"
	}
	var names []string
	for name := range s.Settings {
		names = append(names, name)
	}
	slices.Sort(names)
	lines := table("SETTING\tVALUE\tFROM", func(row func(...any)) {
		for _, name := range names {
			setting := s.Settings[name]
			from := setting.From
			if from == "" {
				from = setting.Source
			}
			values, several := setting.Value.([]string)
			if !several {
				values = []string{setting.Value.(string)}
			}
			if len(values) == 0 || values[0] == "" {
				values = []string{"-"}
			}
			for i, value := range values {
				if i > 0 {
					name, from = "", ""
				}
				row(name, value, from)
			}
		}
	})
	return "Configuration file: " + file + "\n\n" + trailingBlanks.ReplaceAllString(lines, "")
}

var trailingBlanks = regexp.MustCompile(`(?m) +$`)
