package fis

import (
	"slices"

	"github.com/brownoutdev/brownout/cluster"
	"github.com/brownoutdev/brownout/services"
)

func init() {
	services.Add(&table, "CreateTargetAccountConfiguration", (*Service).createTargetAccountConfiguration)
}

func (s *Service) createTargetAccountConfiguration(r *services.Request, in *CreateTargetAccountConfigurationRequest) (*CreateTargetAccountConfigurationResponse, error) {
	at, account := scopeOf(r), value(in.AccountId)
	token := s.tokenKey(at, "CreateTargetAccountConfiguration", in.ClientToken)
	same := *in
	same.ClientToken = nil
	request := hash(encode(same))
	var made TargetAccountConfiguration
	_, err := s.changeTemplate(r, at, value(in.ExperimentTemplateId), func(record *templateRecord, t *cluster.Transaction) error {
		used, err := s.usedToken(r, token, request)
		if err != nil {
			return err
		}
		i, exists := record.account(account)
		if used != "" && exists {
			made = record.Accounts[i]
			return nil
		}
		if err := s.checkTargetAccount(record, in, exists); err != nil {
			return err
		}
		made = TargetAccountConfiguration{AccountId: in.AccountId, RoleArn: in.RoleArn, Description: in.Description}
		record.Accounts = slices.Insert(record.Accounts, i, made)
		record.count()
		if in.ClientToken != nil {
			record.AccountTokens = append(record.AccountTokens, token)
			t.If = append(t.If, cluster.Condition{Key: token})
			t.Then = append(t.Then, cluster.Write{Key: token, Value: encode(tokenRecord{account, request})})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &CreateTargetAccountConfigurationResponse{TargetAccountConfiguration: &made}, nil
}

func (s *Service) checkTargetAccount(record *templateRecord, in *CreateTargetAccountConfigurationRequest, exists bool) error {
	account := value(in.AccountId)
	v := s.validator(nil)
	v.role(value(in.RoleArn), "roleArn")
	switch most := s.Quotas.Of(QuotaTargetAccounts); {
	case !accountForm.MatchString(account):
		return invalid("The accountId %q is not the number of an account.", account)
	case len(v.problems) > 0:
		return first(v.problems)
	case value(record.Template.ExperimentOptions.AccountTargeting) != multiAccount:
		return invalid("Target account configurations need an experiment template whose accountTargeting is multi-account.")
	case exists:
		return conflict("The experiment template has a target account configuration for the account %s already.", account)
	case len(record.Accounts) >= most:
		return quotaExceeded("The experiment template has %d target account configurations already. It can have %d at most.", len(record.Accounts), most)
	}
	return nil
}
