package cli

import (
	"context"
	cryptorand "crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/server"
)

// startFlags are the flags of start.
type startFlags struct {
	listen               address
	data                 folder
	seed                 seed
	logFormat, logLevel  choice
	corsOrigins, allowed list
	rules                file
	token                token
	insecureListen       toggle
	dynamodbWording      choice
	dynamodbCapacity     choice
	upstreams            upstreams
	serve                list
	identities           identities
	auth                 choice
	credentials          credentials
	upstreamHosts        list
	upstreamTimeout      span
	upstreamCA           file
	config               file
	fisStrict            toggle
	fisQuotas            list
}

func (p *process) start() *cobra.Command {
	flags := &startFlags{}
	command := &cobra.Command{
		Use:   "start",
		Short: "Start the server",
		Long: `Answer AWS calls until SIGINT or SIGTERM; calls in flight then have 5 seconds to end, and a second
signal ends at once. "Listening on URL" and "Ready." go to standard output when calls are answered,
logs to standard error. Every flag can be set as BROWNOUT_* in the environment, or under its name in brownout.yaml; the
flag wins over the environment, the environment over the file. "brownout config" shows what is in force.

DYNAMODB_ERROR_PROBABILITY, DYNAMODB_READ_ERROR_PROBABILITY and DYNAMODB_WRITE_ERROR_PROBABILITY (0 to 1) make
DynamoDB calls fail as they do in LocalStack.`,
		Example: `  brownout start --listen 127.0.0.1:0 --data ./brownout-data --seed 7
  brownout start --upstream http://127.0.0.1:5000                      in front of moto
  brownout start --upstream http://127.0.0.1:4567 --serve dynamodb     in front of LocalStack, but with our DynamoDB
  brownout start --upstream s3=http://127.0.0.1:9000                   S3 from MinIO, all else from here`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error { return p.serve(command.Context(), flags) },
	}
	flags.add(command)
	return command
}

// add gives the flags to a command: start, which obeys them, and config, which shows them.
func (f *startFlags) add(command *cobra.Command) {
	*f = startFlags{
		listen:      server.DefaultListen,
		logFormat:   choice{"auto", []string{"auto", "text", "json"}},
		logLevel:    choice{"info", []string{"debug", "info", "warn", "error"}},
		corsOrigins: list{name: "ORIGIN", read: readOrigin},
		allowed:     list{name: "HOST", read: readHost},
		serve:       list{name: "SERVICE", read: readService},
		fisQuotas:   list{name: "NAME=N", read: readQuota},

		upstreamHosts: list{name: "HOST:PORT", read: readUpstreamHost},

		auth:             choice{"lenient", []string{"lenient", "strict"}},
		dynamodbWording:  choice{"current", []string{"current", "classic"}},
		dynamodbCapacity: choice{"ignore", []string{"ignore", "enforce"}},
	}
	setting(command, &f.listen, "listen", "where to answer; port 0 picks a free one")
	setting(command, &f.data, "data", "keep data in this folder (default: in memory)")
	setting(command, &f.seed, "seed", "decide all draws of faults, so that a run can be repeated (default: random)")
	setting(command, &f.logFormat, "log-format", "how to log; auto is coloured on a terminal and text elsewhere")
	setting(command, &f.logLevel, "log-level", "what to log at least")
	setting(command, &f.corsOrigins, "cors-origin", "let web pages of this origin call; may be repeated")
	setting(command, &f.allowed, "allowed-host", "answer under this host name, too; may be repeated")
	setting(command, &f.rules, "rules", "put the fault rules of this file into force; SIGHUP reads it again")
	setting(command, &f.token, "token", "let only those steer the server who show this token; needed where other machines can reach it")
	setting(command, &f.insecureListen, "insecure-listen", "let everybody steer a server that other machines can reach")
	setting(command, &f.dynamodbWording, "dynamodb-wording", "which generation of DynamoDB's validation texts to answer")
	setting(command, &f.dynamodbCapacity, "dynamodb-capacity", "whether DynamoDB tables that use more than their capacity are throttled")
	setting(command, &f.upstreams, "upstream", "pass calls on to this URL, all but those of FIS; or, as SERVICE=URL, those of one service; may be repeated")
	setting(command, &f.upstreamHosts, "upstream-host", "an address besides the URL's under which upstreams name themselves in answers; *.DOMAIN:PORT is all below a domain; may be repeated")
	setting(command, &f.upstreamCA, "upstream-ca", "certificates (PEM) that https upstreams may be signed by, besides those that the system trusts")
	setting(command, &f.upstreamTimeout, "upstream-timeout", "how long upstreams may take to begin an answer (default: as long as the client waits)")
	setting(command, &f.serve, "serve", "answer this service here although there is an upstream; may be repeated")
	setting(command, &f.identities, "identity", "say whose access key this is: the ARN of a role, session or user; may be repeated")
	setting(command, &f.auth, "auth", "whether calls that are answered here must be signed: lenient believes everybody, strict wants a credential of --credential, IAM or STS")
	setting(command, &f.credentials, "credential", "a credential that --auth strict takes: access key and secret; may be repeated")
	setting(command, &f.fisStrict, "fis-strict", "take only those experiment templates that AWS takes")
	setting(command, &f.fisQuotas, "fis-quota", "change a quota of FIS, such as active-experiments=50; may be repeated")
	setting(command, &f.config, configFlag, "read settings from this YAML file (default: brownout.yaml in the working folder, where there is one)")
	command.Flags().Lookup("insecure-listen").NoOptDefVal = "true"
	command.Flags().Lookup("fis-strict").NoOptDefVal = "true"
}

