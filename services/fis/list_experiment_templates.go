package fis

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&table, "ListExperimentTemplates", (*Service).listExperimentTemplates) }

func (s *Service) listExperimentTemplates(r *services.Request, in *ListExperimentTemplatesRequest) (*ListExperimentTemplatesResponse, error) {
	entries, _, err := s.State.List(r, scopeOf(r).prefix(templateKeys))
	if err != nil {
		return nil, err
	}
	all := make([]listed[ExperimentTemplateSummary], len(entries))
	for i, entry := range entries {
		record, err := decode[templateRecord](entry)
		if err != nil {
			return nil, err
		}
		t := &record.Template
		all[i] = listed[ExperimentTemplateSummary]{created: *t.CreationTime, id: *t.Id, summary: ExperimentTemplateSummary{
			Id: t.Id, Arn: t.Arn, Description: t.Description, CreationTime: t.CreationTime, LastUpdateTime: t.LastUpdateTime, Tags: t.Tags,
		}}
	}
	templates, next, err := page("ListExperimentTemplates", all, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ListExperimentTemplatesResponse{ExperimentTemplates: templates, NextToken: next}, nil
}
