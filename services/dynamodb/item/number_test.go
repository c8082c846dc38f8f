package item

import (
	"errors"
	"strings"
	"testing"

	"github.com/cockroachdb/apd/v3"
	"pgregory.net/rapid"
)

func TestCanonicalNumbers(t *testing.T) {
	t.Parallel()
	zeros := strings.Repeat("0", 125)
	for in, want := range map[string]string{
		"0": "0", "-0": "0", "0.0": "0", "000": "0", "0e5": "0", "0e-5": "0", "7": "7", "-7": "-7", "+7": "7", "007": "7",
		"1.0": "1", "1.50": "1.5", ".5": "0.5", "5.": "5", "-.5": "-0.5", "1e0": "1", "1E3": "1000", "1.5e1": "15", "15e-1": "1.5",
		"100": "100", "1e-3": "0.001", "12345678901234567890123456789012345678": "12345678901234567890123456789012345678",
		"1e125": "1" + zeros, "1E-130": "0." + strings.Repeat("0", 129) + "1", "0.00001": "0.00001",
		"123456789012345678901234567890123456780000":  "123456789012345678901234567890123456780000",
		"9.9999999999999999999999999999999999999e125": strings.Repeat("9", 38) + strings.Repeat("0", 88),
		strings.Repeat("0", 500) + "1":                "1",
	} {
		if got, err := CanonicalNumber(in); err != nil || got != want {
			t.Errorf("%s: got %s, %v, want %s", in, got, err, want)
		}
	}
	for in, want := range map[string]error{
		"1e126": errOverflow, "-1e126": errOverflow, "1e999999999": errOverflow, "1e-131": errUnderflow, "1e-999999999": errUnderflow,
		"1." + strings.Repeat("1", 38): errTooManyDigits, "1" + strings.Repeat("0", 126): errOverflow,
	} {
		if _, err := CanonicalNumber(in); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", in, err, want)
		}
	}
	for _, in := range []string{"", "-", "+", ".", "e5", "1e", "1e+", "abc", "1 ", " 1", "1_0", "0x1", "NaN", "Infinity", "1.2.3", "--1", "१"} {
		if got, err := CanonicalNumber(in); err == nil {
			t.Errorf("%q was read as %s", in, got)
		}
	}
}

// numbers draws canonical numbers of all magnitudes.
func numbers() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		digits := rapid.StringMatching(`[1-9][0-9]{0,37}`).Draw(t, "digits")
		exponent := rapid.IntRange(-130, 125).Draw(t, "exponent") - len(digits) + 1
		if rapid.Bool().Draw(t, "small") {
			exponent = rapid.IntRange(-8, 3).Draw(t, "small exponent")
		}
		sign := rapid.SampledFrom([]string{"", "-"}).Draw(t, "sign")
		n, err := CanonicalNumber(sign + digits + "e" + itoa(exponent))
		if err != nil {
			return "0"
		}
		return n
	})
}

func decimalOf(t *rapid.T, text string) *apd.Decimal {
	d, _, err := apd.NewFromString(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestNumbersCompareAndAddAsDecimals(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := numbers().Draw(t, "a"), numbers().Draw(t, "b")
		x, y := decimalOf(t, a), decimalOf(t, b)
		if again, err := CanonicalNumber(a); err != nil || again != a {
			t.Fatalf("%s is not canonical: %s, %v", a, again, err)
		}
		if got, want := CompareNumbers(a, b), x.Cmp(y); got != want {
			t.Fatalf("compare %s and %s: %d, want %d", a, b, got, want)
		}
		var buffer [maxDigits + 2]byte
		if d := fromCanonical(a, &buffer); d.String() != a {
			t.Fatalf("%s taken apart is %s", a, d.String())
		}
		for _, operation := range []struct {
			ours func(a, b string) (string, error)
			want func(d, x, y *apd.Decimal) (apd.Condition, error)
		}{{Add, exact.Add}, {Subtract, exact.Sub}} {
			got, err := operation.ours(a, b)
			var sum apd.Decimal
			if _, err := operation.want(&sum, x, y); err != nil {
				t.Fatal(err)
			}
			want, wantErr := CanonicalNumber(sum.Text('f'))
			if got != want || (err == nil) != (wantErr == nil) {
				t.Fatalf("%s and %s: %s, %v; want %s, %v", a, b, got, err, want, wantErr)
			}
		}
	})
}

func FuzzCanonicalNumber(f *testing.F) {
	for _, text := range []string{"1", "-1.50e-7", ".5", "1e126", "0e200", "0e200000", "x", "1e99999999999999999999"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := CanonicalNumber(text)
		if err != nil {
			return
		}
		if again, err := CanonicalNumber(got); err != nil || again != got {
			t.Fatalf("%q: %q is not canonical: %q, %v", text, got, again, err)
		}
		d, _, err := apd.NewFromString(text)
		if err != nil {
			if got != "0" { // apd limits the exponent of zeros, too
				t.Fatalf("%q is no decimal, we read %q", text, got)
			}
			return
		}
		if e, _, err := apd.NewFromString(got); err != nil || d.Cmp(e) != 0 {
			t.Fatalf("%q became %q", text, got)
		}
	})
}

func TestArithmeticLimits(t *testing.T) {
	t.Parallel()
	if got, err := Add("999999999999999999", "1"); got != "1000000000000000000" || err != nil {
		t.Errorf("%s, %v", got, err)
	}
	nines := strings.Repeat("9", 38)
	if got, err := Add(nines, "1"); got != "1"+strings.Repeat("0", 38) || err != nil {
		t.Errorf("%s, %v", got, err)
	}
	if _, err := Add("1e20", "0.00000000000000000001"); !errors.Is(err, errTooManyDigits) {
		t.Errorf("got %v", err)
	}
	big := nines + strings.Repeat("0", 88)
	if _, err := Add(big, big); !errors.Is(err, errOverflow) {
		t.Errorf("got %v", err)
	}
	if got, err := Subtract("0.3", "0.1"); got != "0.2" || err != nil {
		t.Errorf("%s, %v", got, err)
	}
}
