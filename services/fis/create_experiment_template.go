package fis

import (
	"context"

	"github.com/brownoutdev/brownout/cluster"
	"github.com/brownoutdev/brownout/services"
)

func init() {
	services.Add(&table, "CreateExperimentTemplate", (*Service).createExperimentTemplate)
}

func (s *Service) createExperimentTemplate(r *services.Request, in *CreateExperimentTemplateRequest) (*CreateExperimentTemplateResponse, error) {
	at := scopeOf(r)
	token := s.tokenKey(at, "CreateExperimentTemplate", in.ClientToken)
	same := *in
	same.ClientToken = nil
	request := hash(encode(same))
	for {
		id, err := s.usedToken(r, token, request)
		if err != nil {
			return nil, err
		}
		if id != "" {
			record, _, ok, err := load[templateRecord](r, s.State, at.key(templateKeys, id))
			if err != nil {
				return nil, err
			}
			if ok {
				return &CreateExperimentTemplateResponse{ExperimentTemplate: &record.Template}, nil
			}
			continue // deleted just now, and its token with it
		}
		if err := first(s.validator(in).validate()); err != nil {
			return nil, err
		}
		record := templateRecord{Token: token, Template: newTemplate(in, at, "EXT"+s.IDs.Base62(14), s.Clock.Now())}
		done, err := s.storeTemplate(r, at, &record, tokenRecord{value(record.Template.Id), request})
		if err != nil {
			return nil, err
		}
		if done {
			return &CreateExperimentTemplateResponse{ExperimentTemplate: &record.Template}, nil
		}
	}
}

// storeTemplate is not done when somebody else made a template at the same time.
func (s *Service) storeTemplate(ctx context.Context, at scope, record *templateRecord, token tokenRecord) (done bool, err error) {
	guard, _, err := s.State.Get(ctx, at.key(guardKeys))
	if err != nil {
		return false, err
	}
	templates, _, err := s.State.List(ctx, at.prefix(templateKeys))
	if err != nil {
		return false, err
	}
	if most := s.Quotas.Of(QuotaTemplates); len(templates) >= most {
		return false, quotaExceeded("There are %d experiment templates already. An account can have %d at most in a region.", len(templates), most)
	}
	key := at.key(templateKeys, token.ID)
	result, err := s.State.Commit(ctx, cluster.Transaction{
		If: []cluster.Condition{{Key: key}, {Key: record.Token}, {Key: at.key(guardKeys), Revision: guard.Revision}},
		Then: []cluster.Write{
			{Key: key, Value: encode(record)}, {Key: record.Token, Value: encode(token)}, {Key: at.key(guardKeys)},
		},
	})
	return result.Done, err
}
