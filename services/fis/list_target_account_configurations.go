package fis

import "github.com/brownoutdev/brownout/services"

func init() {
	services.Add(&table, "ListTargetAccountConfigurations", (*Service).listTargetAccountConfigurations)
}

func (s *Service) listTargetAccountConfigurations(r *services.Request, in *ListTargetAccountConfigurationsRequest) (*ListTargetAccountConfigurationsResponse, error) {
	record, _, err := s.template(r, scopeOf(r), value(in.ExperimentTemplateId))
	if err != nil {
		return nil, err
	}
	all := make([]listed[TargetAccountConfigurationSummary], len(record.Accounts))
	for i, c := range record.Accounts {
		all[i] = listed[TargetAccountConfigurationSummary]{id: value(c.AccountId), summary: TargetAccountConfigurationSummary(c)}
	}
	accounts, next, err := page("ListTargetAccountConfigurations "+value(in.ExperimentTemplateId), all, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ListTargetAccountConfigurationsResponse{TargetAccountConfigurations: accounts, NextToken: next}, nil
}
