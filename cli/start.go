package cli

import (
	"context"
	cryptorand "crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/cobra"

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
}

func (p *process) start() *cobra.Command {
	flags := &startFlags{
		listen:      server.DefaultListen,
		logFormat:   choice{"auto", []string{"auto", "text", "json"}},
		logLevel:    choice{"info", []string{"debug", "info", "warn", "error"}},
		corsOrigins: list{name: "ORIGIN", read: readOrigin},
		allowed:     list{name: "HOST", read: readHost},

		dynamodbWording:  choice{"current", []string{"current", "classic"}},
		dynamodbCapacity: choice{"ignore", []string{"ignore", "enforce"}},
	}
	command := &cobra.Command{
		Use:   "start",
		Short: "Start the server",
		Long: `Answer AWS calls until SIGINT or SIGTERM; calls in flight then have 5 seconds to end, and a second
signal ends at once. "Listening on URL" and "Ready." go to standard output when calls are answered,
logs to standard error. Every flag can be set as BROWNOUT_* in the environment; the flag wins.

DYNAMODB_ERROR_PROBABILITY, DYNAMODB_READ_ERROR_PROBABILITY and DYNAMODB_WRITE_ERROR_PROBABILITY (0 to 1) make
DynamoDB calls fail as they do in LocalStack.`,
		Example: `  brownout start --listen 127.0.0.1:0 --data ./brownout-data --seed 7`,
		Args:    noArguments,
		RunE:    func(command *cobra.Command, _ []string) error { return p.serve(command.Context(), flags) },
	}
	setting(command, &flags.listen, "listen", "where to answer; port 0 picks a free one")
	setting(command, &flags.data, "data", "keep data in this folder (default: in memory)")
	setting(command, &flags.seed, "seed", "decide all draws of faults, so that a run can be repeated (default: random)")
	setting(command, &flags.logFormat, "log-format", "how to log; auto is coloured on a terminal and text elsewhere")
	setting(command, &flags.logLevel, "log-level", "what to log at least")
	setting(command, &flags.corsOrigins, "cors-origin", "let web pages of this origin call; may be repeated")
	setting(command, &flags.allowed, "allowed-host", "answer under this host name, too; may be repeated")
	setting(command, &flags.rules, "rules", "put the fault rules of this file into force; SIGHUP reads it again")
	setting(command, &flags.token, "token", "let only those steer the server who show this token; needed where other machines can reach it")
	setting(command, &flags.insecureListen, "insecure-listen", "let everybody steer a server that other machines can reach")
	setting(command, &flags.dynamodbWording, "dynamodb-wording", "which generation of DynamoDB's validation texts to answer")
	setting(command, &flags.dynamodbCapacity, "dynamodb-capacity", "whether DynamoDB tables that use more than their capacity are throttled")
	command.Flags().Lookup("insecure-listen").NoOptDefVal = "true"
	return command
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
				err = p.print(welcome(s.URL(), flags))
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
	s, err := server.New(ctx, server.Config{
		Listen: flags.listen.String(), Data: flags.data.String(), Seed: flags.seed.number, Log: log,
		CORSOrigins: flags.corsOrigins.values, AllowedHosts: flags.allowed.values, Version: thisBuild().Version,
		Token: flags.token.String(), InsecureListen: bool(flags.insecureListen), Rules: rules, RulesFile: flags.rules.String(),
		ClassicDynamoDB: flags.dynamodbWording.word == "classic", EnforceDynamoDB: flags.dynamodbCapacity.word == "enforce",
	})
	var portInUse *server.PortInUseError
	var reach *server.ReachError
	var file *server.RulesFileError
	switch {
	case errors.As(err, &portInUse):
		return nil, fmt.Errorf("%s is in use by another program, perhaps another Brownout; stop it, or listen elsewhere with --listen HOST:PORT (port 0 picks a free one)",
			portInUse.Address)
	case errors.As(err, &reach), errors.As(err, &file):
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
func welcome(at string, flags *startFlags) string {
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

In another terminal:
  eval "$(%s env%s)"     # point this shell's AWS tools here, and then:
  aws --endpoint-url %[1]s dynamodb list-tables
  %[4]s demo     # see an experiment break calls, and how they work again
`, at, flags.seed.number, data, program, where)
}
