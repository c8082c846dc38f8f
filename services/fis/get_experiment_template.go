package fis

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&table, "GetExperimentTemplate", (*Service).getExperimentTemplate) }

func (s *Service) getExperimentTemplate(r *services.Request, in *GetExperimentTemplateRequest) (*GetExperimentTemplateResponse, error) {
	record, _, ok, err := load[templateRecord](r, s.State, scopeOf(r).key(templateKeys, value(in.Id)))
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, templateNotFound(value(in.Id))
	}
	return &GetExperimentTemplateResponse{ExperimentTemplate: &record.Template}, nil
}
