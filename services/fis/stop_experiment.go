package fis

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&table, "StopExperiment", (*Service).stopExperiment) }

// stopExperiment answers when the experiment's actions have been undone: no rule of it is in force
// then. It is stopped by then; stopping only where this replica does not run it.
func (s *Service) stopExperiment(r *services.Request, in *StopExperimentRequest) (*StopExperimentResponse, error) {
	at, id := scopeOf(r), value(in.Id)
	key := at.key(experimentKeys, id)
	for {
		record, revision, err := s.experiment(r, at, id)
		if err != nil {
			return nil, err
		}
		if isFinal(record.status()) {
			return nil, invalid("Cannot modify the state of an experiment in final state")
		}
		record.end(ExperimentState{Status: new(stopped), Reason: new(reasonStopped)})
		record.settle(s.Clock.Now())
		result, err := s.writeExperiment(r, key, record, revision, true)
		if err != nil {
			return nil, err
		}
		if result.Done {
			break
		}
	}
	if runner := s.engine.take(key); runner != nil {
		select {
		case <-runner.gone:
		case <-r.Done():
			return nil, r.Err()
		}
	}
	record, _, err := s.experiment(r, at, id)
	if err != nil {
		return nil, err
	}
	return &StopExperimentResponse{Experiment: &record.Experiment}, nil
}
