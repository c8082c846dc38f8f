package dynamodb

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "DescribeLimits", (*Service).describeLimits) }

// describeLimits answers a new account's limits.
func (s *Service) describeLimits(*services.Request, *DescribeLimitsInput) (*DescribeLimitsOutput, error) {
	const account, table = 80000, 40000
	return &DescribeLimitsOutput{
		AccountMaxReadCapacityUnits: new(int64(account)), AccountMaxWriteCapacityUnits: new(int64(account)),
		TableMaxReadCapacityUnits: new(int64(table)), TableMaxWriteCapacityUnits: new(int64(table)),
	}, nil
}
