package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/brownoutdev/brownout/aws"
)

// experiment is the parent of the commands about experiments, a file each.
func (p *process) experiment() *cobra.Command {
	command := &cobra.Command{
		Use:   "experiment",
		Short: "Run experiments, follow and stop them",
		Long: `Run experiments of a running server, follow and stop them. 'run' does it all: it creates the template,
starts it, shows what happens and says by its exit code how it ended.`,
		Example: `  brownout experiment run orders.yaml
  brownout experiment watch EXP1a2b3c4d5e6f7g`,
		Args: p.subcommand,
		RunE: func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	command.AddCommand(p.experimentRun(), p.experimentStart(), p.experimentWatch(), p.experimentStop(), p.experimentShow(), p.experimentList())
	return command
}

// shownState is the state of an experiment or an action.
type shownState struct {
	Status string      `json:"status"`
	Reason string      `json:"reason"`
	Error  *shownError `json:"error"`
}

// shownError is why an experiment failed.
type shownError struct {
	AccountID string `json:"accountId"`
	Code      string `json:"code"`
	Location  string `json:"location"`
}

// shownAction is an action of a template or an experiment.
type shownAction struct {
	ActionID    string            `json:"actionId"`
	Description string            `json:"description"`
	Parameters  map[string]string `json:"parameters"`
	Targets     map[string]string `json:"targets"`
	StartAfter  []string          `json:"startAfter"`
	State       shownState        `json:"state"`
	StartTime   float64           `json:"startTime"`
	EndTime     float64           `json:"endTime"`
}

// shownExperiment is an experiment as FIS shows it.
type shownExperiment struct {
	ID             string                 `json:"id"`
	TemplateID     string                 `json:"experimentTemplateId"`
	State          shownState             `json:"state"`
	CreationTime   float64                `json:"creationTime"`
	StartTime      float64                `json:"startTime"`
	EndTime        float64                `json:"endTime"`
	Tags           map[string]string      `json:"tags"`
	Actions        map[string]shownAction `json:"actions"`
	Targets        map[string]shownTarget `json:"targets"`
	StopConditions []shownStopCondition   `json:"stopConditions"`
}

// ended is true for states that stay.
func (e *shownExperiment) ended() bool {
	return slices.Contains([]string{"completed", "stopped", "failed", "cancelled"}, e.State.Status)
}

// readExperiment reads the answer to a call about one experiment.
func readExperiment(raw []byte) (shownExperiment, error) {
	var answer struct {
		Experiment shownExperiment `json:"experiment"`
	}
	err := readAnswer(raw, &answer)
	return answer.Experiment, err
}

// start starts an experiment. preview resolves targets only.
func (f *fisCalls) start(ctx context.Context, template string, preview bool, tags map[string]string) (raw []byte, started shownExperiment, err error) {
	in := aws.Document{"experimentTemplateId": template, "clientToken": f.ids.UUID()}
	if preview {
		in["experimentOptions"] = aws.Document{"actionsMode": "skip-all"}
	}
	if len(tags) > 0 {
		m := aws.Document{}
		for key, value := range tags {
			m[key] = value
		}
		in["tags"] = m
	}
	if raw, err = f.call(ctx, "StartExperiment", in); err != nil {
		return nil, started, err
	}
	started, err = readExperiment(raw)
	return raw, started, err
}

// text is all about an experiment. now is the server's time.
func (e *shownExperiment) text(d drawing) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s\n", e.headline(d))
	if err := e.State.Error; err != nil {
		fmt.Fprintf(&text, "  error            %s\n", err)
	}
	fmt.Fprintf(&text, "  template         %s\n", e.TemplateID)
	fmt.Fprintf(&text, "  started          %s\n", shownTime(e.StartTime))
	if e.EndTime != 0 {
		fmt.Fprintf(&text, "  ended            %s, after %v\n", shownTime(e.EndTime), between(e.StartTime, e.EndTime))
	}
	for _, condition := range e.StopConditions {
		fmt.Fprintf(&text, "  stop condition   %s\n", strings.TrimSpace(condition.Source+" "+condition.Value))
	}
	if len(e.Tags) > 0 {
		fmt.Fprintf(&text, "  tags             %s\n", pairs(e.Tags))
	}
	for _, name := range slices.Sorted(maps.Keys(e.Targets)) {
		fmt.Fprintf(&text, "  target %s: %v\n", name, e.Targets[name])
	}
	text.WriteString(drawActions(e.Actions, d))
	return text.String()
}

// headline is "EXP1 running: Experiment is running.".
func (e *shownExperiment) headline(d drawing) string {
	text := e.ID + " " + d.paint(e.State.Status, e.State.Status)
	if e.State.Reason != "" {
		text += ": " + e.State.Reason
	}
	return text
}

func (e *shownError) String() string {
	return fmt.Sprintf("%s in %s (account %s)", e.Code, e.Location, e.AccountID)
}

func listExperiments(list []json.RawMessage) (string, error) {
	if len(list) == 0 {
		return "There are no experiments.\n", nil
	}
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tTEMPLATE\tCREATED\tSTATE\tREASON\tTAGS")
	for _, raw := range list {
		var e shownExperiment
		if err := readAnswer(raw, &e); err != nil {
			return "", err
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", e.ID, e.TemplateID, shownTime(e.CreationTime), e.State.Status, e.State.Reason, pairs(e.Tags))
	}
	_ = table.Flush() // a strings.Builder takes everything
	return text.String(), nil
}

// pairs is "a=1, b=2", in order.
func pairs(of map[string]string) string {
	var list []string
	for _, key := range slices.Sorted(maps.Keys(of)) {
		list = append(list, key+"="+of[key])
	}
	return strings.Join(list, ", ")
}

// momentOf is a time of FIS's answers: seconds since 1970.
func momentOf(seconds float64) time.Time { return time.UnixMilli(int64(seconds * 1000)).UTC() }

func shownTime(seconds float64) string {
	if seconds == 0 {
		return "-"
	}
	return momentOf(seconds).Format("2006-01-02 15:04:05")
}

// between is how long something took, to the second where that says enough.
func between(from, to float64) time.Duration {
	d := momentOf(to).Sub(momentOf(from))
	if d > 10*time.Second {
		return d.Round(time.Second)
	}
	return d.Round(100 * time.Millisecond)
}
