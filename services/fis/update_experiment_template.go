package fis

import (
	"github.com/brownoutdev/brownout/cluster"
	"github.com/brownoutdev/brownout/services"
)

func init() {
	services.Add(&table, "UpdateExperimentTemplate", (*Service).updateExperimentTemplate)
}

// updateExperimentTemplate leaves experiments alone: each has its own copy of the template.
func (s *Service) updateExperimentTemplate(r *services.Request, in *UpdateExperimentTemplateRequest) (*UpdateExperimentTemplateResponse, error) {
	at := scopeOf(r)
	record, err := s.changeTemplate(r, at, value(in.Id), func(record *templateRecord, _ *cluster.Transaction) error {
		request := updated(&record.Template, in)
		if err := first(s.validator(request).validate()); err != nil {
			return err
		}
		created := record.Template.CreationTime
		record.Template = newTemplate(request, at, value(in.Id), s.Clock.Now())
		record.Template.CreationTime = created
		record.Template.TargetAccountConfigurationsCount = new(int64(len(record.Accounts)))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &UpdateExperimentTemplateResponse{ExperimentTemplate: &record.Template}, nil
}
