package cli

import (
	"encoding/json"
	"fmt"
	"path"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/brownoutdev/brownout/aws"
)

func (p *process) environment() *cobra.Command {
	shell := &choice{words: []string{"bash", "fish", "powershell"}}
	var server endpoint
	var asJSON bool
	command := &cobra.Command{
		Use:   "env",
		Short: "Print what points a shell's AWS tools at the server",
		Long: `Print the environment variables that point AWS CLI, SDKs and Terraform at the server, as
commands of your shell. AWS_PROFILE and AWS_SESSION_TOKEN are left alone: unset them if they are set.`,
		Example: `  eval "$(brownout env)"                                        bash, zsh
  brownout env | source                                         fish
  brownout env | Out-String | Invoke-Expression                 PowerShell`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			variables := p.variables(&server)
			if asJSON {
				return p.printJSON(variables)
			}
			if shell.word == "" {
				shell.word = p.shell()
			}
			return p.print(variables.exports(shell.word))
		},
	}
	p.steeringFlags(command, &server)
	command.Flags().Var(shell, "shell", "whose commands to print; bash does for zsh and sh, too (default: as SHELL says)")
	command.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return command
}

// variable is one to export; variables keep their order.
type (
	variable  struct{ name, value string }
	variables []variable
)

// variables keep a region that is set already: any will do. A server with a token takes FIS calls that
// are signed with it.
func (p *process) variables(server *endpoint) variables {
	secret := "test"
	if server.token != "" {
		secret = string(server.token)
	}
	region := p.env("AWS_REGION")
	if region == "" {
		region = p.env("AWS_DEFAULT_REGION")
	}
	if region == "" {
		region = aws.DefaultRegion
	}
	return variables{
		{"AWS_ENDPOINT_URL", server.orDefault()},
		{"AWS_ACCESS_KEY_ID", "test"},
		{"AWS_SECRET_ACCESS_KEY", secret},
		{"AWS_DEFAULT_REGION", region},
		{"AWS_REGION", region},
	}
}

// MarshalJSON implements json.Marshaler.
func (vs variables) MarshalJSON() ([]byte, error) {
	object := map[string]string{}
	for _, v := range vs {
		object[v.name] = v.value
	}
	return json.Marshal(object)
}

func (vs variables) exports(shell string) string {
	var text strings.Builder
	for _, v := range vs {
		switch shell {
		case "fish":
			fmt.Fprintf(&text, "set -gx %s %s\n", v.name, quote(v.value, `\'`))
		case "powershell":
			fmt.Fprintf(&text, "$env:%s = '%s'\n", v.name, strings.ReplaceAll(v.value, "'", "''"))
		default:
			fmt.Fprintf(&text, "export %s=%s\n", v.name, quote(v.value, `'\''`))
		}
	}
	return text.String()
}

// quote keeps plain values as they are; apostrophe is how the shell writes one inside of apostrophes.
func quote(value, apostrophe string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-._:/", r)
	}
	if value != "" && strings.TrimFunc(value, plain) == "" {
		return value
	}
	if apostrophe == `\'` { // fish reads \\ inside of apostrophes, too
		value = strings.ReplaceAll(value, `\`, `\\`)
	}
	return "'" + strings.ReplaceAll(value, "'", apostrophe) + "'"
}

// shell is the user's, as far as it can be told.
func (p *process) shell() string {
	switch name := strings.TrimSuffix(path.Base(strings.ReplaceAll(p.env("SHELL"), `\`, "/")), ".exe"); {
	case name == "fish":
		return "fish"
	case name == "pwsh" || name == "powershell":
		return "powershell"
	case p.env("SHELL") == "" && runtime.GOOS == "windows":
		return "powershell"
	}
	return "bash"
}
