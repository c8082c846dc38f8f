package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/clock"
)

// dynamodb is the parent of the commands about tables, a file each.
func (p *process) dynamodb() *cobra.Command {
	command := &cobra.Command{
		Use:   "dynamodb",
		Short: "Copy tables into files and back, and see what they hold",
		Long: `Copy the items of a table of a running server into a file, or from a file into a table. A file has a line
{"Item":{...}} for each item, as AWS's exports of tables have them; one whose name ends in .gz is compressed,
and - stands for standard output or input.`,
		Example: `  brownout dynamodb export music.json --table Music
  brownout dynamodb import music.json.gz --table Music --region eu-central-1
  brownout dynamodb stats`,
		Args: p.subcommand,
		RunE: func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	command.AddCommand(p.dynamodbImport(), p.dynamodbExport(), p.dynamodbStats())
	return command
}

// tables makes DynamoDB calls.
type tables struct {
	server          endpoint
	region, account word
	transport       *http.Transport
	signing         signing
}

// word is a plain value of a flag.
type word struct{ text, kind string }

func (w *word) String() string { return w.text }
func (w *word) Type() string   { return w.kind }
func (w *word) Set(text string) error {
	if text == "" || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == '/' }) {
		return fmt.Errorf("not a %s", strings.ToLower(w.kind))
	}
	w.text = text
	return nil
}

// tableFlags say which server's tables, of which region and account.
func (p *process) tableFlags(command *cobra.Command) *tables {
	t := &tables{
		region:    word{cmp.Or(p.env("AWS_REGION"), p.env("AWS_DEFAULT_REGION"), "us-east-1"), "REGION"},
		account:   word{cmp.Or(p.env("AWS_ACCESS_KEY_ID"), aws.DefaultAccount), "ACCOUNT"},
		transport: &http.Transport{},
		signing:   p.signing(),
	}
	p.serverFlag(command, &t.server)
	command.Flags().Var(&t.region, "region", "the tables' region; else AWS_REGION counts")
	command.Flags().Var(&t.account, "account", "the tables' account, or an access key id; else AWS_ACCESS_KEY_ID counts")
	return t
}

// oneFile is for commands that take a file.
func oneFile(_ *cobra.Command, args []string) error {
	if len(args) == 1 {
		return nil
	}
	return usage("takes one file, but got %d arguments", len(args))
}

const (
	callTimeout  = time.Minute
	callAttempts = 8
	firstPause   = 50 * time.Millisecond
)

// call makes one call, and makes it again when the server says that it cannot just now.
func (t *tables) call(ctx context.Context, operation string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	pause := firstPause
	for attempt := 1; ; attempt++ {
		err, again := t.try(ctx, operation, body, out)
		if err == nil || !again || attempt == callAttempts {
			return err
		}
		if err := (clock.Real{}).Sleep(ctx, pause); err != nil {
			return err
		}
		pause *= 2
	}
}

func (t *tables) try(ctx context.Context, operation string, body []byte, out any) (err error, again bool) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.server.orDefault()+"/", bytes.NewReader(body))
	if err != nil {
		return err, false
	}
	request.Header.Set("Content-Type", "application/x-amz-json-1.0")
	request.Header.Set("X-Amz-Target", "DynamoDB_20120810."+operation)
	if err := t.signing.sign(request, t.account.text, t.region.text, "dynamodb"); err != nil {
		return err, false
	}
	response, err := t.transport.RoundTrip(request) // no proxy, as for health
	if err != nil {
		return &unreachableError{URL: t.server.orDefault(), Cause: err}, false
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return &unreachableError{URL: t.server.orDefault(), Cause: err}, false
	}
	if response.StatusCode == http.StatusOK {
		return readAnswer(raw, out), false
	}
	return callError(operation, response.StatusCode, raw)
}

// callError reads the answer to a call that failed.
func callError(operation string, status int, raw []byte) (err error, again bool) {
	var answer struct {
		Type    string `json:"__type"`
		Message string `json:"message"` // or Message: encoding/json does not mind
	}
	_ = json.Unmarshal(raw, &answer) // what is no JSON has no code
	code := answer.Type[strings.LastIndexByte(answer.Type, '#')+1:]
	if err := refusedUnsigned(code, answer.Message); err != nil {
		return err, false
	}
	err = fmt.Errorf("%s: HTTP status %d, %s: %s", operation, status, cmp.Or(code, "no error code"), cmp.Or(answer.Message, "no message"))
	again = status >= 500 && status != http.StatusNotImplemented || strings.HasPrefix(code, "Throttling") || strings.HasPrefix(code, "ProvisionedThroughput")
	return err, again
}
