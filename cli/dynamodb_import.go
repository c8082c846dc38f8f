package cli

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/brownoutdev/brownout/clock"
)

const (
	// What BatchWriteItem takes at a time.
	importBatch = 25
	importBytes = 12 << 20
	// longestLine is far more than an item of 400 KB can need, with all its characters escaped.
	longestLine = 8 << 20
)

func (p *process) dynamodbImport() *cobra.Command {
	var table string
	var t *tables
	command := &cobra.Command{
		Use:   "import FILE",
		Short: "Put all items of a file into a table",
		Long: `Put all items of a file into a table that is there already. Items with the same keys are replaced, others
stay. When it fails midway, what was read before the line that it names is in the table.`,
		Example: "  brownout dynamodb import music.json --table Music",
		Args:    oneFile,
		RunE: func(command *cobra.Command, args []string) error {
			if table == "" {
				return usage("needs --table NAME")
			}
			from, err := p.importFile(args[0])
			if err != nil {
				return err
			}
			items, err := t.load(command.Context(), table, from)
			if err := errors.Join(err, from.Close()); err != nil {
				return err
			}
			return p.print(fmt.Sprintf("%d items are in %s.\n", items, table))
		},
	}
	t = p.tableFlags(command)
	command.Flags().StringVar(&table, "table", "", "the table's name")
	return command
}

func (p *process) importFile(path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(p.stdin), nil
	}
	file, err := os.Open(path)
	if err != nil || !strings.HasSuffix(path, ".gz") {
		return file, err
	}
	zip, err := gzip.NewReader(file)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), file.Close())
	}
	return struct {
		io.Reader
		io.Closer
	}{zip, file}, nil
}

// putRequest is one write of a batch.
type putRequest struct {
	PutRequest struct{ Item json.RawMessage }
}

// load puts the items of all lines.
func (t *tables) load(ctx context.Context, table string, from io.Reader) (items int, err error) {
	lines := bufio.NewScanner(from)
	lines.Buffer(make([]byte, 0, 64<<10), longestLine)
	var batch []putRequest
	size, line := 0, 0
	put := func() error {
		if len(batch) == 0 {
			return nil
		}
		if err := t.putBatch(ctx, table, batch); err != nil {
			return fmt.Errorf("lines up to %d: %w", line, err)
		}
		items += len(batch)
		batch, size = nil, 0
		return nil
	}
	for lines.Scan() {
		line++
		text := bytes.TrimSpace(lines.Bytes())
		if len(text) == 0 {
			continue
		}
		var read struct{ Item json.RawMessage }
		if err := json.Unmarshal(text, &read); err != nil {
			return items, fmt.Errorf("line %d: %w", line, err)
		}
		if read.Item == nil {
			return items, fmt.Errorf(`line %d: not of the form {"Item":{...}}`, line)
		}
		var w putRequest
		w.PutRequest.Item = read.Item
		batch, size = append(batch, w), size+len(text)
		if len(batch) == importBatch || size >= importBytes {
			if err := put(); err != nil {
				return items, err
			}
		}
	}
	if err := lines.Err(); err != nil {
		return items, fmt.Errorf("line %d: %w", line+1, err)
	}
	return items, put()
}

// putBatch puts again what comes back unprocessed.
func (t *tables) putBatch(ctx context.Context, table string, batch []putRequest) error {
	pause := firstPause
	for attempt := 1; ; attempt++ {
		var out struct{ UnprocessedItems map[string][]putRequest }
		in := map[string]any{"RequestItems": map[string][]putRequest{table: batch}}
		if err := t.call(ctx, "BatchWriteItem", in, &out); err != nil {
			return err
		}
		if batch = out.UnprocessedItems[table]; len(batch) == 0 {
			return nil
		}
		if attempt == callAttempts {
			return fmt.Errorf("%d items are left unprocessed after %d attempts", len(batch), attempt)
		}
		if err := (clock.Real{}).Sleep(ctx, pause); err != nil {
			return err
		}
		pause *= 2
	}
}
