package fis

import (
	"fmt"
	"maps"
	"slices"

	"github.com/brownoutdev/brownout/services"
)

func init() {
	services.Add(&table, "ListExperimentResolvedTargets", (*Service).listExperimentResolvedTargets)
}

// listExperimentResolvedTargets answers the resources that were chosen before the first action: none
// while they are being looked for.
func (s *Service) listExperimentResolvedTargets(r *services.Request, in *ListExperimentResolvedTargetsRequest) (*ListExperimentResolvedTargetsResponse, error) {
	record, _, err := s.experiment(r, scopeOf(r), value(in.ExperimentId))
	if err != nil {
		return nil, err
	}
	if _, exists := record.Experiment.Targets[value(in.TargetName)]; in.TargetName != nil && !exists {
		return nil, notFound("Target", *in.TargetName)
	}
	var all []listed[ResolvedTarget]
	for _, name := range slices.Sorted(maps.Keys(record.Resolved)) {
		if in.TargetName != nil && *in.TargetName != name {
			continue
		}
		for i, resource := range record.Resolved[name] {
			information := resource.Information
			if information == nil {
				information = map[string]string{"arn": resource.ARN}
			}
			all = append(all, listed[ResolvedTarget]{
				id: fmt.Sprintf("%s/%08d", name, i),
				summary: ResolvedTarget{
					ResourceType: record.Experiment.Targets[name].ResourceType, TargetName: &name, TargetInformation: information,
				},
			})
		}
	}
	list := fmt.Sprintf("ListExperimentResolvedTargets %s %s", value(in.ExperimentId), value(in.TargetName))
	targets, next, err := page(list, all, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ListExperimentResolvedTargetsResponse{ResolvedTargets: targets, NextToken: next}, nil
}
