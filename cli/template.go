package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/brownoutdev/brownout/aws"
)

// template is the parent of the commands about experiment templates, a file each.
func (p *process) template() *cobra.Command {
	command := &cobra.Command{
		Use:   "template",
		Short: "Create, list and check experiment templates",
		Long: `Experiment templates of a running server. A FILE is JSON or YAML, in the form of 'aws fis
create-experiment-template --cli-input-json', or as 'aws fis get-experiment-template' prints one; - is
standard input.`,
		Example: `  brownout template create orders.yaml
  brownout template list`,
		Args: p.subcommand,
		RunE: func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	command.AddCommand(p.templateCreate(), p.templateList(), p.templateShow(), p.templateDelete(), p.templateLint())
	return command
}

// shownTemplate is a template as FIS shows it.
type shownTemplate struct {
	ID             string                 `json:"id"`
	Description    string                 `json:"description"`
	RoleARN        string                 `json:"roleArn"`
	CreationTime   float64                `json:"creationTime"`
	Tags           map[string]string      `json:"tags"`
	Actions        map[string]shownAction `json:"actions"`
	Targets        map[string]shownTarget `json:"targets"`
	StopConditions []shownStopCondition   `json:"stopConditions"`
}

// shownTarget is a target of a template or an experiment.
type shownTarget struct {
	ResourceType  string            `json:"resourceType"`
	ResourceARNs  []string          `json:"resourceArns"`
	ResourceTags  map[string]string `json:"resourceTags"`
	SelectionMode string            `json:"selectionMode"`
	Parameters    map[string]string `json:"parameters"`
}

func (t shownTarget) String() string {
	text := t.ResourceType + " " + t.SelectionMode
	for _, part := range []string{strings.Join(t.ResourceARNs, ", "), pairs(t.ResourceTags), pairs(t.Parameters)} {
		if part != "" {
			text += ", " + part
		}
	}
	return text
}

type shownStopCondition struct {
	Source string `json:"source"`
	Value  string `json:"value"`
}

// createTemplate makes a template of a file's content and answers FIS's answer with the template's id.
func (f *fisCalls) createTemplate(ctx context.Context, template aws.Document) (raw []byte, made shownTemplate, err error) {
	if token, _ := template["clientToken"].(string); token == "" {
		template["clientToken"] = f.ids.UUID()
	}
	if raw, err = f.call(ctx, "CreateExperimentTemplate", template); err != nil {
		return nil, made, err
	}
	var answer struct {
		Template shownTemplate `json:"experimentTemplate"`
	}
	err = readAnswer(raw, &answer)
	return raw, answer.Template, err
}

// refusedTemplate says how to see all mistakes of a file of which the server has named the first.
func refusedTemplate(path string, err error) error {
	var refused *refusedError
	if path == "-" || !errors.As(err, &refused) {
		return err
	}
	return &refusedError{refused.message + "\n'brownout template lint --lenient " + path + "' shows all mistakes, and where they stand"}
}

func listTemplates(list []json.RawMessage) (string, error) {
	if len(list) == 0 {
		return "There are no experiment templates.\n", nil
	}
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tCREATED\tDESCRIPTION\tTAGS")
	for _, raw := range list {
		var t shownTemplate
		if err := readAnswer(raw, &t); err != nil {
			return "", err
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", t.ID, shownTime(t.CreationTime), t.Description, pairs(t.Tags))
	}
	_ = table.Flush() // a strings.Builder takes everything
	return text.String(), nil
}
