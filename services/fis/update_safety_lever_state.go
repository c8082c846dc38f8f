package fis

import (
	"context"
	"strings"

	"github.com/brownoutdev/brownout/cluster"
	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&table, "UpdateSafetyLeverState", (*Service).updateSafetyLeverState) }

// updateSafetyLeverState answers engaging while experiments that the lever stops have not ended yet.
func (s *Service) updateSafetyLeverState(r *services.Request, in *UpdateSafetyLeverStateRequest) (*UpdateSafetyLeverStateResponse, error) {
	if value(in.Id) != leverID {
		return nil, notFound("Safety lever", value(in.Id))
	}
	if strings.TrimSpace(value(in.State.Reason)) == "" {
		return nil, invalid("The state of the safety lever needs a reason.")
	}
	at := scopeOf(r)
	record := leverRecord{value(in.State.Status), value(in.State.Reason)}
	if record.Status == engaged {
		record.Status = engaging
	}
	for {
		lever, revision, err := s.lever(r, at)
		if err != nil {
			return nil, err
		}
		if lever.Status == engaging {
			return nil, conflict("The safety lever is engaging. Its state cannot be changed until it is engaged.")
		}
		result, err := s.State.Commit(r, cluster.Transaction{
			If:   []cluster.Condition{{Key: at.key(leverKeys), Revision: revision}},
			Then: []cluster.Write{{Key: at.key(leverKeys), Value: encode(record)}},
		})
		if err != nil {
			return nil, err
		}
		if result.Done {
			break
		}
	}
	if record.Status == engaging {
		// Also when the client has gone: a lever that is half moved would stop nothing.
		if err := s.stopByLever(context.WithoutCancel(r), at); err != nil {
			return nil, err
		}
	}
	lever, _, err := s.lever(r, at)
	if err != nil {
		return nil, err
	}
	return &UpdateSafetyLeverStateResponse{SafetyLever: lever.shapeOf(at)}, nil
}
