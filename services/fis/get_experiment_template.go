package fis

import (
	"context"

	"github.com/brownoutdev/brownout/cluster"
	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&table, "GetExperimentTemplate", (*Service).getExperimentTemplate) }

func (s *Service) getExperimentTemplate(r *services.Request, in *GetExperimentTemplateRequest) (*GetExperimentTemplateResponse, error) {
	record, _, err := s.template(r, scopeOf(r), value(in.Id))
	if err != nil {
		return nil, err
	}
	return &GetExperimentTemplateResponse{ExperimentTemplate: &record.Template}, nil
}

// template reads a template, or answers the error that it is not found.
func (s *Service) template(ctx context.Context, at scope, id string) (record *templateRecord, revision int64, err error) {
	record, revision, ok, err := load[templateRecord](ctx, s.State, at.key(templateKeys, id))
	if err == nil && !ok {
		err = templateNotFound(id)
	}
	return record, revision, err
}

// changeTemplate changes a template as long as it takes until nobody else has changed it meanwhile.
// change may add writes to the same transaction.
func (s *Service) changeTemplate(ctx context.Context, at scope, id string, change func(*templateRecord, *cluster.Transaction) error) (*templateRecord, error) {
	for {
		record, revision, err := s.template(ctx, at, id)
		if err != nil {
			return nil, err
		}
		key := at.key(templateKeys, id)
		t := cluster.Transaction{If: []cluster.Condition{{Key: key, Revision: revision}}}
		if err := change(record, &t); err != nil {
			return nil, err
		}
		t.Then = append(t.Then, cluster.Write{Key: key, Value: encode(record)})
		result, err := s.State.Commit(ctx, t)
		if err != nil {
			return nil, err
		}
		if result.Done {
			return record, nil
		}
	}
}
