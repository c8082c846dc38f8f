package fis

import (
	"cmp"
	"time"

	"github.com/brownoutdev/brownout/aws"
)

// Defaults of experiment options.
const (
	singleAccount = "single-account"
	failOnEmpty   = "fail"
	runAll        = "run-all"
)

// newTemplate is the template that a request asks for. Members that validate refuses are not looked at.
func newTemplate(in *CreateExperimentTemplateRequest, at scope, id string, now time.Time) ExperimentTemplate {
	t := ExperimentTemplate{
		Id:             &id,
		Arn:            new(aws.NewARN("fis", at.Region, at.Account, "experiment-template/"+id).String()),
		Description:    in.Description,
		Actions:        make(map[string]ExperimentTemplateAction, len(in.Actions)),
		StopConditions: make([]ExperimentTemplateStopCondition, len(in.StopConditions)),
		CreationTime:   &now,
		LastUpdateTime: &now,
		RoleArn:        in.RoleArn,
		Tags:           orEmpty(in.Tags),
		ExperimentOptions: &ExperimentTemplateExperimentOptions{
			AccountTargeting: new(singleAccount), EmptyTargetResolutionMode: new(failOnEmpty),
		},
		TargetAccountConfigurationsCount: new(int64(0)),
	}
	if in.Targets != nil {
		t.Targets = map[string]ExperimentTemplateTarget{}
	}
	for name, a := range in.Actions {
		t.Actions[name] = ExperimentTemplateAction(a)
	}
	for i, condition := range in.StopConditions {
		t.StopConditions[i] = ExperimentTemplateStopCondition(condition)
	}
	if o := in.ExperimentOptions; o != nil {
		t.ExperimentOptions.EmptyTargetResolutionMode = new(cmp.Or(value(o.EmptyTargetResolutionMode), failOnEmpty))
	}
	return t
}

// newExperiment is an experiment from a template as it is now: later changes of the template do not touch it.
func newExperiment(in *StartExperimentRequest, from *ExperimentTemplate, at scope, id string, now time.Time) Experiment {
	e := Experiment{
		Id:                   &id,
		Arn:                  new(aws.NewARN("fis", at.Region, at.Account, "experiment/"+id).String()),
		ExperimentTemplateId: from.Id,
		RoleArn:              from.RoleArn,
		State:                &ExperimentState{Status: new(initiating), Reason: new(reasonInitiating)},
		Actions:              make(map[string]ExperimentAction, len(from.Actions)),
		StopConditions:       make([]ExperimentStopCondition, len(from.StopConditions)),
		CreationTime:         &now,
		StartTime:            &now,
		Tags:                 orEmpty(in.Tags),
		ExperimentOptions: &ExperimentOptions{
			AccountTargeting:          from.ExperimentOptions.AccountTargeting,
			EmptyTargetResolutionMode: from.ExperimentOptions.EmptyTargetResolutionMode,
			ActionsMode:               new(runAll),
		},
		TargetAccountConfigurationsCount: new(int64(0)),
	}
	if from.Targets != nil {
		e.Targets = map[string]ExperimentTarget{}
	}
	for name, a := range from.Actions {
		e.Actions[name] = ExperimentAction{
			ActionId: a.ActionId, Description: a.Description, Parameters: a.Parameters, Targets: a.Targets, StartAfter: a.StartAfter,
			State: &ExperimentActionState{Status: new(pending), Reason: new(reasonActionPending)},
		}
	}
	for i, condition := range from.StopConditions {
		e.StopConditions[i] = ExperimentStopCondition(condition)
	}
	if in.ExperimentOptions != nil {
		e.ExperimentOptions.ActionsMode = new(cmp.Or(value(in.ExperimentOptions.ActionsMode), runAll))
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
