package fis

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&table, "ListExperiments", (*Service).listExperiments) }

func (s *Service) listExperiments(r *services.Request, in *ListExperimentsRequest) (*ListExperimentsResponse, error) {
	entries, _, err := s.State.List(r, scopeOf(r).prefix(experimentKeys))
	if err != nil {
		return nil, err
	}
	var all []listed[ExperimentSummary]
	for _, entry := range entries {
		record, err := decode[experimentRecord](entry)
		if err != nil {
			return nil, err
		}
		e := &record.Experiment
		if record.expired(s.Clock.Now()) || in.ExperimentTemplateId != nil && *in.ExperimentTemplateId != *e.ExperimentTemplateId {
			continue
		}
		all = append(all, listed[ExperimentSummary]{created: *e.CreationTime, id: *e.Id, summary: ExperimentSummary{
			Id: e.Id, Arn: e.Arn, ExperimentTemplateId: e.ExperimentTemplateId, State: e.State, CreationTime: e.CreationTime,
			Tags: e.Tags, ExperimentOptions: e.ExperimentOptions,
		}})
	}
	experiments, next, err := page("ListExperiments "+value(in.ExperimentTemplateId), all, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ListExperimentsResponse{Experiments: experiments, NextToken: next}, nil
}
