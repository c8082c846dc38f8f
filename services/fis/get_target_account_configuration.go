package fis

import "github.com/brownoutdev/brownout/services"

func init() {
	services.Add(&table, "GetTargetAccountConfiguration", (*Service).getTargetAccountConfiguration)
}

func (s *Service) getTargetAccountConfiguration(r *services.Request, in *GetTargetAccountConfigurationRequest) (*GetTargetAccountConfigurationResponse, error) {
	record, _, err := s.template(r, scopeOf(r), value(in.ExperimentTemplateId))
	if err != nil {
		return nil, err
	}
	i, exists := record.account(value(in.AccountId))
	if !exists {
		return nil, accountNotFound(value(in.AccountId))
	}
	return &GetTargetAccountConfigurationResponse{TargetAccountConfiguration: &record.Accounts[i]}, nil
}
