package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// reference prints docs/reference/cli.md. It is hidden: readers have the page.
func (p *process) reference() *cobra.Command {
	return &cobra.Command{
		Use:    "reference",
		Short:  "Print the reference of the command line in Markdown",
		Hidden: true,
		Args:   noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			return p.print(referenceOf(command.Root()))
		},
	}
}

func referenceOf(root *cobra.Command) string {
	var text strings.Builder
	text.WriteString("# The command line\n\n" +
		"This page is made from the commands themselves: `go run . reference > docs/reference/cli.md`.\n\n" +
		"Exit codes: 0 done, 1 failed (a server that does not answer, a port in use), 2 used wrongly or refused by the server.\n" +
		"Flags with a `BROWNOUT_*` variable behind them can be set in the environment; the flag wins.\n")
	var walk func(command *cobra.Command)
	walk = func(command *cobra.Command) {
		if command != root {
			text.WriteString(commandReference(command))
		}
		for _, sub := range command.Commands() {
			if sub.IsAvailableCommand() && sub.Name() != "help" && sub.Name() != "completion" {
				walk(sub)
			}
		}
	}
	walk(root)
	return text.String()
}

func commandReference(command *cobra.Command) string {
	var text strings.Builder
	fmt.Fprintf(&text, "\n## %s\n\n", command.CommandPath())
	long := command.Long
	if long == "" {
		long = command.Short + "."
	}
	fmt.Fprintf(&text, "```\n%s\n```\n\n%s\n", strings.TrimSuffix(command.UseLine(), " [flags]"), asMarkdown(long))
	if command.Example != "" {
		fmt.Fprintf(&text, "\n```sh\n%s\n```\n", dedent(command.Example))
	}
	header := "\n| flag | what it does |\n|---|---|\n"
	command.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		text.WriteString(header)
		header = ""
		kind := f.Value.Type()
		switch {
		case kind == "bool":
			kind = ""
		case kind == "string":
			kind = " TEXT"
		default:
			kind = " " + kind
		}
		usage := f.Usage
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "[]" {
			usage += "; default `" + f.DefValue + "`"
		}
		fmt.Fprintf(&text, "| `--%s%s` | %s |\n", f.Name, strings.ReplaceAll(kind, "|", "\\|"), strings.ReplaceAll(usage, "|", "\\|"))
	})
	return text.String()
}

// asMarkdown keeps indented blocks as they are: they are tables of words.
func asMarkdown(long string) string {
	var text strings.Builder
	fenced := false
	for line := range strings.SplitSeq(strings.TrimRight(long, "\n"), "\n") {
		indented := strings.HasPrefix(line, "  ")
		if indented != fenced {
			text.WriteString("```\n")
			fenced = indented
		}
		if line = strings.TrimPrefix(line, "  "); !fenced {
			line = strings.NewReplacer("<", "&lt;", "*", `\*`).Replace(line)
		}
		text.WriteString(line + "\n")
	}
	if fenced {
		text.WriteString("```\n")
	}
	return strings.TrimRight(text.String(), "\n")
}

func dedent(example string) string {
	lines := strings.Split(example, "\n")
	for i := range lines {
		lines[i] = strings.TrimPrefix(lines[i], "  ")
	}
	return strings.Join(lines, "\n")
}
