package action_test

import (
	"strings"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/services/fis/action"
)

func TestOwner(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{"EXP1", "Test disruption", "EXP1/Test%20disruption"},
		{"EXP1", "a-b_c.d9", "EXP1/a-b_c.d9"},
		{"EXP1", "50%/é,", "EXP1/50%25%2F%C3%A9%2C"},
	} {
		if got := action.Owner(c[0], c[1]); got != c[2] {
			t.Errorf("Owner(%q, %q) = %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func TestParseDuration(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"PT5S": 5 * time.Second, "PT1M": time.Minute, "PT3H": 3 * time.Hour, "P1D": 24 * time.Hour,
		"PT1H30M": 90 * time.Minute, "PT0.25S": 250 * time.Millisecond, "P1DT1S": 24*time.Hour + time.Second, "PT0S": 0,
		"PT99999999999999999999H": 1000 * 24 * time.Hour,
	} {
		if got, err := action.ParseDuration(text); err != nil || got != want {
			t.Errorf("%s is %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "P", "PT", "P1DT", "5m", "PT5", "PT-5S", "-PT5S", "PT5M ", "pt5m", "P1M", "P1W", "PT1.5M", "PT1S1M", "PT.5S"} {
		if got, err := action.ParseDuration(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func FuzzParseDuration(f *testing.F) {
	for _, text := range []string{"PT5M", "P1DT2H3M4.5S", "PT", "PT99999999999999999999H"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if d, err := action.ParseDuration(text); err == nil && d < 0 {
			t.Errorf("%q is %v", text, d)
		}
	})
}

func TestTable(t *testing.T) {
	t.Parallel()
	aws := 0
	for _, a := range action.All() {
		if !a.Ours() {
			aws++
		}
		if a.Description == "" || len(a.Description) > 512 || action.Lookup(a.ID) != a || a.Ours() && a.Run == nil {
			t.Errorf("action %+v", a)
		}
		for name, p := range a.Parameters {
			if p.Description == "" || len(p.Description) > 512 {
				t.Errorf("parameter %s of %s: %q", name, a.ID, p.Description)
			}
		}
	}
	// Those of the user guide, and the one that it has dropped.
	if aws != 51 {
		t.Errorf("%d actions of AWS", aws)
	}
}

func TestFamily(t *testing.T) {
	t.Parallel()
	a := action.Lookup("localstack:kms:inject-api-internal-error")
	if a == nil || a.ID != "localstack:kms:inject-api-internal-error" || !strings.Contains(a.Description, "KMS") {
		t.Errorf("action %+v", a)
	}
	for _, id := range []string{"localstack::inject-api-internal-error", "localstack:nosuch:inject-api-internal-error", "localstack:kms:inject", "aws:kms:inject-api-internal-error", ""} {
		if a := action.Lookup(id); a != nil {
			t.Errorf("%q is %+v", id, a)
		}
	}
}
