package item

// Size is the item's size in bytes by AWS's rules: names and values.
func (it Item) Size() int {
	size := 0
	for i := range it {
		size += len(it[i].Name) + it[i].Value.Size()
	}
	return size
}

// Size is the value's size in bytes by AWS's rules.
func (v Value) Size() int {
	switch v.Type {
	case S, B:
		return len(v.Text)
	case N:
		return numberSize(v.Text)
	case BOOL, NULL:
		return 1
	case SS, NS, BS:
		size := 0
		for i := range v.Elements {
			size += v.Elements[i].Size()
		}
		return size
	case L:
		size := 3
		for i := range v.Elements {
			size += 1 + v.Elements[i].Size()
		}
		return size
	case M:
		return 3 + len(v.Fields) + v.Fields.Size()
	}
	return 0
}

// numberSize is one byte for the exponent, one for each pair of digits and one for a minus sign.
// Pairs are counted from the decimal point, so 12 takes one and 1.2 two. Zero is a single byte.
func numberSize(text string) int {
	var buffer [maxDigits + 2]byte
	d := fromCanonical(text, &buffer)
	if len(d.digits) == 0 {
		return 1
	}
	pairs := (len(d.digits) + 1) / 2
	if len(d.digits)%2 == 0 && d.exponent%2 == 0 {
		pairs++
	}
	if d.negative {
		return 2 + pairs
	}
	return 1 + pairs
}