func (p *process) serve(ctx context.Context, flags *startFlags) error {
	if !flags.seed.given {
		flags.seed.number = randomSeed()
	}
	tuneGC(p.env)
	signals, stop := p.signals()
	defer stop()
	log := p.newLogger(flags.logFormat.word, levelOf(flags.logLevel.word))
	s, err := p.newServer(ctx, flags, log)
	if err != nil {
		return err
	}
	var hangups <-chan os.Signal
	if flags.rules != "" { // else a terminal that closes ends the server, as it should
		var stop func()
		hangups, stop = p.hangups()
		defer stop()
	}

	ctx, drain := context.WithCancel(ctx)
	defer drain()
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	answers := make(chan error, 1)
	go func() {
		_, _, err := askHealth(ctx, s.URL())
		answers <- err
	}()
	for {
		select {
		case err := <-answers:
			if err == nil {
				err = p.print(p.welcome(s.URL(), flags))
			}
			if err != nil && ctx.Err() == nil {
				drain()
				return errors.Join(err, <-ended)
			}
		case err := <-ended:
			return err
		case <-hangups:
			reload(s, flags.rules.String(), log)
		case got := <-signals:
			if ctx.Err() != nil {
				return exitOf(got)
			}
			log.Info("Stopping; calls in flight have 5 s, a second signal stops at once", "signal", got.String())
			drain()
		}
	}
}

// newServer turns the errors that a user can mend into what to do.
func (p *process) newServer(ctx context.Context, flags *startFlags, log *slog.Logger) (*server.Server, error) {
	rules, err := p.environmentRules()
	if err != nil {
		return nil, err
	}
	if len(flags.credentials) > 0 && flags.auth.word != "strict" {
		return nil, usage("--credential counts only with --auth strict")
	}
	s, err := server.New(ctx, server.Config{
		Listen: flags.listen.String(), Data: flags.data.String(), Seed: flags.seed.number, Log: log,
		CORSOrigins: flags.corsOrigins.values, AllowedHosts: flags.allowed.values, Version: thisBuild().Version,
		Token: flags.token.String(), InsecureListen: bool(flags.insecureListen), Rules: rules, RulesFile: flags.rules.String(),
		ClassicDynamoDB: flags.dynamodbWording.word == "classic", EnforceDynamoDB: flags.dynamodbCapacity.word == "enforce",
		Upstreams: flags.upstreams, UpstreamHosts: flags.upstreamHosts.values, UpstreamTimeout: time.Duration(flags.upstreamTimeout),
		UpstreamCA: flags.upstreamCA.String(), Serve: flags.serve.values, Identities: flags.identities,
		StrictAuth: flags.auth.word == "strict", Credentials: flags.credentials,
		FISStrict: bool(flags.fisStrict), FISQuotas: quotasOf(flags.fisQuotas.values),
	})
	var portInUse *server.PortInUseError
	var reach *server.ReachError
	var file *server.RulesFileError
	var upstream *server.UpstreamError
	switch {
	case errors.As(err, &portInUse):
		return nil, fmt.Errorf("%s is in use by another program, perhaps another Brownout or LocalStack; stop it, or listen elsewhere with --listen HOST:PORT "+
			"(port 0 picks a free one). To stand in front of LocalStack, move it to another port and name that with --upstream",
			portInUse.Address)
	case errors.As(err, &reach), errors.As(err, &file), errors.As(err, &upstream):
		return nil, usage("%v", err)
	}
	return s, err
}

// reload reads the rules file again. A mistake in it leaves the rules as they are.
func reload(s *server.Server, file string, log *slog.Logger) {
	if err := s.ReloadRules(); err != nil {
		log.Error("The rules file was not taken over; the rules stay as they were.", "error", err)
		return
	}
	log.Info("The rules file was read again.", "file", file)
}

// randomSeed is short enough to be typed again.
func randomSeed() uint64 {
	var raw [4]byte
	cryptorand.Read(raw[:]) // never fails (crypto/rand)
	return uint64(binary.BigEndian.Uint32(raw[:]))
}

// welcome begins with the two lines that scripts wait for; the rest is for people.
func (p *process) welcome(at string, flags *startFlags) string {
	program, where := "brownout", ""
	if path, err := os.Executable(); err == nil && strings.Contains(path, "go-build") {
		program = "go run ." // nothing of the name is installed
	}
	data := "in memory, gone at the end (--data DIR keeps it)"
	if flags.data != "" {
		data = "in " + flags.data.String()
	}
	if at != defaultServer {
		where = " --url " + at
	}
	return fmt.Sprintf(`Listening on %s
Ready.

Seed %d (--seed %[2]d repeats this run's draws). Data is kept %s.
%[6]s
In another terminal:
  eval "$(%[4]s env%[5]s)"     # point this shell's AWS tools here, and then:
  aws --endpoint-url %[1]s dynamodb list-tables
  %[4]s demo     # see an experiment break calls, and how they work again
`, at, flags.seed.number, data, program, where, p.origin(flags))
}

// origin says where calls go and where settings come from, as far as that is not the usual.
func (p *process) origin(flags *startFlags) string {
	var text strings.Builder
	for _, service := range slices.Sorted(maps.Keys(flags.upstreams)) {
		if service != "" {
			fmt.Fprintf(&text, "Calls of %s go to %s.\n", service, flags.upstreams[service])
			continue
		}
		here := append([]string{fault.ControlService}, flags.serve.values...)
		fmt.Fprintf(&text, "Calls go to %s; answered here: %s.\n", flags.upstreams[service], strings.Join(here, ", "))
	}
	if p.config != "" {
		fmt.Fprintf(&text, "Settings come from %s, too ('brownout config' shows them).\n", p.config)
	}
	return text.String()
}
