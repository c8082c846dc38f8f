package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/brownoutdev/brownout/services/fis"
)

// shownMistake is a mistake as --json prints it.
type shownMistake struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Path    string `json:"path"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (p *process) templateLint() *cobra.Command {
	var asJSON, lenient bool
	command := &cobra.Command{
		Use:   "lint FILE...",
		Short: "Say what AWS would say to experiment templates",
		Long: `Judge experiment templates as AWS FIS does, with every mistake at once and where it stands. No server is
needed. FILE is JSON or YAML: what aws fis create-experiment-template --cli-input-json takes, or what
get-experiment-template answers; "-" is standard input.

Exit codes: 0 no mistakes, 1 mistakes, 2 a file that cannot be read.`,
		Example: `  brownout template lint stop-instances.json
  brownout template lint --lenient outage.yaml      as "brownout start" takes it: our own actions, shorter durations`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("needs the FILE of a template")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return p.lint(args, lenient, asJSON) },
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print the mistakes as one line of JSON")
	command.Flags().BoolVar(&lenient, "lenient", false, "judge as Brownout does without --fis-strict")
	return command
}

func (p *process) lint(files []string, lenient, asJSON bool) error {
	all := []shownMistake{}
	for _, name := range files {
		file, err := p.readTemplateFile(name)
		var unreadable *unreadableError
		if errors.As(err, &unreadable) {
			fmt.Fprintln(p.stderr, unreadable.Error())
			return exitCode(exitUsage)
		}
		if err != nil {
			return err
		}
		mistakes := mistakesIn(file, !lenient)
		all = append(all, mistakes...)
		if !asJSON {
			report := lintReport(name, mistakes, lenient)
			if len(mistakes) > 0 && !lenient && len(mistakesIn(file, false)) == 0 {
				report += name + ": Brownout would, without --fis-strict.\n"
			}
			if err := p.print(report); err != nil {
				return err
			}
		}
	}
	if asJSON {
		if err := p.printJSON(map[string]any{"mistakes": all}); err != nil {
			return err
		}
	}
	if len(all) > 0 {
		return exitCode(exitFailed)
	}
	return nil
}

func mistakesIn(file *templateFile, strict bool) []shownMistake {
	var shown []shownMistake
	for _, m := range fis.Lint(file.document, strict) {
		where := file.at(m.Path)
		shown = append(shown, shownMistake{file.name, where.line, where.column, strings.Join(m.Path, "."), m.Code, m.Message})
	}
	slices.SortStableFunc(shown, func(a, b shownMistake) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return shown
}

func lintReport(name string, mistakes []shownMistake, lenient bool) string {
	who := "AWS"
	if lenient {
		who = "Brownout"
	}
	if len(mistakes) == 0 {
		return fmt.Sprintf("%s: %s would take this template.\n", name, who)
	}
	var text strings.Builder
	for _, m := range mistakes {
		where := m.Path
		if where == "" {
			where = "the template"
		}
		fmt.Fprintf(&text, "%s:%d:%d: %s: %s (%s)\n", m.File, m.Line, m.Column, where, m.Message, m.Code)
	}
	count := fmt.Sprintf("%d mistakes", len(mistakes))
	if len(mistakes) == 1 {
		count = "1 mistake"
	}
	fmt.Fprintf(&text, "%s: %s; %s would not take this template.\n", name, count, who)
	return text.String()
}
