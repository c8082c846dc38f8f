package item

import (
	"encoding/base64"

	"github.com/brownoutdev/brownout/internal/jsonscan"
)

// AppendJSON appends the item as a JSON object without white space, in the order of its attributes.
func (it Item) AppendJSON(b []byte) []byte {
	b = append(b, '{')
	for i := range it {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(jsonscan.AppendString(b, it[i].Name), ':')
		b = it[i].Value.AppendJSON(b)
	}
	return append(b, '}')
}

// AppendJSON appends the value in DynamoDB's form, {"S":"text"}. An Invalid value becomes {}.
func (v Value) AppendJSON(b []byte) []byte {
	switch v.Type {
	case S:
		b = append(b, `{"S":`...)
		b = jsonscan.AppendString(b, v.Text)
	case N:
		b = append(b, `{"N":"`...)
		b = append(append(b, v.Text...), '"')
	case B:
		b = append(b, `{"B":`...)
		b = appendBinary(b, v.Text)
	case BOOL:
		if v.Bool {
			return append(b, `{"BOOL":true}`...)
		}
		return append(b, `{"BOOL":false}`...)
	case NULL:
		return append(b, `{"NULL":true}`...)
	case M:
		b = append(b, `{"M":`...)
		b = v.Fields.AppendJSON(b)
	case L:
		b = append(b, `{"L":[`...)
		for i := range v.Elements {
			if i > 0 {
				b = append(b, ',')
			}
			b = v.Elements[i].AppendJSON(b)
		}
		b = append(b, ']')
	case SS, NS, BS:
		b = v.appendSet(b)
	default:
		return append(b, `{}`...)
	}
	return append(b, '}')
}

func (v *Value) appendSet(b []byte) []byte {
	b = append(append(append(b, `{"`...), v.Type.String()...), `":[`...)
	for i := range v.Elements {
		if i > 0 {
			b = append(b, ',')
		}
		if v.Type == BS {
			b = appendBinary(b, v.Elements[i].Text)
		} else {
			b = jsonscan.AppendString(b, v.Elements[i].Text)
		}
	}
	return append(b, ']')
}

func appendBinary(b []byte, raw string) []byte {
	b = append(b, '"')
	b = base64.StdEncoding.AppendEncode(b, []byte(raw))
	return append(b, '"')
}
