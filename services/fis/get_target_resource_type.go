package fis

import (
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/fis/target"
)

func init() { services.Add(&table, "GetTargetResourceType", (*Service).getTargetResourceType) }

func (s *Service) getTargetResourceType(_ *services.Request, in *GetTargetResourceTypeRequest) (*GetTargetResourceTypeResponse, error) {
	t := target.Lookup(value(in.ResourceType))
	if t == nil {
		return nil, notFound("TargetResourceType", value(in.ResourceType))
	}
	out := &TargetResourceType{ResourceType: &t.ID, Description: &t.Description, Parameters: map[string]TargetResourceTypeParameter{}}
	for name, p := range t.Parameters {
		out.Parameters[name] = TargetResourceTypeParameter{Description: &p.Description, Required: &p.Required}
	}
	return &GetTargetResourceTypeResponse{TargetResourceType: out}, nil
}
