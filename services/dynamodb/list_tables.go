package dynamodb

import (
	"slices"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "ListTables", (*Service).listTables) }

const mostListed = 100

func (s *Service) listTables(r *services.Request, in *ListTablesInput) (*ListTablesOutput, error) {
	var c constraints
	c.length("exclusiveStartTableName", in.ExclusiveStartTableName, 3, 255)
	c.pattern("exclusiveStartTableName", in.ExclusiveStartTableName)
	c.atLeast("limit", in.Limit, 1)
	c.atMost("limit", in.Limit, mostListed)
	if err := c.err(); err != nil {
		return nil, err
	}
	limit := mostListed
	if in.Limit != nil {
		limit = int(*in.Limit)
	}
	names := []string{}
	for name := range *s.tables.Load() {
		if name.account == r.Call.Account && name.region == r.Call.Region &&
			(in.ExclusiveStartTableName == nil || name.name > *in.ExclusiveStartTableName) {
			names = append(names, name.name)
		}
	}
	slices.Sort(names)
	out := &ListTablesOutput{TableNames: names}
	if len(names) > limit {
		out.TableNames = names[:limit]
		out.LastEvaluatedTableName = &names[limit-1]
	}
	return out, nil
}
