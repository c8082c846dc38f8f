package fis

import (
	"github.com/brownoutdev/brownout/cluster"
	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&table, "DeleteExperimentTemplate", (*Service).deleteExperimentTemplate) }

// deleteExperimentTemplate leaves experiments alone: each has its own copy of the template.
func (s *Service) deleteExperimentTemplate(r *services.Request, in *DeleteExperimentTemplateRequest) (*DeleteExperimentTemplateResponse, error) {
	key := scopeOf(r).key(templateKeys, value(in.Id))
	for {
		record, revision, ok, err := load[templateRecord](r, s.State, key)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, templateNotFound(value(in.Id))
		}
		t := cluster.Transaction{
			If:   []cluster.Condition{{Key: key, Revision: revision}},
			Then: []cluster.Write{{Key: key, Delete: true}, {Key: record.Token, Delete: true}},
		}
		for _, token := range record.AccountTokens {
			t.Then = append(t.Then, cluster.Write{Key: token, Delete: true})
		}
		result, err := s.State.Commit(r, t)
		if err != nil {
			return nil, err
		}
		if result.Done {
			return &DeleteExperimentTemplateResponse{ExperimentTemplate: &record.Template}, nil
		}
	}
}
