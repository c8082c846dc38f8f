package cli

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

func (p *process) dynamodbExport() *cobra.Command {
	var table string
	var t *tables
	command := &cobra.Command{
		Use:     "export FILE",
		Short:   "Copy all items of a table into a file",
		Example: "  brownout dynamodb export music.json.gz --table Music",
		Args:    oneFile,
		RunE: func(command *cobra.Command, args []string) error {
			if table == "" {
				return usage("needs --table NAME")
			}
			if args[0] == "-" {
				_, err := t.export(command.Context(), table, p.stdout)
				return err
			}
			items, err := t.exportFile(command.Context(), table, args[0])
			if err != nil {
				return err
			}
			return p.print(fmt.Sprintf("%d items of %s are in %s.\n", items, table, args[0]))
		},
	}
	t = p.tableFlags(command)
	command.Flags().StringVar(&table, "table", "", "the table's name")
	return command
}

// exportFile leaves no file behind that holds only a part: it takes its name when it is whole.
func (t *tables) exportFile(ctx context.Context, table, path string) (items int, err error) {
	partial, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(partial.Name()))
		}
	}()
	var to io.Writer = partial
	finish := func() error { return nil }
	if strings.HasSuffix(path, ".gz") {
		zip := gzip.NewWriter(partial)
		to, finish = zip, zip.Close
	}
	items, err = t.export(ctx, table, to)
	if err = errors.Join(err, finish(), partial.Chmod(0o644), partial.Close()); err != nil {
		return items, err
	}
	return items, os.Rename(partial.Name(), path)
}

// export reads page by page; items that are written meanwhile may be in it or not.
func (t *tables) export(ctx context.Context, table string, to io.Writer) (items int, err error) {
	lines := bufio.NewWriter(to)
	in := map[string]any{"TableName": table, "ConsistentRead": true}
	for {
		var page struct {
			Items            []json.RawMessage
			LastEvaluatedKey json.RawMessage
		}
		if err := t.call(ctx, "Scan", in, &page); err != nil {
			return items, err
		}
		for _, it := range page.Items {
			if _, err := fmt.Fprintf(lines, "{\"Item\":%s}\n", it); err != nil {
				return items, err
			}
		}
		items += len(page.Items)
		if page.LastEvaluatedKey == nil {
			return items, lines.Flush()
		}
		in["ExclusiveStartKey"] = page.LastEvaluatedKey
	}
}
