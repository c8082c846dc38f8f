package dynamodb

import (
	"cmp"
	"maps"
	"slices"

	"github.com/brownoutdev/brownout/services"
)

func init() {
	services.Add(&operations, "ListContributorInsights", (*Service).listContributorInsights)
}

// listContributorInsights lists those that somebody has set, in order of tables and indexes.
func (s *Service) listContributorInsights(r *services.Request, in *ListContributorInsightsInput) (*ListContributorInsightsOutput, error) {
	var c constraints
	if in.TableName != nil {
		c.controlTable(in.TableName)
	}
	c.atMost("maxResults", in.MaxResults, mostListed)
	if err := c.err(); err != nil {
		return nil, err
	}
	out := &ListContributorInsightsOutput{ContributorInsightsSummaries: []ContributorInsightsSummary{}}
	tables := slices.SortedFunc(maps.Values(*s.tables.Load()), func(a, b *table) int { return cmp.Compare(a.name.name, b.name.name) })
	for _, t := range tables {
		if t.name.account != r.Call.Account || t.name.region != r.Call.Region || in.TableName != nil && s.find(r.Call, *in.TableName) != t {
			continue
		}
		all := t.state.Load().descriptor.Insights
		for _, index := range slices.Sorted(maps.Keys(all)) {
			summary := ContributorInsightsSummary{TableName: new(t.name.name), ContributorInsightsStatus: new(all[index].status()), ContributorInsightsMode: new(all[index].Mode)}
			if index != "" {
				summary.IndexName = new(index)
			}
			out.ContributorInsightsSummaries = append(out.ContributorInsightsSummaries, summary)
		}
	}
	return out, in.page(out)
}

func (in *ListContributorInsightsInput) page(out *ListContributorInsightsOutput) error {
	from := 0
	if in.NextToken != nil {
		if from = placeOf(*in.NextToken); from < 0 {
			return invalid("Invalid NextToken: " + *in.NextToken)
		}
	}
	all := out.ContributorInsightsSummaries
	all = all[min(from, len(all)):]
	if limit := mostListed; in.MaxResults != nil && *in.MaxResults > 0 {
		limit = int(*in.MaxResults)
		if len(all) > limit {
			all = all[:limit]
			out.NextToken = new(tokenOf(from + limit))
		}
	}
	out.ContributorInsightsSummaries = all
	return nil
}
