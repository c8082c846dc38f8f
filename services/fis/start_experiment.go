package fis

import (
	"github.com/brownoutdev/brownout/cluster"
	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&table, "StartExperiment", (*Service).startExperiment) }

// startExperiment answers the experiment as it is when everything that can be done at once has been
// done: running, as a rule.
func (s *Service) startExperiment(r *services.Request, in *StartExperimentRequest) (*StartExperimentResponse, error) {
	at := scopeOf(r)
	token := s.tokenKey(at, "StartExperiment", in.ClientToken)
	same := *in
	same.ClientToken = nil
	request := hash(encode(same))
	for {
		id, err := s.usedToken(r, token, request)
		if err != nil {
			return nil, err
		}
		if id == "" {
			id = "EXP" + s.IDs.Base62(15+int(s.IDs.Uint64()%2))
			done, err := s.storeExperiment(r, at, in, token, tokenRecord{id, request})
			if err != nil {
				return nil, err
			}
			if !done {
				continue
			}
			if runner := s.engine.take(at.key(experimentKeys, id)); runner != nil {
				runner.settled(r)
			}
		}
		record, _, ok, err := load[experimentRecord](r, s.State, at.key(experimentKeys, id))
		if err != nil {
			return nil, err
		}
		if ok {
			return &StartExperimentResponse{Experiment: &record.Experiment}, nil
		}
	}
}

// storeExperiment is not done when somebody else started an experiment or changed the template at the same time.
func (s *Service) storeExperiment(ctx *services.Request, at scope, in *StartExperimentRequest, tokenKey string, token tokenRecord) (done bool, err error) {
	v := s.validator(nil)
	v.tags(in.Tags)
	if err := first(v.problems); err != nil {
		return false, err
	}
	templateKey := at.key(templateKeys, value(in.ExperimentTemplateId))
	template, revision, ok, err := load[templateRecord](ctx, s.State, templateKey)
	if err != nil {
		return false, err
	}
	if !ok {
		return false, templateNotFound(value(in.ExperimentTemplateId))
	}
	guard, _, err := s.State.Get(ctx, at.key(guardKeys))
	if err != nil {
		return false, err
	}
	active, _, err := s.State.List(ctx, at.prefix(activeKeys))
	if err != nil {
		return false, err
	}
	if most := s.Quotas.Of(QuotaActive); len(active) >= most {
		return false, quotaExceeded("There are %d active experiments already. An account can have %d at most in a region.", len(active), most)
	}
	if value(template.Template.ExperimentOptions.AccountTargeting) == multiAccount && len(template.Accounts) == 0 {
		return false, invalid("The experiment template targets multiple accounts. It must have a target account configuration.")
	}
	lever, leverRevision, err := s.lever(ctx, at)
	if err != nil {
		return false, err
	}
	record := experimentRecord{
		scope: at, Token: tokenKey, Caller: ctx.Caller,
		Experiment: newExperiment(in, &template.Template, at, token.ID, s.Clock.Now()),
		Accounts:   recast[[]ExperimentTargetAccountConfiguration](template.Accounts),
	}
	if lever.Status != disengaged {
		record.cancelByLever()
	}
	key := at.key(experimentKeys, token.ID)
	result, err := s.State.Commit(ctx, cluster.Transaction{
		If: []cluster.Condition{
			{Key: key}, {Key: tokenKey}, {Key: templateKey, Revision: revision}, {Key: at.key(guardKeys), Revision: guard.Revision},
			{Key: at.key(leverKeys), Revision: leverRevision},
		},
		Then: []cluster.Write{
			{Key: key, Value: encode(record)}, {Key: activeOf(key), Value: []byte(initiating)},
			{Key: tokenKey, Value: encode(token)}, {Key: at.key(guardKeys)},
		},
	})
	return result.Done, err
}
