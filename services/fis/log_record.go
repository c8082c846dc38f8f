package fis

import (
	"encoding/json"
	"time"

	"github.com/brownoutdev/brownout/services/fis/target"
)

// logRecord is a record of FIS's experiment log, in schema version 1 or 2.
type logRecord struct {
	kind    string
	at      time.Time
	details any
}

// entry is the record as the experiment's log keeps it.
func (l logRecord) entry(r *experimentRecord) Entry {
	return Entry{Time: l.at, Log: encode(struct {
		ID        string `json:"id"`
		LogType   string `json:"log_type"`
		Timestamp string `json:"event_timestamp"`
		Version   string `json:"version"`
		Details   any    `json:"details"`
	}{value(r.Experiment.Id), l.kind, logTime(l.at), r.logVersion(), l.details})}
}

// logTime is a time as logs and events have it.
func logTime(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05Z") }

// logVersion is the schema version of the experiment's log: "2" unless the template asks for "1".
func (r *experimentRecord) logVersion() string {
	if l := r.Experiment.LogConfiguration; l != nil && value(l.LogSchemaVersion) == 1 {
		return "1"
	}
	return "2"
}

type stateDetail struct {
	Status string `json:"status"`
	Reason string `json:"reason,omitempty"`
}

func experimentStart(r *experimentRecord, at time.Time) logRecord {
	return logRecord{"experiment-start", at, struct {
		Template string `json:"experiment_template_id"`
		Start    string `json:"experiment_start_time"`
	}{value(r.Experiment.ExperimentTemplateId), logTime(*r.Experiment.StartTime)}}
}

func experimentEnd(r *experimentRecord) logRecord {
	at := *r.Experiment.EndTime
	return logRecord{"experiment-end", at, struct {
		End   string      `json:"experiment_end_time"`
		State stateDetail `json:"experiment_state"`
	}{logTime(at), stateDetail{r.status(), value(r.Experiment.State.Reason)}}}
}

// actionRecords say what has happened to an action.
func actionRecords(r, before *experimentRecord, name string, now time.Time) (records []logRecord) {
	a, was := r.Experiment.Actions[name], before.Experiment.Actions[name]
	status, reason := value(a.State.Status), value(a.State.Reason)
	if a.StartTime != nil && was.StartTime == nil {
		records = append(records, logRecord{"action-start", *a.StartTime, struct {
			Name       string            `json:"action_name"`
			ID         string            `json:"action_id"`
			Start      string            `json:"action_start_time"`
			Targets    map[string]string `json:"action_targets,omitempty"`
			Parameters map[string]string `json:"parameters,omitempty"`
		}{name, value(a.ActionId), logTime(*a.StartTime), a.Targets, a.Parameters}})
	}
	if !isFinal(status) || isFinal(value(was.State.Status)) || a.StartTime == nil && status != skipped {
		return records
	}
	if a.EndTime != nil {
		now = *a.EndTime
	}
	if status == failed && r.logVersion() == "2" {
		records = append(records, logRecord{"action-error", now, struct {
			Name    string      `json:"action_name"`
			ID      string      `json:"action_id"`
			Account string      `json:"account_id"`
			State   stateDetail `json:"action_state"`
		}{name, value(a.ActionId), r.Account, stateDetail{status, reason}}})
	}
	return append(records, logRecord{"action-end", now, struct {
		Name  string      `json:"action_name"`
		ID    string      `json:"action_id"`
		End   string      `json:"action_end_time"`
		State stateDetail `json:"action_state"`
	}{name, value(a.ActionId), logTime(now), stateDetail{status, reason}}})
}

// resolution is how one target was resolved.
type resolution struct {
	name, kind string
	start, end time.Time
	accounts   []accountResolution
	resources  []target.Resource
	err        string
}

// accountResolution is how a target was resolved in one account.
type accountResolution struct {
	account string
	end     time.Time
	count   int
	err     string
}

// resolvedPage is how many resources a record names.
const resolvedPage = 100

func (t *resolution) records(version string) (records []logRecord) {
	records = append(records, logRecord{"target-resolution-start", t.start, struct {
		Start string `json:"target_resolution_start_time"`
		Name  string `json:"target_name"`
	}{logTime(t.start), t.name}})
	if version == "2" {
		for _, a := range t.accounts {
			records = append(records, t.detail(a))
		}
	}
	pages := max(1, (len(t.resources)+resolvedPage-1)/resolvedPage)
	for page := range pages {
		records = append(records, t.page(version, page, pages))
	}
	return records
}

func (t *resolution) detail(a accountResolution) logRecord {
	status := completed
	if a.err != "" {
		status = failed
	}
	return logRecord{"target-resolution-detail", a.end, struct {
		End     string `json:"target_resolution_end_time"`
		Name    string `json:"target_name"`
		Type    string `json:"target_type"`
		Account string `json:"account_id"`
		Count   int    `json:"resolved_targets_count"`
		Status  string `json:"status"`
		Error   string `json:"error_information,omitempty"`
	}{logTime(a.end), t.name, t.kind, a.account, a.count, status, a.err}}
}

func (t *resolution) page(version string, page, pages int) logRecord {
	resources := t.resources[min(len(t.resources), page*resolvedPage):min(len(t.resources), (page+1)*resolvedPage)]
	var resolved any
	kind, total := t.kind, new(len(t.resources))
	if version == "1" {
		arns := []string{}
		for _, r := range resources {
			arns = append(arns, r.ARN)
		}
		resolved, kind, total = arns, "", nil
	} else {
		list := []json.RawMessage{}
		for _, r := range resources {
			list = append(list, encode(r.Information))
		}
		resolved = list
	}
	return logRecord{"target-resolution-end", t.end, struct {
		End      string `json:"target_resolution_end_time"`
		Name     string `json:"target_name"`
		Type     string `json:"target_type,omitempty"`
		Resolved any    `json:"resolved_targets"`
		Page     int    `json:"page"`
		Pages    int    `json:"total_pages"`
		Total    *int   `json:"total_resolved_targets_count,omitempty"`
		Error    string `json:"error_information,omitempty"`
	}{logTime(t.end), t.name, kind, resolved, page + 1, pages, total, t.err}}
}
