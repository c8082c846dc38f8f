package journal_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/brownoutdev/brownout/journal"
)

// The reference names every field, parameter and bound that there is, and none that there is not.
func TestReference(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join("..", "docs", "reference", "journal.md"))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(raw), "\r\n", "\n")
	tables := map[string][]string{}
	row := regexp.MustCompile("^\\| `([a-z_]+)` \\|")
	heading := ""
	for line := range strings.Lines(text) {
		if found := row.FindStringSubmatch(line); found != nil {
			tables[heading] = append(tables[heading], found[1])
		} else if strings.HasPrefix(line, "#") || strings.HasPrefix(line, "Each of") {
			heading = strings.TrimSpace(line)
		}
	}
	names := func(of any) (all []string) {
		for field := range reflect.TypeOf(of).Fields() {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			all = append(all, name)
		}
		return all
	}
	check := func(heading string, want []string) {
		t.Helper()
		got := slices.Clone(tables[heading])
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-there is +the reference has):\n%s", heading, diff)
		}
	}
	check("### Fields of a call", names(journal.Record{}))
	check("Each of `rules` has:", names(journal.Hit{}))
	check("### Filters", journal.Parameters())
	check("## `GET /_brownout/metrics`", []string{"brownout_calls_total", "brownout_faults_total", "brownout_call_duration_seconds"})
	check("### Metrics of upstreams", []string{"brownout_upstream_up", "brownout_upstream_calls_total", "brownout_upstream_errors_total", "brownout_upstream_duration_seconds"})
	var bounds []string
	for _, bound := range journal.Bounds() {
		bounds = append(bounds, fmt.Sprint(bound))
	}
	if want := strings.Join(bounds, ", ") + "."; !strings.Contains(strings.ReplaceAll(text, "\n", " "), want) {
		t.Errorf("the reference lacks the bounds %s", want)
	}
}
