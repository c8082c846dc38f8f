package item

import (
	"errors"
	"strings"
)

// The tags and marks of the key encoding; the package comment describes it.
const (
	tagNumber = 0x01
	tagText   = 0x02
	tagBinary = 0x03

	signNegative = 0x40
	signZero     = 0x80
	signPositive = 0xC0

	escaped    = 0xFF
	terminator = 0x01
)

// AppendKey appends the order-preserving, self-delimiting encoding of a string, a number or a binary.
// Values of other types cannot be keys and append nothing.
func AppendKey(b []byte, v Value) []byte {
	switch v.Type {
	case N:
		return appendNumberKey(append(b, tagNumber), v.Text)
	case S:
		return appendBytesKey(append(b, tagText), v.Text)
	case B:
		return appendBytesKey(append(b, tagBinary), v.Text)
	}
	return b
}

func appendBytesKey(b []byte, text string) []byte {
	for {
		i := strings.IndexByte(text, 0)
		if i < 0 {
			return append(append(b, text...), 0, terminator)
		}
		b = append(append(b, text[:i]...), 0, escaped)
		text = text[i+1:]
	}
}

func appendNumberKey(b []byte, text string) []byte {
	var buffer [maxDigits + 2]byte
	d := fromCanonical(text, &buffer)
	if len(d.digits) == 0 {
		return append(b, signZero)
	}
	mask := byte(0)
	if d.negative {
		b = append(b, signNegative)
		mask = 0xFF
	} else {
		b = append(b, signPositive)
	}
	b = append(b, byte(d.exponent-minExponent)^mask)
	for i := 0; i < len(d.digits); i += 2 {
		pair := (d.digits[i] - '0') * 10
		if i+1 < len(d.digits) {
			pair += d.digits[i+1] - '0'
		}
		b = append(b, (pair+1)^mask)
	}
	return append(b, mask)
}

var errDamagedKey = errors.New("item: damaged key bytes")

// DecodeKey reads the first value of a key and returns what follows it.
func DecodeKey(b []byte) (v Value, rest []byte, err error) {
	if len(b) == 0 {
		return Value{}, nil, errDamagedKey
	}
	switch b[0] {
	case tagNumber:
		v.Type = N
		v.Text, rest, err = decodeNumberKey(b[1:])
	case tagText:
		v.Type = S
		v.Text, rest, err = decodeBytesKey(b[1:])
	case tagBinary:
		v.Type = B
		v.Text, rest, err = decodeBytesKey(b[1:])
	default:
		err = errDamagedKey
	}
	if err != nil {
		return Value{}, nil, err
	}
	return v, rest, nil
}

func decodeBytesKey(b []byte) (text string, rest []byte, err error) {
	var raw []byte
	for i := 0; i+1 < len(b); i++ {
		if b[i] != 0 {
			continue
		}
		switch b[i+1] {
		case terminator:
			if raw == nil {
				return string(b[:i]), b[i+2:], nil
			}
			return string(append(raw, b[:i]...)), b[i+2:], nil
		case escaped:
			raw = append(append(raw, b[:i]...), 0)
			b, i = b[i+2:], -1
		default:
			return "", nil, errDamagedKey
		}
	}
	return "", nil, errDamagedKey
}

func decodeNumberKey(b []byte) (text string, rest []byte, err error) {
	if len(b) == 0 {
		return "", nil, errDamagedKey
	}
	sign := b[0]
	if sign == signZero {
		return "0", b[1:], nil
	}
	if len(b) < 2 || sign != signPositive && sign != signNegative {
		return "", nil, errDamagedKey
	}
	mask := byte(0)
	if sign == signNegative {
		mask = 0xFF
	}
	d := decimal{negative: mask != 0, exponent: int(b[1]^mask) + minExponent}
	for i := 2; i < len(b); i++ {
		pair := b[i] ^ mask
		if pair == 0 {
			d.trim()
			return d.String(), b[i+1:], nil
		}
		if pair > 100 || len(d.digits) >= maxDigits {
			break
		}
		d.digits = append(d.digits, '0'+(pair-1)/10, '0'+(pair-1)%10)
	}
	return "", nil, errDamagedKey
}
