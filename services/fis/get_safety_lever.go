package fis

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&table, "GetSafetyLever", (*Service).getSafetyLever) }

func (s *Service) getSafetyLever(r *services.Request, in *GetSafetyLeverRequest) (*GetSafetyLeverResponse, error) {
	if value(in.Id) != leverID {
		return nil, notFound("Safety lever", value(in.Id))
	}
	at := scopeOf(r)
	lever, _, err := s.lever(r, at)
	if err != nil {
		return nil, err
	}
	return &GetSafetyLeverResponse{SafetyLever: lever.shapeOf(at)}, nil
}
