package dynamodb

import (
	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "DescribeTable", (*Service).describeTable) }

func (s *Service) describeTable(r *services.Request, in *DescribeTableInput) (*DescribeTableOutput, error) {
	t, err := s.named(r, in.TableName)
	if err != nil {
		return nil, err
	}
	st, sizes, err := s.sizes(r, t)
	if err != nil {
		return nil, err
	}
	return &DescribeTableOutput{t.describe(st, sizes)}, nil
}

// named is the table that an operation on tables names.
func (s *Service) named(r *services.Request, name *string) (*table, error) {
	var c constraints
	c.controlTable(name)
	if err := c.err(); err != nil {
		return nil, err
	}
	if t := s.find(r.Call, *name); t != nil {
		return t, nil
	}
	resolved, _ := resolve(r.Call, *name)
	return nil, errNoTableNamed(resolved.name)
}
