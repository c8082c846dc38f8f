package fis

import (
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/fis/action"
)

func init() { services.Add(&table, "ListActions", (*Service).listActions) }

// listActions answers all actions that templates may have, also those that are not carried out here.
func (s *Service) listActions(r *services.Request, in *ListActionsRequest) (*ListActionsResponse, error) {
	at := scopeOf(r)
	var all []listed[ActionSummary]
	for _, do := range action.All() {
		if s.Strict && do.Ours() {
			continue
		}
		a := actionShape(do, at)
		all = append(all, listed[ActionSummary]{id: do.ID, summary: ActionSummary{
			Id: a.Id, Arn: a.Arn, Description: a.Description, Targets: a.Targets, Tags: a.Tags,
		}})
	}
	actions, next, err := page("ListActions", all, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	for i := range actions {
		if actions[i].Tags, err = s.actionTags(r, at, value(actions[i].Id)); err != nil {
			return nil, err
		}
	}
	return &ListActionsResponse{Actions: actions, NextToken: next}, nil
}
