package fis

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/brownoutdev/brownout/cluster"
	"github.com/brownoutdev/brownout/services/fis/action"
)

// templateRecord is a template as it is stored.
type templateRecord struct {
	// Token is the key of the client token that made it: deleted with it.
	Token    string
	Template ExperimentTemplate
}

// experimentRecord is an experiment as it is stored.
type experimentRecord struct {
	scope
	Token      string
	Experiment Experiment
	// Ending is the state that the experiment will have when its actions have been undone; nil while
	// it takes its course.
	Ending *ExperimentState `json:",omitempty"`
}

// retention is how long a finished experiment is kept (FIS's quota).
const retention = 120 * 24 * time.Hour

func (r *experimentRecord) status() string { return value(r.Experiment.State.Status) }

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
	t := cluster.Transaction{
		If:   []cluster.Condition{{Key: key, Revision: revision}},
		Then: []cluster.Write{{Key: key, Value: encode(record)}},
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
