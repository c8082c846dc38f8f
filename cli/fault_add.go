package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/brownoutdev/brownout/control"
	"github.com/brownoutdev/brownout/fault"
)

func (p *process) faultAdd() *cobra.Command {
	flags := &ruleFlags{}
	var server endpoint
	var asJSON bool
	command := &cobra.Command{
		Use:   "add TARGET KIND [NAME=VALUE...]",
		Short: "Add a rule: calls that match get a fault",
		Long: `Add a rule. TARGET is SERVICE[.OPERATION][:RESOURCE]: dynamodb, dynamodb.PutItem, dynamodb.Get*,
dynamodb.read, s3.GetObject:my-bucket/reports/*, dynamodb.PutItem,UpdateItem:table/Orders, or * for every
call. KIND is what happens to the calls, NAME=VALUE its parameters:

` + kindsHelp() + `
The server refuses what cannot work, and says what would (exit code 2).`,
		Example: `  brownout fault add dynamodb.PutItem throttle --share 30% --first 2 --region us-east-1 --for 5m
  brownout fault add s3.GetObject delay min=200ms max=2s --resource 'my-bucket/*'
  brownout fault add '*' error code=ServiceUnavailable status=503 --region eu-west-1 --except-service sts
  brownout fault add dynamodb.BatchWriteItem unprocessed-items share=50`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 2 {
				return usage("needs a TARGET and a KIND, such as: dynamodb.PutItem throttle")
			}
			return nil
		},
		RunE: func(command *cobra.Command, args []string) error {
			rule, err := flags.rule(args[0], args[1], args[2:])
			if err != nil {
				return err
			}
			return p.addRule(command.Context(), &server, rule, asJSON)
		},
	}
	flags.add(command)
	p.steeringFlags(command, &server)
	command.Flags().BoolVar(&asJSON, "json", false, "print the server's answer as one line of JSON")
	return command
}

// kindsHelp lists the kinds of faults with their parameters.
func kindsHelp() string {
	var text strings.Builder
	for _, kind := range fault.Kinds() {
		text.WriteString("  " + kind)
		for _, name := range parameterNames(fault.Parameters(kind), "") {
			text.WriteString(" " + name + "=")
		}
		text.WriteString("\n")
	}
	text.WriteString("  unprocessed-items share=   (dynamodb.BatchWriteItem and BatchGetItem)\n")
	return text.String()
}

func parameterNames(parameters []fault.Parameter, before string) (names []string) {
	for _, parameter := range parameters {
		if len(parameter.Fields) > 0 {
			names = append(names, parameterNames(parameter.Fields, before+parameter.Name+".")...)
			continue
		}
		names = append(names, before+parameter.Name)
	}
	return names
}

func (p *process) addRule(ctx context.Context, server *endpoint, rule fault.Rule, asJSON bool) error {
	raw, err := server.steer(ctx, http.MethodPost, rulesPath+"?owner="+control.OwnerCLI, rule)
	if err != nil {
		return err
	}
	if asJSON {
		return p.printJSON(json.RawMessage(raw))
	}
	var made struct {
		Rules    []shownRule     `json:"rules"`
		Warnings []fault.Warning `json:"warnings"`
	}
	if err := readAnswer(raw, &made); err != nil {
		return err
	}
	var text strings.Builder
	for _, r := range made.Rules {
		fmt.Fprintf(&text, "%s: %s\n", r.ID, r.Summary)
		fmt.Fprintf(&text, "Its seed is %s. To remove it: brownout fault rm %s\n", r.Seed, r.ID)
		if hint := retryHint(rule); hint != "" {
			fmt.Fprintf(&text, "Hint: %s\n", hint)
		}
	}
	for _, w := range made.Warnings {
		fmt.Fprintf(&text, "Warning: %s: %s\n", w.Field, w.Message)
	}
	return p.print(text.String())
}

// retryHint tells who makes every attempt fail why callers then take so long.
func retryHint(rule fault.Rule) string {
	var effect struct {
		Kind   string `json:"kind"`
		Status int    `json:"status"`
	}
	_ = json.Unmarshal(rule.Effect, &effect) // the server has accepted it
	retried := effect.Kind == "throttle" || effect.Kind == "internal-error" || effect.Kind == "unavailable" || effect.Kind == "reset" ||
		effect.Kind == "error" && effect.Status >= 500
	w := rule.When
	all := (w.Share == nil || *w.Share == 100) && w.First == nil && w.Max == nil && w.Every == 0 && w.Attempts == "" && w.Flap == nil
	if !retried || !all {
		return ""
	}
	return "every attempt fails, and SDKs try again: 3 to 10 times, which can take half a minute. --attempts 1-2 lets the third succeed."
}
