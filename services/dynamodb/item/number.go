package item

import (
	"math"
	"strconv"
	"strings"
)

// The limits of a number: significant digits, and the exponent of the first of them.
const (
	maxDigits   = 38
	maxExponent = 125
	minExponent = -130
)

func notNumeric(text string) error {
	if text == "" {
		return &Error{Today: textNotNumeric + ": ", Classic: textNotNumeric, Early: true}
	}
	return &Error{Today: textNotNumeric + ": " + text, Early: true}
}

var (
	errTooManyDigits = &Error{Today: "Attempting to store more than 38 significant digits in a Number", Early: true}
	errOverflow      = &Error{Today: "Number overflow. Attempting to store a number with magnitude larger than supported range", Early: true}
	errUnderflow     = &Error{Today: "Number underflow. Attempting to store a number with magnitude smaller than supported range", Early: true}
	// The older layer counts in 32 bits: what is far too large looks far too small to it.
	errWrapped = &Error{Today: errOverflow.Today, Classic: errUnderflow.Today, Early: true}
)

const textNotNumeric = "The parameter cannot be converted to a numeric value"

// CanonicalNumber is a number as AWS gives it back: no exponent, no plus sign, no superfluous zeros.
// Faults are *Error in AWS's words.
func CanonicalNumber(text string) (string, error) {
	if isPlainInteger(text) {
		return text, nil
	}
	d, err := parseDecimal(text)
	if err != nil {
		return "", err
	}
	if err := d.check(); err != nil {
		return "", olderWords(err.(*Error), d, text)
	}
	return d.String(), nil
}

// olderWords is the fault of a number out of range with what the older layer says of exponents that
// do not fit its 32 bits.
func olderWords(e *Error, d decimal, text string) error {
	switch {
	case d.power > math.MaxInt32, d.power < -math.MaxInt32:
		return &Error{Today: e.Today, Classic: notNumeric(text).Error(), Early: true}
	case e == errOverflow && d.exponent >= math.MaxInt32:
		return errWrapped
	}
	return e
}

// isPlainInteger recognises what needs no work, which is nearly all numbers that people store.
func isPlainInteger(text string) bool {
	digits := text
	if len(digits) > 1 && digits[0] == '-' {
		digits = digits[1:]
	}
	if len(digits) == 0 || len(digits) > maxDigits || digits[0] == '0' && len(text) > 1 {
		return false
	}
	for i := 0; i < len(digits); i++ {
		if digits[i]-'0' > 9 {
			return false
		}
	}
	return true
}

// decimal is digits without zeros at either end; the first stands for digit * 10^exponent. Zero has no digits.
type decimal struct {
	negative bool
	digits   []byte
	exponent int
	power    int // the exponent as it was written
}

// exponentLimit keeps sums of exponents and lengths far from overflow: what is beyond is refused anyway.
const exponentLimit = 1 << 40

