package fis

import (
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/fis/target"
)

func init() { services.Add(&table, "ListTargetResourceTypes", (*Service).listTargetResourceTypes) }

func (s *Service) listTargetResourceTypes(_ *services.Request, in *ListTargetResourceTypesRequest) (*ListTargetResourceTypesResponse, error) {
	var all []listed[TargetResourceTypeSummary]
	for _, t := range target.All() {
		all = append(all, listed[TargetResourceTypeSummary]{id: t.ID, summary: TargetResourceTypeSummary{ResourceType: &t.ID, Description: &t.Description}})
	}
	types, next, err := page("ListTargetResourceTypes", all, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ListTargetResourceTypesResponse{TargetResourceTypes: types, NextToken: next}, nil
}
