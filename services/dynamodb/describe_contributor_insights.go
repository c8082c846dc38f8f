package dynamodb

import (
	"github.com/brownoutdev/brownout/services"
)

func init() {
	services.Add(&operations, "DescribeContributorInsights", (*Service).describeContributorInsights)
}

func (s *Service) describeContributorInsights(r *services.Request, in *DescribeContributorInsightsInput) (*DescribeContributorInsightsOutput, error) {
	t, index, err := s.insightsOf(r, in.TableName, in.IndexName)
	if err != nil {
		return nil, err
	}
	known, ok := t.state.Load().descriptor.Insights[index]
	out := &DescribeContributorInsightsOutput{
		TableName: new(t.name.name), IndexName: in.IndexName, ContributorInsightsStatus: new(known.status()),
	}
	if ok {
		out.LastUpdateDateTime, out.ContributorInsightsMode = &known.Changed, &known.Mode
	}
	return out, nil
}
