package fis

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/cluster"
)

// Entry is one line of an experiment's log, which is kept with every experiment.
type Entry struct {
	// Number counts from 0.
	Number int `json:"number"`
	// Time is on the movable clock.
	Time time.Time `json:"time"`
	// Log is a record of FIS's experiment log, Event an event of EventBridge, Note what the engine has to
	// say; one of them is there.
	Log   json.RawMessage `json:"log,omitempty"`
	Event json.RawMessage `json:"event,omitempty"`
	Note  string          `json:"note,omitempty"`
}

// notes are entries that are written with the next change of the record.
func (r *experimentRecord) note(at time.Time, format string, args ...any) {
	r.noted = append(r.noted, Entry{Time: at, Note: fmt.Sprintf(format, args...)})
}

// entryKey is the key of an entry of the experiment's log.
func (r *experimentRecord) entryKey(number int) string {
	return r.key(entryKeys, value(r.Experiment.Id), fmt.Sprintf("%08d", number))
}

// entryWrites are the writes of what has happened to the record since it was read.
func (s *Service) entryWrites(r *experimentRecord) (writes []cluster.Write) {
	for _, e := range s.happened(r) {
		e.Number = r.Entries
		r.Entries++
		writes = append(writes, cluster.Write{Key: r.entryKey(e.Number), Value: encode(e)})
	}
	if r.destined {
		writes = append(writes, cluster.Write{Key: r.deliveryKey(), Value: encode(deliveryRecord{})})
	}
	return writes
}

// happened are the entries that say what has changed in the record since it was read.
func (s *Service) happened(r *experimentRecord) (entries []Entry) {
	now := s.Clock.Now()
	log := func(records ...logRecord) {
		for _, l := range records {
			entries = append(entries, l.entry(r))
		}
	}
	before := r.before
	if before == nil {
		return r.noted // it has just been made
	}
	was, is := before.status(), r.status()
	if was == pending && is != pending && is != cancelled {
		log(experimentStart(r, now))
	}
	entries = append(entries, r.noted...)
	for _, name := range r.names() {
		log(actionRecords(r, before, name, now)...)
	}
	if was != is {
		entries = append(entries, Entry{Time: now, Event: s.stateEvent(r, before.Experiment.State, now)})
		if isFinal(is) {
			log(experimentEnd(r))
		}
	}
	return entries
}

// stateEvent is what FIS sends to EventBridge when an experiment's state changes.
func (s *Service) stateEvent(r *experimentRecord, old *ExperimentState, now time.Time) json.RawMessage {
	type state struct {
		Status string `json:"status"`
		Reason string `json:"reason,omitempty"`
	}
	type detail struct {
		Experiment string `json:"experiment-id"`
		Template   string `json:"experiment-template-id"`
		New        state  `json:"new-state"`
		Old        state  `json:"old-state"`
	}
	is := r.Experiment.State
	return encode(struct {
		Version    string   `json:"version"`
		ID         string   `json:"id"`
		DetailType string   `json:"detail-type"`
		Source     string   `json:"source"`
		Account    string   `json:"account"`
		Time       string   `json:"time"`
		Region     string   `json:"region"`
		Resources  []string `json:"resources"`
		Detail     detail   `json:"detail"`
	}{
		"0", s.IDs.UUID(), "FIS Experiment State Change", "aws.fis", r.Account, logTime(now), r.Region,
		[]string{value(r.Experiment.Arn)},
		detail{
			value(r.Experiment.Id), value(r.Experiment.ExperimentTemplateId),
			state{value(is.Status), value(is.Reason)}, state{value(old.Status), value(old.Reason)},
		},
	})
}

// ExperimentLog are the entries of an experiment's log from a number on, in order. ok is false when there
// is no experiment of this id, in no account and region.
func (s *Service) ExperimentLog(ctx context.Context, id string, from int) (entries []Entry, ok bool, err error) {
	all, _, err := s.State.List(ctx, experimentKeys)
	if err != nil {
		return nil, false, err
	}
	for _, entry := range all {
		if !strings.HasSuffix(entry.Key, "/"+id) {
			continue
		}
		entries, err = s.entriesOf(ctx, entry.Key, from)
		return entries, err == nil, err
	}
	return nil, false, nil
}

// entriesOf are the entries of the experiment with this key.
func (s *Service) entriesOf(ctx context.Context, experiment string, from int) ([]Entry, error) {
	stored, _, err := s.State.List(ctx, entryKeys+strings.TrimPrefix(experiment, experimentKeys)+"/")
	if err != nil {
		return nil, err
	}
	entries := []Entry{}
	for _, one := range stored {
		e, err := decode[Entry](one)
		if err != nil {
			return nil, err
		}
		if e.Number >= from {
			entries = append(entries, *e)
		}
	}
	return entries, nil
}

// event is an entry's event as PutEvents takes it.
func (e *Entry) event() aws.Document {
	var event struct {
		DetailType string          `json:"detail-type"`
		Source     string          `json:"source"`
		Resources  []any           `json:"resources"`
		Detail     json.RawMessage `json:"detail"`
	}
	if err := json.Unmarshal(e.Event, &event); err != nil {
		panic(fmt.Sprintf("fis: an event that is its own cannot be read: %v", err))
	}
	return aws.Document{
		"Time": e.Time, "Source": event.Source, "DetailType": event.DetailType, "Resources": event.Resources, "Detail": string(event.Detail),
	}
}
