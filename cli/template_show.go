package cli

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/brownoutdev/brownout/aws"
)

func (p *process) templateShow() *cobra.Command {
	var f *fisCalls
	var asJSON bool
	command := &cobra.Command{
		Use:     "show ID",
		Short:   "Show an experiment template",
		Long:    "Show an experiment template. With --json it is what 'brownout template create' reads.",
		Example: "  brownout template show EXT1a2b3c4d5e6f7g --json > orders.json",
		Args:    oneID("template"),
		RunE: func(command *cobra.Command, args []string) error {
			raw, err := f.call(command.Context(), "GetExperimentTemplate", aws.Document{"id": args[0]})
			if err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(json.RawMessage(raw))
			}
			var answer struct {
				Template shownTemplate `json:"experimentTemplate"`
			}
			if err := readAnswer(raw, &answer); err != nil {
				return err
			}
			return p.print(answer.Template.text())
		},
	}
	f = p.fisFlags(command)
	command.Flags().BoolVar(&asJSON, "json", false, "print FIS's answer as one line of JSON")
	return command
}

func (t *shownTemplate) text() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %s\n", t.ID, t.Description)
	fmt.Fprintf(&text, "  created          %s\n", shownTime(t.CreationTime))
	fmt.Fprintf(&text, "  role             %s\n", t.RoleARN)
	for _, condition := range t.StopConditions {
		fmt.Fprintf(&text, "  stop condition   %s\n", strings.TrimSpace(condition.Source+" "+condition.Value))
	}
	if len(t.Tags) > 0 {
		fmt.Fprintf(&text, "  tags             %s\n", pairs(t.Tags))
	}
	for _, name := range slices.Sorted(maps.Keys(t.Targets)) {
		fmt.Fprintf(&text, "  target %s: %v\n", name, t.Targets[name])
	}
	text.WriteString(drawActions(t.Actions, drawing{paint: plainPaint}))
	return text.String()
}
