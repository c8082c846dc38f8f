package fis

import (
	"slices"

	"github.com/brownoutdev/brownout/cluster"
	"github.com/brownoutdev/brownout/services"
)

func init() {
	services.Add(&table, "DeleteTargetAccountConfiguration", (*Service).deleteTargetAccountConfiguration)
}

func (s *Service) deleteTargetAccountConfiguration(r *services.Request, in *DeleteTargetAccountConfigurationRequest) (*DeleteTargetAccountConfigurationResponse, error) {
	at := scopeOf(r)
	var deleted TargetAccountConfiguration
	_, err := s.changeTemplate(r, at, value(in.ExperimentTemplateId), func(record *templateRecord, t *cluster.Transaction) error {
		i, exists := record.account(value(in.AccountId))
		if !exists {
			return accountNotFound(value(in.AccountId))
		}
		deleted = record.Accounts[i]
		record.Accounts = slices.Delete(record.Accounts, i, i+1)
		record.count()
		return s.forgetTokens(r, record, t, value(in.AccountId))
	})
	if err != nil {
		return nil, err
	}
	return &DeleteTargetAccountConfigurationResponse{TargetAccountConfiguration: &deleted}, nil
}

// forgetTokens deletes the client tokens that made a configuration: with one of them it can be made anew.
func (s *Service) forgetTokens(r *services.Request, record *templateRecord, t *cluster.Transaction, account string) error {
	left := []string{}
	for _, key := range record.AccountTokens {
		token, _, ok, err := load[tokenRecord](r, s.State, key)
		if err != nil {
			return err
		}
		switch {
		case !ok:
		case token.ID == account:
			t.Then = append(t.Then, cluster.Write{Key: key, Delete: true})
		default:
			left = append(left, key)
		}
	}
	record.AccountTokens = left
	return nil
}
