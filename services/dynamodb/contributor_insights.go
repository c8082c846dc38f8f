package dynamodb

import (
	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services"
)

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

func (i insights) status() string {
	if i.Enabled {
		return "ENABLED"
	}
	return "DISABLED"
}
