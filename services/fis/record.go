package fis

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/brownoutdev/brownout/cluster"
	"github.com/brownoutdev/brownout/identity"
	"github.com/brownoutdev/brownout/services/fis/action"
	"github.com/brownoutdev/brownout/services/fis/target"
)

// templateRecord is a template as it is stored.
type templateRecord struct {
	// Token is the key of the client token that made it: deleted with it.
	Token    string
	Template ExperimentTemplate
	// Accounts are the template's target account configurations in order of the accounts; AccountTokens
	// are the keys of the client tokens that made them: deleted with the template.
	Accounts      []TargetAccountConfiguration `json:",omitempty"`
	AccountTokens []string                     `json:",omitempty"`
}

// experimentRecord is an experiment as it is stored.
type experimentRecord struct {
	scope
	Token      string
	Experiment Experiment
	// Caller is whoever started the experiment: the services that its actions need are asked in its name.
	Caller identity.Principal
	// Accounts are the target account configurations as they were at the start.
	Accounts []ExperimentTargetAccountConfiguration `json:",omitempty"`
	// Resolved are the resources that each target was resolved to, once and before the first action.
	Resolved map[string][]target.Resource `json:",omitempty"`
	// Prepared: the targets are resolved, and the actions may begin.
	Prepared bool `json:",omitempty"`
	// Entries is how many entries the experiment's log has.
	Entries int `json:",omitempty"`
	// Ending is the state that the experiment will have when its actions have been undone; nil while
	// it takes its course.
	Ending *ExperimentState `json:",omitempty"`

	// before is the record as it was read, noted what is to be written to the experiment's log besides
	// what has changed since.
	before *experimentRecord
	noted  []Entry
	// destined: from now on the log is delivered to where the template asks for.
	destined bool
}

// retention is how long a finished experiment is kept (FIS's quota).
const retention = 120 * 24 * time.Hour

func (r *experimentRecord) status() string { return value(r.Experiment.State.Status) }

// prefixOf is what the experiment's keys of a kind begin with.
func (r *experimentRecord) prefixOf(kind string) string {
	return r.key(kind, value(r.Experiment.Id)) + "/"
}

// begun reports whether an action has begun.
func (r *experimentRecord) begun() bool {
	for _, a := range r.Experiment.Actions {
		if a.StartTime != nil {
			return true
		}
	}
	return false
}

// targetsOf are the resources that an action acts on, by its target keys.
func (r *experimentRecord) targetsOf(name string) map[string][]target.Resource {
	targets := map[string][]target.Resource{}
	for key, of := range r.Experiment.Actions[name].Targets {
		targets[key] = r.Resolved[of]
	}
	return targets
}

// targetRoles are the roles of the target accounts, by account.
func (r *experimentRecord) targetRoles() map[string]string {
	roles := make(map[string]string, len(r.Accounts))
	for _, c := range r.Accounts {
		roles[value(c.AccountId)] = value(c.RoleArn)
	}
	return roles
}

// limit is when the experiment is over at the latest.
func (r *experimentRecord) limit() time.Time { return r.Experiment.StartTime.Add(action.MaxDuration) }

// expired reports whether nobody is to see the experiment any more.
func (r *experimentRecord) expired(now time.Time) bool {
	end := r.Experiment.EndTime
	return end != nil && now.Sub(*end) > retention
}

// load reads a record; ok is false when the key is missing.
func load[R any](ctx context.Context, state cluster.State, key string) (record *R, revision int64, ok bool, err error) {
	entry, ok, err := state.Get(ctx, key)
	if err != nil || !ok {
		return nil, 0, false, err
	}
	record, err = decode[R](entry)
	return record, entry.Revision, true, err
}

func decode[R any](entry cluster.Entry) (*R, error) {
	record := new(R)
	if err := json.Unmarshal(entry.Value, record); err != nil {
		return nil, fmt.Errorf("fis: %s does not hold what it should: %w", entry.Key, err)
	}
	if e, ok := any(record).(*experimentRecord); ok {
		e.before = e.clone()
		e.Prepared = e.Prepared || e.begun() // written by a version without targets
	}
	return record, nil
}

func encode(record any) []byte {
	text, err := json.Marshal(record)
	if err != nil {
		panic(fmt.Sprintf("fis: a %T cannot be written: %v", record, err)) // strings, times and numbers always can
	}
	return text
}

// writeExperiment stores a record if nobody has changed it since it had this revision. announce lets
// whoever runs the experiment look at it again.
func (s *Service) writeExperiment(ctx context.Context, key string, record *experimentRecord, revision int64, announce bool) (cluster.Result, error) {
	entries := s.entryWrites(record)
	t := cluster.Transaction{
		If:   []cluster.Condition{{Key: key, Revision: revision}},
		Then: append(entries, cluster.Write{Key: key, Value: encode(record)}),
	}
	if final := isFinal(record.status()); final || announce {
		t.Then = append(t.Then, cluster.Write{Key: activeOf(key), Value: []byte(record.status()), Delete: final})
	}
	return s.State.Commit(ctx, t)
}

// value is what a pointer of a shape points to; the zero value when it is nil.
func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
