package fis

import (
	"context"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&table, "GetExperiment", (*Service).getExperiment) }

func (s *Service) getExperiment(r *services.Request, in *GetExperimentRequest) (*GetExperimentResponse, error) {
	record, _, err := s.experiment(r, scopeOf(r), value(in.Id))
	if err != nil {
		return nil, err
	}
	return &GetExperimentResponse{Experiment: &record.Experiment}, nil
}

// experiment reads an experiment, or answers the error that it is not found.
func (s *Service) experiment(ctx context.Context, at scope, id string) (record *experimentRecord, revision int64, err error) {
	record, revision, ok, err := load[experimentRecord](ctx, s.State, at.key(experimentKeys, id))
	if err != nil {
		return nil, 0, err
	}
	if !ok || record.expired(s.Clock.Now()) {
		return nil, 0, experimentNotFound(id)
	}
	return record, revision, nil
}
