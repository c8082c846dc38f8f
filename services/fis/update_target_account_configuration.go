package fis

import (
	"github.com/brownoutdev/brownout/cluster"
	"github.com/brownoutdev/brownout/services"
)

func init() {
	services.Add(&table, "UpdateTargetAccountConfiguration", (*Service).updateTargetAccountConfiguration)
}

// updateTargetAccountConfiguration leaves alone what is not given.
func (s *Service) updateTargetAccountConfiguration(r *services.Request, in *UpdateTargetAccountConfigurationRequest) (*UpdateTargetAccountConfigurationResponse, error) {
	var changed TargetAccountConfiguration
	_, err := s.changeTemplate(r, scopeOf(r), value(in.ExperimentTemplateId), func(record *templateRecord, _ *cluster.Transaction) error {
		i, exists := record.account(value(in.AccountId))
		if !exists {
			return accountNotFound(value(in.AccountId))
		}
		v := s.validator(nil)
		v.role(value(in.RoleArn), "roleArn")
		if in.RoleArn != nil {
			record.Accounts[i].RoleArn = in.RoleArn
		}
		if in.Description != nil {
			record.Accounts[i].Description = in.Description
		}
		changed = record.Accounts[i]
		return first(v.problems)
	})
	if err != nil {
		return nil, err
	}
	return &UpdateTargetAccountConfigurationResponse{TargetAccountConfiguration: &changed}, nil
}
