package dynamodb

import "github.com/brownoutdev/brownout/services"

func init() {
	services.Add(&operations, "DescribeTableReplicaAutoScaling", (*Service).describeTableReplicaAutoScaling)
}

// describeTableReplicaAutoScaling shows the replicas; nothing is scaled here, hence no settings.
func (s *Service) describeTableReplicaAutoScaling(r *services.Request, in *DescribeTableReplicaAutoScalingInput) (*DescribeTableReplicaAutoScalingOutput, error) {
	t, err := s.named(r, in.TableName)
	if err != nil {
		return nil, err
	}
	d := t.state.Load().descriptor
	if len(d.Replicas) == 0 {
		return nil, refused(codeNotFound, "Global table with name: '"+d.Name+"' does not exist.")
	}
	out := &TableAutoScalingDescription{TableName: &d.Name, TableStatus: new(active)}
	out.Replicas = append(out.Replicas, ReplicaAutoScalingDescription{RegionName: &d.Region, ReplicaStatus: new(active)})
	for i := range d.Replicas {
		out.Replicas = append(out.Replicas, ReplicaAutoScalingDescription{RegionName: &d.Replicas[i].Region, ReplicaStatus: &d.Replicas[i].Status})
	}
	return &DescribeTableReplicaAutoScalingOutput{TableAutoScalingDescription: out}, nil
}