// parseDecimal reads [sign] digits [. digits] [e [sign] digits], with digits on at least one side of the point.
func parseDecimal(text string) (decimal, error) {
	var d decimal
	rest := text
	if rest != "" && (rest[0] == '-' || rest[0] == '+') {
		d.negative, rest = rest[0] == '-', rest[1:]
	}
	mantissa, power := rest, 0
	if i := strings.IndexAny(rest, "eE"); i >= 0 {
		var ok bool
		if power, ok = parseExponent(rest[i+1:]); !ok {
			return d, notNumeric(text)
		}
		mantissa = rest[:i]
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if len(whole)+len(fraction) == 0 || !onlyDigits(whole) || !onlyDigits(fraction) {
		return d, notNumeric(text)
	}
	d.digits = append(append(make([]byte, 0, len(whole)+len(fraction)), whole...), fraction...)
	d.exponent, d.power = len(whole)-1+power, power
	if d.trim(); len(d.digits) == 0 {
		d.exponent = power - len(fraction) // zero is in range or not by how it is written
	}
	return d, nil
}

func parseExponent(text string) (int, bool) {
	negative := false
	if text != "" && (text[0] == '-' || text[0] == '+') {
		negative, text = text[0] == '-', text[1:]
	}
	if text == "" || !onlyDigits(text) {
		return 0, false
	}
	long, err := strconv.ParseInt(text, 10, 64) // AWS cannot convert what is longer
	if err != nil {
		return 0, false
	}
	n := int(min(long, exponentLimit))
	if negative {
		n = -n
	}
	return n, true
}

func onlyDigits(text string) bool {
	for i := 0; i < len(text); i++ {
		if text[i]-'0' > 9 {
			return false
		}
	}
	return true
}

// trim takes zeros off both ends; zero becomes no digits, positive.
func (d *decimal) trim() {
	for len(d.digits) > 0 && d.digits[0] == '0' {
		d.digits = d.digits[1:]
		d.exponent--
	}
	for len(d.digits) > 0 && d.digits[len(d.digits)-1] == '0' {
		d.digits = d.digits[:len(d.digits)-1]
	}
	if len(d.digits) == 0 {
		d.negative, d.exponent = false, 0
	}
}

func (d *decimal) check() error {
	switch {
	case d.exponent > maxExponent:
		return errOverflow
	case d.exponent < minExponent:
		return errUnderflow
	case len(d.digits) > maxDigits:
		return errTooManyDigits
	}
	return nil
}

// String writes all digits out; exponents are within the limits.
func (d *decimal) String() string {
	if len(d.digits) == 0 {
		return "0"
	}
	var buffer [180]byte
	b := buffer[:0]
	if d.negative {
		b = append(b, '-')
	}
	if d.exponent < 0 {
		b = append(b, "0."...)
		b = appendZeros(b, -d.exponent-1)
		return string(append(b, d.digits...))
	}
	whole := d.exponent + 1
	if len(d.digits) <= whole {
		return string(appendZeros(append(b, d.digits...), whole-len(d.digits)))
	}
	b = append(append(b, d.digits[:whole]...), '.')
	return string(append(b, d.digits[whole:]...))
}

func appendZeros(b []byte, n int) []byte {
	for range n {
		b = append(b, '0')
	}
	return b
}

// fromCanonical takes a canonical number apart without allocating: its digits are put into buffer.
func fromCanonical(text string, buffer *[maxDigits + 2]byte) decimal {
	var d decimal
	if text != "" && text[0] == '-' {
		d.negative, text = true, text[1:]
	}
	whole := len(text)
	started := false
	b := buffer[:0]
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '.' {
			whole = i
			continue
		}
		if !started {
			if c == '0' {
				continue
			}
			started = true
			d.exponent = i
		}
		if len(b) < cap(b) { // zeros behind the last digit may not fit, and do not count
			b = append(b, c)
		}
	}
	// The exponent was the first digit's place in the text; the point stands at whole.
	if d.exponent < whole {
		d.exponent = whole - 1 - d.exponent
	} else {
		d.exponent = whole - d.exponent
	}
	d.digits = b
	if !started {
		return decimal{}
	}
	for len(d.digits) > 0 && d.digits[len(d.digits)-1] == '0' {
		d.digits = d.digits[:len(d.digits)-1]
	}
	return d
}

// CompareNumbers orders two canonical numbers: -1, 0 or 1.
func CompareNumbers(a, b string) int {
	negativeA, negativeB := strings.HasPrefix(a, "-"), strings.HasPrefix(b, "-")
	switch {
	case negativeA && negativeB:
		return compareMagnitudes(b[1:], a[1:])
	case negativeA:
		return -1
	case negativeB:
		return 1
	}
	return compareMagnitudes(a, b)
}

// compareMagnitudes relies on canonical form: more digits before the point is greater, and fractions
// without zeros at their end order as text.
func compareMagnitudes(a, b string) int {
	wholeA, wholeB := len(a), len(b)
	if i := strings.IndexByte(a, '.'); i >= 0 {
		wholeA = i
	}
	if i := strings.IndexByte(b, '.'); i >= 0 {
		wholeB = i
	}
	switch {
	case wholeA < wholeB:
		return -1
	case wholeA > wholeB:
		return 1
	}
	return strings.Compare(a, b)
}
