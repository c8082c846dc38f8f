package fis

import "github.com/brownoutdev/brownout/services"

func init() {
	services.Add(&table, "ListExperimentTargetAccountConfigurations", (*Service).listExperimentTargetAccountConfigurations)
}

// listExperimentTargetAccountConfigurations answers what was so when the experiment was started. The
// model has no maxResults here.
func (s *Service) listExperimentTargetAccountConfigurations(r *services.Request, in *ListExperimentTargetAccountConfigurationsRequest) (*ListExperimentTargetAccountConfigurationsResponse, error) {
	record, _, err := s.experiment(r, scopeOf(r), value(in.ExperimentId))
	if err != nil {
		return nil, err
	}
	all := make([]listed[ExperimentTargetAccountConfigurationSummary], len(record.Accounts))
	for i, c := range record.Accounts {
		all[i] = listed[ExperimentTargetAccountConfigurationSummary]{id: value(c.AccountId), summary: ExperimentTargetAccountConfigurationSummary(c)}
	}
	accounts, next, err := page("ListExperimentTargetAccountConfigurations "+value(in.ExperimentId), all, nil, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ListExperimentTargetAccountConfigurationsResponse{TargetAccountConfigurations: accounts, NextToken: next}, nil
}
