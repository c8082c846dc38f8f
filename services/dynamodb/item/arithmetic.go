package item

import (
	"strconv"

	"github.com/cockroachdb/apd/v3"
)

// exact computes sums of any two numbers without rounding: they span at most 125+130+38 digits.
var exact = apd.BaseContext.WithPrecision(320)

// Add is a + b in canonical form. A sum that is out of range or has more than 38 digits is an *Error.
func Add(a, b string) (string, error) {
	return arithmetic(a, b, false)
}

// Subtract is a - b in canonical form, with the errors of Add.
func Subtract(a, b string) (string, error) {
	return arithmetic(a, b, true)
}

func arithmetic(a, b string, subtract bool) (string, error) {
	// 18 digits cannot overflow an int64, nor can the sum of two such.
	if len(a) <= 18 && len(b) <= 18 {
		x, errX := strconv.ParseInt(a, 10, 64)
		y, errY := strconv.ParseInt(b, 10, 64)
		if errX == nil && errY == nil {
			if subtract {
				y = -y
			}
			return strconv.FormatInt(x+y, 10), nil
		}
	}
	var x, y, sum apd.Decimal
	if _, _, err := x.SetString(a); err != nil {
		return "", notNumeric(a)
	}
	if _, _, err := y.SetString(b); err != nil {
		return "", notNumeric(b)
	}
	operation := exact.Add
	if subtract {
		operation = exact.Sub
	}
	if _, err := operation(&sum, &x, &y); err != nil {
		return "", errOverflow
	}
	return CanonicalNumber(sum.Text('E'))
}
