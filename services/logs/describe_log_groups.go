package logs

import (
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/store"
)

func init() { services.Add(&operations, "DescribeLogGroups", (*Service).describeLogGroups) }

func (s *Service) describeLogGroups(r *services.Request, in *DescribeLogGroupsRequest) (*DescribeLogGroupsResponse, error) {
	if value(in.IncludeLinkedAccounts) || len(in.AccountIdentifiers) > 0 {
		return nil, notImplemented("DescribeLogGroups over linked accounts")
	}
	if in.LogGroupNamePrefix != nil && in.LogGroupNamePattern != nil {
		return nil, invalid("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.")
	}
	var identifiers []string
	for _, identifier := range in.LogGroupIdentifiers {
		id, err := identified(r.Call, nil, &identifier)
		if err != nil {
			return nil, err
		}
		identifiers = append(identifiers, id.name)
	}
	out := &DescribeLogGroupsResponse{LogGroups: []LogGroup{}}
	err := s.store.View(r, func(reader store.Reader) error {
		var all []group
		err := s.groups(reader, r.Call.Account, r.Call.Region, value(in.LogGroupNamePrefix), func(_ groupID, of *group) error {
			if strings.Contains(of.Name, value(in.LogGroupNamePattern)) && (in.LogGroupClass == nil || *in.LogGroupClass == of.Class) &&
				(identifiers == nil || slices.Contains(identifiers, of.Name)) {
				all = append(all, *of)
			}
			return nil
		})
		if err != nil {
			return err
		}
		all, out.NextToken, err = nextPage(all, func(g *group) string { return g.Name }, false, in.Limit, in.NextToken)
		if err != nil {
			return err
		}
		for i := range all {
			shape, err := s.describe(reader, groupID{r.Call.Account, r.Call.Region, all[i].Name}, &all[i])
			if err != nil {
				return err
			}
			out.LogGroups = append(out.LogGroups, *shape)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (s *Service) describe(r store.Reader, id groupID, of *group) (*LogGroup, error) {
	bytes, err := s.storedBytes(r, id)
	if err != nil {
		return nil, err
	}
	plain, filters := id.arn(), int64(0)
	arn := plain + ":*"
	shape := &LogGroup{
		LogGroupName: &of.Name, CreationTime: &of.Created, MetricFilterCount: &filters, Arn: &arn, LogGroupArn: &plain,
		StoredBytes: &bytes, LogGroupClass: &of.Class,
	}
	if of.Retention > 0 {
		shape.RetentionInDays = &of.Retention
	}
	if of.KMSKey != "" {
		shape.KmsKeyId = &of.KMSKey
	}
	if of.Protected {
		shape.DeletionProtectionEnabled = &of.Protected
	}
	return shape, nil
}
