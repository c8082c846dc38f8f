package demo

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/aws"
)

func (s *story) lists(ctx context.Context) error {
	a, err := s.client.do(ctx, request{name: "fis.ListExperiments", region: east})
	if err != nil {
		return err
	}
	s.check(a.succeeded() && s.listed(a.out["experiments"]), "all experiments are listed, with id, experimentTemplateId, state and creationTime", []any{a, a.out})
	for _, r := range []request{
		{name: "fis.GetExperiment", in: aws.Document{"id": s.experiments[0]}},
		{name: "fis.GetExperimentTemplate", in: aws.Document{"id": s.template}},
		{name: "fis.ListExperimentTemplates"},
		{name: "fis.DeleteExperimentTemplate", in: aws.Document{"id": s.template}},
	} {
		r.region = east
		if err := s.works(ctx, r, strings.TrimPrefix(r.name, "fis.")+" works"); err != nil {
			return err
		}
	}
	for _, r := range []request{
		{name: "fis.GetExperimentTemplate", in: aws.Document{"id": s.template}},
		{name: "fis.GetExperiment", in: aws.Document{"id": "EXP0000000000000000000"}},
		{name: "fis.StopExperiment", in: aws.Document{"id": "EXP0000000000000000000"}},
	} {
		r.region = east
		if a, err = s.client.do(ctx, r); err != nil {
			return err
		}
		id, _ := r.in["id"].(string)
		s.check(a.refused(http.StatusNotFound, "ResourceNotFoundException") && strings.Contains(a.failure.Message, id),
			id+" is not found, and the error names it", a)
	}
	return nil
}

// listed is true when all experiments of the story are in the list, each with what a list shows.
func (s *story) listed(list any) bool {
	summaries, _ := list.([]any)
	var ids []string
	for _, summary := range summaries {
		_, created := at(summary, "creationTime").(time.Time)
		if textAt(summary, "experimentTemplateId") == "" || textAt(summary, "state", "status") == "" || !created {
			return false
		}
		ids = append(ids, textAt(summary, "id"))
	}
	for _, id := range s.experiments {
		if !slices.Contains(ids, id) {
			return false
		}
	}
	return len(s.experiments) > 0
}
