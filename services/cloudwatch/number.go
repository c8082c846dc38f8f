package cloudwatch

import (
	"math"
	"strconv"
	"strings"
)

func javaInteger(n int64) string { return strconv.FormatInt(n, 10) }

// javaDouble writes a number as Java does, hence CloudWatch's texts: 10.0, 0.005, 1.0E7.
func javaDouble(v float64) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "Infinity"
	case math.IsInf(v, -1):
		return "-Infinity"
	}
	if size := math.Abs(v); v == 0 || size >= 1e-3 && size < 1e7 {
		text := strconv.FormatFloat(v, 'f', -1, 64)
		if !strings.Contains(text, ".") {
			text += ".0"
		}
		return text
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'E', -1, 64), "E")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	power, _ := strconv.Atoi(exponent)
	return mantissa + "E" + strconv.Itoa(power)
}

// javaNumber is a number in JSON as Java writes it: 3.0.
type javaNumber float64

// MarshalJSON implements json.Marshaler. The number must be finite.
func (n javaNumber) MarshalJSON() ([]byte, error) { return []byte(javaDouble(float64(n))), nil }
