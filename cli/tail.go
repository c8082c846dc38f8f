package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"github.com/brownoutdev/brownout/cli/tail"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/journal"
)

// tailFlags are what a user can say to tail.
type tailFlags struct {
	server                                  endpoint
	service, operation, region, owner, code string
	status                                  statuses
	last                                    uint
	noFollow, asJSON                        bool
}

func (p *process) tail() *cobra.Command {
	f := &tailFlags{}
	command := &cobra.Command{
		Use:   "tail",
		Short: "Show AWS calls as they happen",
		Long: `Show the AWS calls that a server gets, from the last ten on until Ctrl-C. The attempts that an SDK
makes for one call are one line: how many there were and how far apart, how it ended, and which rules
had a hand in it. On a terminal a call that is being retried is shown while it is. A line is printed
again if another attempt comes after all.

Names may be lists (a,b) and globs (Get*).`,
		Example: `  brownout tail --service dynamodb --status error
  brownout tail --no-follow --last 100 --json`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error { return p.runTail(command.Context(), f) },
	}
	p.steeringFlags(command, &f.server)
	flags := command.Flags()
	flags.StringVar(&f.service, "service", "", "only calls of this service")
	flags.StringVar(&f.operation, "operation", "", "only calls of this operation")
	flags.StringVar(&f.region, "region", "", "only calls of this region")
	flags.Var(&f.status, "status", "only calls with an answer of this status: 503, 5xx, 400-499, error, none")
	flags.StringVar(&f.code, "code", "", "only calls with an answer of this error code")
	flags.StringVar(&f.owner, "owner", "", "only calls that a rule of this owner hit; * is any")
	flags.UintVarP(&f.last, "last", "n", 10, "begin with so many recent calls")
	flags.BoolVar(&f.noFollow, "no-follow", false, "end after the recent calls")
	flags.BoolVar(&f.asJSON, "json", false, "print each attempt as a line of JSON, as the server sends it")
	return command
}

// statuses is a flag's value: what journal.ParseStatus reads.
type statuses struct {
	text   string
	ranges []journal.StatusRange
}

func (s *statuses) String() string { return s.text }
func (s *statuses) Type() string   { return "STATUS" }
func (s *statuses) Set(text string) error {
	ranges, err := journal.ParseStatus(text)
	if err != nil {
		return fmt.Errorf("not %w", err)
	}
	*s = statuses{text, ranges}
	return nil
}

func (p *process) runTail(ctx context.Context, f *tailFlags) error {
	ctx, stop := p.watching(ctx)
	defer stop()
	var shown tailing = &tailJSON{process: p}
	if !f.asJSON {
		shown = newTailLines(p, f)
	}
	if err := f.run(ctx, p, shown); ctx.Err() == nil {
		return err
	}
	return nil
}

// tailing is a way to show attempts.
type tailing interface {
	// recent shows those that the server remembers; at most so many.
	recent(attempts []json.RawMessage, last int) error
	add(attempt string) error
	// changed is called when nothing more has come for the moment, and now and then.
	changed() error
	end() error
}

// query is what to ask the server for. Lines need all attempts of a call, also those that went well:
// which calls are wanted is looked at once they are put together.
func (f *tailFlags) query() url.Values {
	query := url.Values{}
	for name, value := range map[string]string{"service": f.service, "operation": f.operation, "region": f.region} {
		if value != "" {
			query.Set(name, value)
		}
	}
	if !f.asJSON {
		return query
	}
	for name, value := range map[string]string{"status": f.status.text, "code": f.code, "owner": f.owner} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return query
}

