package protocol

import (
	"math"
	"math/big"
	"reflect"
	"time"

	"github.com/fxamacker/cbor/v2"

	"github.com/brownoutdev/brownout/catalog"
)

// cborReader refuses what grows in memory beyond its bytes; cborWriter gives the same bytes for the same value.
var cborReader, cborWriter = cborModes()

func cborModes() (cbor.DecMode, cbor.EncMode) {
	decode, err := cbor.DecOptions{
		DupMapKey:        cbor.DupMapKeyEnforcedAPF,
		MaxNestedLevels:  128,
		MaxArrayElements: 1 << 20,
		MaxMapPairs:      1 << 20,
		DefaultMapType:   reflect.TypeFor[map[string]any](),
		IntDec:           cbor.IntDecConvertSignedOrBigInt,
		UTF8:             cbor.UTF8RejectInvalid,
	}.DecMode()
	if err != nil {
		panic(err)
	}
	encode, err := cbor.EncOptions{Sort: cbor.SortCanonical, ShortestFloat: cbor.ShortestFloatNone}.EncMode()
	if err != nil {
		panic(err)
	}
	return decode, encode
}

// fromCBOR brings a decoded CBOR value to what documents hold for the shape.
func fromCBOR(p *plan, value any) (any, error) {
	if value == nil {
		return nil, nil
	}
	switch p.kind {
	case catalog.Structure:
		entries, ok := value.(map[string]any)
		if !ok {
			return nil, serialization("Unexpected field type")
		}
		document := map[string]any{}
		for key, entry := range entries {
			f := p.field(key)
			if f == nil || entry == nil {
				continue
			}
			member, err := fromCBOR(f.plan, entry)
			if err != nil {
				return nil, err
			}
			document[f.member.Name] = member
		}
		return document, nil
	case catalog.List:
		list, ok := value.([]any)
		if !ok {
			return nil, serialization("Unexpected field type")
		}
		out := make([]any, 0, len(list))
		for _, element := range list {
			element, err := fromCBOR(p.element, element)
			if err != nil {
				return nil, err
			}
			if element != nil {
				out = append(out, element)
			}
		}
		return out, nil
	case catalog.Map:
		entries, ok := value.(map[string]any)
		if !ok {
			return nil, serialization("Unexpected field type")
		}
		out := make(map[string]any, len(entries))
		for key, entry := range entries {
			entry, err := fromCBOR(p.element, entry)
			if err != nil {
				return nil, err
			}
			if entry != nil {
				out[key] = entry
			}
		}
		return out, nil
	}
	return scalarFromCBOR(p, value)
}

func scalarFromCBOR(p *plan, value any) (any, error) {
	switch p.kind {
	case catalog.Any:
		return value, nil
	case catalog.String:
		if text, ok := value.(string); ok {
			return text, nil
		}
	case catalog.Boolean:
		if truth, ok := value.(bool); ok {
			return truth, nil
		}
	case catalog.Blob:
		if bytes, ok := value.([]byte); ok {
			return bytes, nil
		}
	case catalog.Integer, catalog.Long:
		if f, ok := numberFromCBOR(value); ok {
			if n, exact := value.(int64); exact {
				return withinKind(p.kind, n), nil
			}
			return withinKind(p.kind, truncated(f)), nil
		}
	case catalog.Float, catalog.Double:
		if f, ok := numberFromCBOR(value); ok {
			return f, nil
		}
	case catalog.Timestamp:
		if moment, ok := value.(time.Time); ok { // tags 0 and 1
			return moment.UTC().Round(time.Millisecond), nil
		}
		if f, ok := numberFromCBOR(value); ok && math.Abs(f) <= latestEpoch {
			return time.UnixMilli(int64(math.Round(f * 1000))).UTC(), nil
		}
	}
	return nil, serialization("A value of the wrong type where a " + javaName(p.kind) + " is expected")
}

func numberFromCBOR(value any) (float64, bool) {
	switch value := value.(type) {
	case int64:
		return float64(value), true
	case uint64:
		return float64(value), true
	case float64:
		return value, true
	case big.Int:
		f, _ := new(big.Float).SetInt(&value).Float64()
		return f, true
	case *big.Int:
		f, _ := new(big.Float).SetInt(value).Float64()
		return f, true
	}
	return 0, false
}

// toCBOR replaces names by wire names and times by tagged seconds.
func toCBOR(p *plan, value any) (any, error) {
	value, err := coerce(p, value)
	if err != nil || value == nil {
		return nil, err
	}
	switch value := value.(type) {
	case time.Time:
		millis := value.UnixMilli()
		if millis%1000 == 0 {
			return cbor.Tag{Number: 1, Content: millis / 1000}, nil
		}
		return cbor.Tag{Number: 1, Content: float64(millis) / 1000}, nil
	case []any:
		if p.kind != catalog.List {
			return value, nil
		}
		out := make([]any, len(value))
		for i := range value {
			if out[i], err = toCBOR(p.element, value[i]); err != nil {
				return nil, err
			}
		}
		return out, nil
	case map[string]any:
		out := make(map[string]any, len(value))
		switch p.kind {
		case catalog.Structure:
			for i := range p.fields {
				f := &p.fields[i]
				if value[f.member.Name] == nil {
					continue
				}
				if out[f.wire], err = toCBOR(f.plan, value[f.member.Name]); err != nil {
					return nil, err
				}
			}
		case catalog.Map:
			for key, entry := range value {
				if out[key], err = toCBOR(p.element, entry); err != nil {
					return nil, err
				}
			}
		default:
			return value, nil
		}
		return out, nil
	}
	return value, nil
}
