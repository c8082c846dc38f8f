package fis

import (
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/fis/action"
)

func init() { services.Add(&table, "GetAction", (*Service).getAction) }

func (s *Service) getAction(r *services.Request, in *GetActionRequest) (*GetActionResponse, error) {
	at := scopeOf(r)
	do := lookup(value(in.Id), s.Strict)
	if do == nil {
		return nil, notFound("Action", value(in.Id))
	}
	a := actionShape(do, at)
	var err error
	if a.Tags, err = s.actionTags(r, at, do.ID); err != nil {
		return nil, err
	}
	return &GetActionResponse{Action: a}, nil
}

// actionShape is an action as the API answers it.
func actionShape(do *action.Action, at scope) *Action {
	a := &Action{Id: &do.ID, Arn: new(arnOf(at, actionResource+do.ID)), Description: &do.Description, Tags: map[string]string{}}
	for name, p := range do.Parameters {
		if a.Parameters == nil {
			a.Parameters = map[string]ActionParameter{}
		}
		a.Parameters[name] = ActionParameter{Description: &p.Description, Required: &p.Required}
	}
	for key, of := range do.Targets {
		if a.Targets == nil {
			a.Targets = map[string]ActionTarget{}
		}
		a.Targets[key] = ActionTarget{ResourceType: &of}
	}
	return a
}
