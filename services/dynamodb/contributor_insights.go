package dynamodb

import (
	"cmp"
	"maps"
	"slices"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services"
)

func init() {
	services.Add(&operations, "UpdateContributorInsights", (*Service).updateContributorInsights)
	services.Add(&operations, "DescribeContributorInsights", (*Service).describeContributorInsights)
	services.Add(&operations, "ListContributorInsights", (*Service).listContributorInsights)
}

// insightsMode is the mode of insights that ask for none.
const insightsMode = "ACCESSED_AND_THROTTLED_KEYS"

// insightsOf checks that the table, and the index where one is named, are there.
func (s *Service) insightsOf(r *services.Request, name, indexName *string) (t *table, index string, err error) {
	if t, err = s.named(r, name); err != nil || indexName == nil {
		return t, "", err
	}
	if t.state.Load().index(*indexName) == nil {
		return nil, "", errNoIndexOf(*indexName, t.name.name)
	}
	return t, *indexName, nil
}

func errNoIndexOf(index, table string) *aws.Error {
	return refused(codeNotFound, "Requested resource not found: Index: "+index+" not found for table: "+table)
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

func (i insights) status() string {
	if i.Enabled {
		return "ENABLED"
	}
	return "DISABLED"
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
