package action

import (
	"context"

	"github.com/brownoutdev/brownout/aws"
)

func init() {
	carryOut("aws:rds:failover-db-cluster", nil, func(ctx context.Context, r *Run) error {
		return r.eachResource(ctx, "failover", "fail over the DB cluster", func(ctx context.Context, account, name string) error {
			_, err := r.Ask(ctx, account, "rds", "FailoverDBCluster", aws.Document{"DBClusterIdentifier": name})
			return err
		}, func(ctx context.Context, account, name string) (bool, error) {
			out, err := r.Ask(ctx, account, "rds", "DescribeDBClusters", aws.Document{"DBClusterIdentifier": name})
			if err != nil {
				return false, err
			}
			for _, cluster := range documents(out, "DBClusters") {
				if text(cluster, "Status") == "failing-over" {
					return true, nil
				}
			}
			return false, nil
		})
	})
}
