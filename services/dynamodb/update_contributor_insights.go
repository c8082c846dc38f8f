package dynamodb

import (
	"cmp"

	"github.com/brownoutdev/brownout/services"
)

func init() {
	services.Add(&operations, "UpdateContributorInsights", (*Service).updateContributorInsights)
}

// updateContributorInsights keeps the setting; nobody counts contributors.
func (s *Service) updateContributorInsights(r *services.Request, in *UpdateContributorInsightsInput) (*UpdateContributorInsightsOutput, error) {
	var c constraints
	c.controlTable(in.TableName)
	c.length("indexName", in.IndexName, 3, 255)
	c.pattern("indexName", in.IndexName)
	c.required("contributorInsightsAction", in.ContributorInsightsAction == nil)
	c.oneOf("contributorInsightsAction", in.ContributorInsightsAction, "ENABLE, DISABLE")
	c.oneOf("contributorInsightsMode", in.ContributorInsightsMode, "THROTTLED_KEYS, ACCESSED_AND_THROTTLED_KEYS")
	if err := c.err(); err != nil {
		return nil, err
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	t, index, err := s.insightsOf(r, in.TableName, in.IndexName)
	if err != nil {
		return nil, err
	}
	d, err := t.state.Load().descriptor.copy()
	if err != nil {
		return nil, err
	}
	next := insights{Enabled: *in.ContributorInsightsAction == "ENABLE", Mode: cmp.Or(d.Insights[index].Mode, insightsMode), Changed: s.now()}
	if in.ContributorInsightsMode != nil {
		next.Mode = *in.ContributorInsightsMode
	}
	if d.Insights == nil {
		d.Insights = map[string]insights{}
	}
	d.Insights[index] = next
	if d, err = d.copy(); err != nil { // shares no memory with the request
		return nil, err
	}
	if _, err := s.change(r, t, d); err != nil {
		return nil, err
	}
	status := "DISABLING"
	if next.Enabled {
		status = "ENABLING"
	}
	return &UpdateContributorInsightsOutput{
		TableName: new(t.name.name), IndexName: in.IndexName, ContributorInsightsStatus: &status, ContributorInsightsMode: &next.Mode,
	}, nil
}
