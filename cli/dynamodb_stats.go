package cli

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

// tableStats is what stats says of a table.
type tableStats struct {
	Table   string       `json:"table"`
	Status  string       `json:"status"`
	Items   int64        `json:"items"`
	Bytes   int64        `json:"bytes"`
	Billing string       `json:"billing"`
	Indexes []indexStats `json:"indexes"`
}

type indexStats struct {
	Index  string `json:"index"`
	Status string `json:"status"`
	Items  int64  `json:"items"`
	Bytes  int64  `json:"bytes"`
}

func (p *process) dynamodbStats() *cobra.Command {
	var asJSON bool
	var t *tables
	command := &cobra.Command{
		Use:     "stats",
		Short:   "List a region's tables and indexes with what they hold",
		Example: "  brownout dynamodb stats --region eu-central-1 --json",
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			stats, err := t.stats(command.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(stats)
			}
			return p.print(showStats(stats))
		},
	}
	t = p.tableFlags(command)
	command.Flags().BoolVar(&asJSON, "json", false, "print one line of JSON")
	return command
}

// stats asks for each table; one that goes meanwhile is an error.
func (t *tables) stats(ctx context.Context) ([]tableStats, error) {
	stats := []tableStats{}
	in := map[string]any{}
	for {
		var page struct {
			TableNames             []string
			LastEvaluatedTableName string
		}
		if err := t.call(ctx, "ListTables", in, &page); err != nil {
			return nil, err
		}
		for _, name := range page.TableNames {
			table, err := t.tableStats(ctx, name)
			if err != nil {
				return nil, err
			}
			stats = append(stats, table)
		}
		if page.LastEvaluatedTableName == "" {
			return stats, nil
		}
		in["ExclusiveStartTableName"] = page.LastEvaluatedTableName
	}
}

func (t *tables) tableStats(ctx context.Context, name string) (tableStats, error) {
	type index struct {
		IndexName, IndexStatus    string
		ItemCount, IndexSizeBytes int64
	}
	var out struct {
		Table struct {
			TableStatus                                   string
			ItemCount, TableSizeBytes                     int64
			BillingModeSummary                            struct{ BillingMode string }
			GlobalSecondaryIndexes, LocalSecondaryIndexes []index
		}
	}
	err := t.call(ctx, "DescribeTable", map[string]any{"TableName": name}, &out)
	d := out.Table
	s := tableStats{Table: name, Status: d.TableStatus, Items: d.ItemCount, Bytes: d.TableSizeBytes, Billing: d.BillingModeSummary.BillingMode, Indexes: []indexStats{}}
	if s.Billing == "" {
		s.Billing = "PROVISIONED"
	}
	for _, x := range append(d.GlobalSecondaryIndexes, d.LocalSecondaryIndexes...) {
		if x.IndexStatus == "" {
			x.IndexStatus = d.TableStatus // local indexes have none of their own
		}
		s.Indexes = append(s.Indexes, indexStats{x.IndexName, x.IndexStatus, x.ItemCount, x.IndexSizeBytes})
	}
	return s, err
}

func showStats(stats []tableStats) string {
	if len(stats) == 0 {
		return "There are no tables.\n"
	}
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "TABLE\tSTATUS\tITEMS\tBYTES")
	for _, s := range stats {
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\n", s.Table, s.Status, s.Items, s.Bytes)
		for _, x := range s.Indexes {
			fmt.Fprintf(w, "  %s\t%s\t%d\t%d\n", x.Index, x.Status, x.Items, x.Bytes)
		}
	}
	w.Flush() // to memory: cannot fail
	return text.String()
}