func (f *tailFlags) run(ctx context.Context, p *process, shown tailing) error {
	var after *uint64
	if f.last > 0 {
		recent, err := f.server.recentCalls(ctx, f.query())
		if err != nil {
			return err
		}
		after = new(uint64)
		if len(recent) > 0 {
			var last struct{ Sequence uint64 }
			if err := json.Unmarshal(recent[len(recent)-1], &last); err != nil {
				return fmt.Errorf("the server's answer: %w", err)
			}
			*after = last.Sequence
		}
		if err := shown.recent(recent, int(min(f.last, 1<<30))); err != nil {
			return err
		}
	}
	if f.noFollow {
		return shown.end()
	}
	if err := shown.changed(); err != nil {
		return err
	}
	events, ended := make(chan event, 1000), make(chan error, 1)
	go func() {
		ended <- f.server.followCalls(ctx, f.query(), after, events)
		close(events)
	}()
	err := p.showEvents(ctx, events, shown)
	if err == nil {
		err = <-ended
		if err == nil {
			fmt.Fprintf(p.stderr, "brownout tail: the server at %s has ended\n", f.server.orDefault())
		}
	}
	return errors.Join(err, shown.end())
}

// showEvents shows events until there are no more; several that come at once are one change of the screen.
func (p *process) showEvents(ctx context.Context, events <-chan event, shown tailing) error {
	const look = 500 * time.Millisecond
	for {
		timer := make(chan struct{})
		stop := clock.Real{}.AfterFunc(look, func() { close(timer) })
		select {
		case e, ok := <-events:
			stop()
			for more := true; more; {
				if !ok {
					return nil
				}
				if err := p.showEvent(e, shown); err != nil {
					return err
				}
				select {
				case e, ok = <-events:
				default:
					more = false
				}
			}
		case <-timer:
		case <-ctx.Done():
			stop()
			return nil
		}
		if err := shown.changed(); err != nil {
			return err
		}
	}
}

func (p *process) showEvent(e event, shown tailing) error {
	switch e.name {
	case "call":
		return shown.add(e.data)
	case "lost":
		var lost struct{ Lost uint64 }
		if err := json.Unmarshal([]byte(e.data), &lost); err != nil {
			return fmt.Errorf("the server's feed: %w", err)
		}
		fmt.Fprintf(p.stderr, "brownout tail: %d calls went by too fast to be seen\n", lost.Lost)
	}
	return nil
}

// tailJSON prints attempts as they come.
type tailJSON struct{ process *process }

func (t *tailJSON) recent(attempts []json.RawMessage, last int) error {
	for _, attempt := range attempts[max(0, len(attempts)-last):] {
		if err := t.add(string(attempt)); err != nil {
			return err
		}
	}
	return nil
}
func (t *tailJSON) add(attempt string) error { return t.process.print(attempt + "\n") }
func (t *tailJSON) changed() error           { return nil }
func (t *tailJSON) end() error               { return nil }

// tailLines prints calls, each a line.
type tailLines struct {
	calls  tail.Calls
	screen tail.Screen
}

func newTailLines(p *process, f *tailFlags) *tailLines {
	wanted := journal.Filter{Owner: f.owner, Code: f.code, Status: f.status.ranges}
	return &tailLines{
		calls:  tail.Calls{Wanted: wanted.Matches},
		screen: tail.Screen{Out: p.stdout, Terminal: p.coloured(p.stdout)},
	}
}

func (t *tailLines) recent(attempts []json.RawMessage, last int) error {
	records := make([]journal.Record, len(attempts))
	for i, attempt := range attempts {
		if err := json.Unmarshal(attempt, &records[i]); err != nil {
			return fmt.Errorf("the server's answer: %w", err)
		}
	}
	t.calls.AddRecent(records, last, clock.Real{}.Now())
	return nil
}

func (t *tailLines) add(attempt string) error {
	var r journal.Record
	if err := json.Unmarshal([]byte(attempt), &r); err != nil {
		return fmt.Errorf("the server's feed: %w", err)
	}
	t.calls.Add(r, clock.Real{}.Now())
	return nil
}

func (t *tailLines) changed() error { return t.screen.Show(&t.calls, clock.Real{}.Now()) }
func (t *tailLines) end() error     { return t.screen.End(&t.calls, clock.Real{}.Now()) }
