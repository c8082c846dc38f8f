package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// usageError is a command line or an environment that cannot be meant: exit code 2.
type usageError struct{ message string }

// Error implements error.
func (e *usageError) Error() string { return e.message }

func usage(format string, arguments ...any) error {
	return &usageError{fmt.Sprintf(format, arguments...)}
}

// subcommand judges what stands where a subcommand should.
func (p *process) subcommand(command *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, sub := range command.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	return usage("there is no command %q%s", args[0], suggest(nearest(args[0], names), names))
}

// noArguments is for commands that take flags only.
func noArguments(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usage("takes no arguments, but got %q", args[0])
}

// flagError turns what the flag parser says into our words.
func flagError(command *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	var missing *pflag.ValueRequiredError
	var unknown *pflag.NotExistError
	switch {
	case errors.As(err, &invalid):
		return wrongValue("--"+invalid.GetFlag().Name, invalid.GetValue(), invalid.Unwrap())
	case errors.As(err, &missing):
		return usage("--%s needs a value", missing.GetSpecifiedName())
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "":
		var names []string
		command.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		name := "--" + unknown.GetSpecifiedName()
		return usage("there is no flag %s%s", name, suggest(nearest(name, names), names))
	case errors.As(err, &unknown):
		return usage("there is no flag -%s", unknown.GetSpecifiedName())
	}
	return usage("%v", err)
}

// wrongValue names the flag or variable, the value, and what would be right.
func wrongValue(where, value string, what error) error {
	var hidden *hiddenValueError
	if errors.As(what, &hidden) {
		return usage("%s: the value is %v", where, what)
	}
	return usage("%s: %q is %v", where, value, what)
}

// suggest ends a sentence about an unknown name.
func suggest(near, all []string) string {
	if len(near) > 0 {
		return "; did you mean " + strings.Join(near, " or ") + "?"
	}
	if len(all) == 0 {
		return ""
	}
	return "; choose from " + strings.Join(all, ", ")
}

// nearest are at most three names that somebody who typed name can have meant, the likeliest first.
func nearest(name string, names []string) []string {
	type candidate struct {
		name     string
		distance int
	}
	var near []candidate
	for _, n := range names {
		d := distance(strings.ToLower(name), n)
		if len(strings.Trim(name, "-")) > 1 && strings.HasPrefix(n, name) {
			d = 1
		}
		if d <= max(2, len(n)/3) && d < len(strings.Trim(n, "-")) {
			near = append(near, candidate{n, d})
		}
	}
	slices.SortStableFunc(near, func(a, b candidate) int { return cmp.Compare(a.distance, b.distance) })
	var found []string
	for _, c := range near[:min(3, len(near))] {
		found = append(found, c.name)
	}
	return found
}

// distance is how many characters one has to insert, drop or change (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
