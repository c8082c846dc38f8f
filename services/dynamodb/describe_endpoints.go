package dynamodb

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "DescribeEndpoints", (*Service).describeEndpoints) }

func (s *Service) describeEndpoints(r *services.Request, _ *DescribeEndpointsRequest) (*DescribeEndpointsResponse, error) {
	return &DescribeEndpointsResponse{Endpoints: []Endpoint{
		{Address: new("dynamodb." + r.Call.Region + ".amazonaws.com"), CachePeriodInMinutes: new(int64(1440))},
	}}, nil
}
