package fis

import "github.com/brownoutdev/brownout/services"

func init() {
	services.Add(&table, "GetExperimentTargetAccountConfiguration", (*Service).getExperimentTargetAccountConfiguration)
}

// getExperimentTargetAccountConfiguration answers what was so when the experiment was started.
func (s *Service) getExperimentTargetAccountConfiguration(r *services.Request, in *GetExperimentTargetAccountConfigurationRequest) (*GetExperimentTargetAccountConfigurationResponse, error) {
	record, _, err := s.experiment(r, scopeOf(r), value(in.ExperimentId))
	if err != nil {
		return nil, err
	}
	for _, c := range record.Accounts {
		if value(c.AccountId) == value(in.AccountId) {
			return &GetExperimentTargetAccountConfigurationResponse{TargetAccountConfiguration: &c}, nil
		}
	}
	return nil, accountNotFound(value(in.AccountId))
}
