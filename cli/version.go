package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// build is which Brownout this is.
type build struct {
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	// Modified: built from files that differ from the commit's.
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
}

func thisBuild() build {
	b := build{Version: "(devel)"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.Go = info.GoVersion
	if info.Main.Version != "" {
		b.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

func (b build) String() string {
	commit := ""
	if b.Commit != "" {
		commit = ", commit " + b.Commit
	}
	if b.Modified {
		commit += " with changes"
	}
	return fmt.Sprintf("brownout %s%s, %s", b.Version, commit, b.Go)
}

func (p *process) version() *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:     "version",
		Short:   "Print version, commit and Go version",
		Example: "  brownout version --json",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				return p.printJSON(thisBuild())
			}
			return p.print(thisBuild().String() + "\n")
		},
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return command
}

// print writes to standard output; scripts must learn when that failed.
func (p *process) print(text string) error {
	if _, err := p.stdout.Write([]byte(text)); err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	return nil
}

// printJSON writes one line.
func (p *process) printJSON(value any) error {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false) // "=>" stays what one can search for
	if err := encoder.Encode(value); err != nil {
		return err
	}
	return p.print(line.String())
}
