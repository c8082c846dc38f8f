package fis

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"github.com/brownoutdev/brownout/aws"
)

// Values of experiment options. The first of each are the defaults.
const (
	singleAccount = "single-account"
	multiAccount  = "multi-account"
	failOnEmpty   = "fail"
	runAll        = "run-all"
	skipAll       = "skip-all"
)

// reportDuration is how long before and after the experiment a report looks, unless the template says.
const reportDuration = "PT20M"

// recast is a value of another shape with the same members: FIS's model has a shape of its own for
// each place of a target, an action, and so on. Members that the other does not have are dropped.
func recast[Out any](in any) Out {
	var out Out
	if err := json.Unmarshal(encode(in), &out); err != nil {
		panic(fmt.Sprintf("fis: a %T is no %T: %v", in, out, err)) // members of one name have one type
	}
	return out
}

// newTemplate is the template that a request asks for.
func newTemplate(in *CreateExperimentTemplateRequest, at scope, id string, now time.Time) ExperimentTemplate {
	t := recast[ExperimentTemplate](in)
	t.Id = &id
	t.Arn = new(aws.NewARN("fis", at.Region, at.Account, templateResource+id).String())
	t.CreationTime, t.LastUpdateTime = &now, &now
	t.Tags = orEmpty(t.Tags)
	t.TargetAccountConfigurationsCount = new(int64(0))
	o := value(t.ExperimentOptions)
	t.ExperimentOptions = &ExperimentTemplateExperimentOptions{
		AccountTargeting:          new(cmp.Or(value(o.AccountTargeting), singleAccount)),
		EmptyTargetResolutionMode: new(cmp.Or(value(o.EmptyTargetResolutionMode), failOnEmpty)),
	}
	if r := t.ExperimentReportConfiguration; r != nil {
		r.PreExperimentDuration = new(cmp.Or(value(r.PreExperimentDuration), reportDuration))
		r.PostExperimentDuration = new(cmp.Or(value(r.PostExperimentDuration), reportDuration))
	}
	return t
}

// updated is the request that would make the template anew, with the changes of an update. A member
// that is given replaces the whole member.
func updated(t *ExperimentTemplate, in *UpdateExperimentTemplateRequest) *CreateExperimentTemplateRequest {
	all := recast[CreateExperimentTemplateRequest](t)
	if in.Description != nil {
		all.Description = in.Description
	}
	if in.RoleArn != nil {
		all.RoleArn = in.RoleArn
	}
	if in.StopConditions != nil {
		all.StopConditions = recast[[]CreateExperimentTemplateStopConditionInput](in.StopConditions)
	}
	if in.Targets != nil {
		all.Targets = recast[map[string]CreateExperimentTemplateTargetInput](in.Targets)
	}
	if in.Actions != nil {
		all.Actions = recast[map[string]CreateExperimentTemplateActionInput](in.Actions)
	}
	if o := in.ExperimentOptions; o != nil && o.EmptyTargetResolutionMode != nil {
		all.ExperimentOptions.EmptyTargetResolutionMode = o.EmptyTargetResolutionMode
	}
	if l := in.LogConfiguration; l != nil {
		all.LogConfiguration = nil // {} switches logging off
		if *l != (UpdateExperimentTemplateLogConfigurationInput{}) {
			all.LogConfiguration = new(recast[CreateExperimentTemplateLogConfigurationInput](l))
			if l.LogSchemaVersion == nil {
				all.LogConfiguration.LogSchemaVersion = new(schemaOf(t))
			}
		}
	}
	if r := in.ExperimentReportConfiguration; r != nil {
		all.ExperimentReportConfiguration = nil // {} switches reports off
		if *r != (UpdateExperimentTemplateReportConfigurationInput{}) {
			all.ExperimentReportConfiguration = new(recast[CreateExperimentTemplateReportConfigurationInput](r))
		}
	}
	return &all
}

// schemaOf is the schema version of a template's logs that an update without one leaves.
func schemaOf(t *ExperimentTemplate) int64 {
	if l := t.LogConfiguration; l != nil && l.LogSchemaVersion != nil {
		return *l.LogSchemaVersion
	}
	return maxLogSchema
}

// newExperiment is an experiment from a template as it is now: later changes of the template do not touch it.
func newExperiment(in *StartExperimentRequest, from *ExperimentTemplate, at scope, id string, now time.Time) Experiment {
	e := recast[Experiment](from)
	e.Id = &id
	e.Arn = new(aws.NewARN("fis", at.Region, at.Account, experimentResource+id).String())
	e.ExperimentTemplateId = from.Id
	e.State = &ExperimentState{Status: new(pending), Reason: new(reasonPending)}
	e.CreationTime, e.StartTime = &now, &now
	e.Tags = orEmpty(in.Tags)
	for name, a := range e.Actions {
		a.State = &ExperimentActionState{Status: new(pending), Reason: new(reasonActionPending)}
		e.Actions[name] = a
	}
	e.ExperimentOptions.ActionsMode = new(runAll)
	if in.ExperimentOptions != nil {
		e.ExperimentOptions.ActionsMode = new(cmp.Or(value(in.ExperimentOptions.ActionsMode), runAll))
	}
	if e.ExperimentReportConfiguration != nil && value(e.ExperimentOptions.ActionsMode) != skipAll {
		e.ExperimentReport = &ExperimentReport{State: &ExperimentReportState{
			Status: new(failed), Reason: new(reasonNoReport), Error: &ExperimentReportError{Code: new("NotImplemented")},
		}}
	}
	return e
}

// orEmpty is for maps that FIS answers even when the caller sent none.
func orEmpty(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}
