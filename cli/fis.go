package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/internal/random"
	"github.com/brownoutdev/brownout/protocol"
)

// fisCalls makes FIS calls to a server.
type fisCalls struct {
	server          endpoint
	region, account word
	transport       *http.Transport
	ids             *random.Source
	signing         signing
}

// fisFlags say which server's experiments, of which region and account.
func (p *process) fisFlags(command *cobra.Command) *fisCalls {
	f := &fisCalls{
		region:    word{cmp.Or(p.env("AWS_REGION"), p.env("AWS_DEFAULT_REGION"), aws.DefaultRegion), "REGION"},
		account:   word{cmp.Or(p.env("AWS_ACCESS_KEY_ID"), aws.DefaultAccount), "ACCOUNT"},
		transport: &http.Transport{}, // no proxy, as for health
		ids:       random.New(),
		signing:   p.signing(),
	}
	p.steeringFlags(command, &f.server)
	command.Flags().Var(&f.region, "region", "the experiments' region; else AWS_REGION counts")
	command.Flags().Var(&f.account, "account", "the experiments' account, or an access key id; else AWS_ACCESS_KEY_ID counts")
	return f
}

// call makes a call and answers the body of its answer. What FIS does not do because of what it was asked is
// a *refusedError.
func (f *fisCalls) call(ctx context.Context, operation string, in aws.Document) (raw []byte, err error) {
	op := catalog.Lookup("fis").Operation(operation)
	pause := firstPause
	for attempt := 1; ; attempt++ {
		raw, err := f.try(ctx, op, in)
		var answered *aws.Error
		switch {
		case err == nil:
			return raw, nil
		case !errors.As(err, &answered):
			return nil, err
		case answered.Status < 500 || answered.Status == http.StatusNotImplemented || attempt == callAttempts:
			return nil, f.failure(answered)
		}
		if err := (clock.Real{}).Sleep(ctx, pause); err != nil {
			return nil, err
		}
		pause *= 2
	}
}

// failure puts an answer of FIS's into words.
func (f *fisCalls) failure(e *aws.Error) error {
	if err := refusedUnsigned(e.Code, e.Message); err != nil {
		return err
	}
	switch {
	case e.Code == "ValidationException" || e.Status == http.StatusNotFound || e.Status == http.StatusConflict:
		return &refusedError{e.Message}
	case e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden:
		return fmt.Errorf("%s: %s", e.Code, cmp.Or(e.Message, "the server wants its token: --token or BROWNOUT_TOKEN"))
	}
	return fmt.Errorf("%s (HTTP status %d): %s", e.Code, e.Status, e.Message)
}

func (f *fisCalls) try(ctx context.Context, op *catalog.Operation, in aws.Document) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	codec := protocol.For(op.Service.Protocols[0])
	request, err := codec.EncodeRequest(f.server.orDefault(), op, in)
	if err != nil {
		return nil, err
	}
	if err := f.signing.sign(request, f.account.text, f.region.text, op.Service.SigningName); err != nil {
		return nil, err
	}
	// Whoever wants to know gets the token.
	request.Header.Set("User-Agent", "brownout-cli")
	f.server.authorize(request.Header)
	response, err := f.transport.RoundTrip(request.WithContext(ctx))
	if err != nil {
		return nil, &unreachableError{URL: f.server.orDefault(), Cause: err}
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(response.Body, steerLimit))
	if err != nil {
		return nil, &unreachableError{URL: f.server.orDefault(), Cause: err}
	}
	if response.StatusCode < 300 {
		return bytes.TrimSpace(raw), nil
	}
	err = codec.DecodeResponse(response, raw, op, &aws.Document{})
	var answered *aws.Error
	if !errors.As(err, &answered) {
		return nil, fmt.Errorf("what answers at %s is not Brownout (HTTP status %d to %s); say where it is with --url or BROWNOUT_URL%s",
			f.server.orDefault(), response.StatusCode, op.Name, firstLine(raw))
	}
	return nil, answered
}

// all makes a call of a list again until there are no more pages, and answers the elements.
func (f *fisCalls) all(ctx context.Context, operation, member string, in aws.Document) (list []json.RawMessage, err error) {
	for {
		raw, err := f.call(ctx, operation, in)
		if err != nil {
			return nil, err
		}
		var page map[string]json.RawMessage
		if err := readAnswer(raw, &page); err != nil {
			return nil, err
		}
		var elements []json.RawMessage
		if err := readAnswer(page[member], &elements); err != nil {
			return nil, err
		}
		list = append(list, elements...)
		var token string
		if page["nextToken"] != nil {
			if err := readAnswer(page["nextToken"], &token); err != nil {
				return nil, err
			}
		}
		if token == "" {
			return list, nil
		}
		in["nextToken"] = token
	}
}

// oneID is for commands that take the id of something.
func oneID(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == 1 && strings.TrimSpace(args[0]) != "" {
			return nil
		}
		return usage("takes the id of one %s, but got %d arguments", what, len(args))
	}
}
