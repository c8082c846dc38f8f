package expression

import (
	"strconv"
	"strings"

	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// sizeOf is the function size: bytes of a string or a binary, members of a set, elements of a list,
// attributes of a map. Numbers, booleans and nulls have none.
func sizeOf(v item.Value) (item.Value, bool) {
	n := 0
	switch v.Type {
	case item.S, item.B:
		n = len(v.Text)
	case item.SS, item.NS, item.BS, item.L:
		n = len(v.Elements)
	case item.M:
		n = len(v.Fields)
	default:
		return item.Value{}, false
	}
	return item.Number(strconv.Itoa(n)), true
}

func beginsWith(v, prefix item.Value) bool {
	return v.Type == prefix.Type && (v.Type == item.S || v.Type == item.B) && strings.HasPrefix(v.Text, prefix.Text)
}

// contains is a part of a string or a binary, a member of a set, or an element of a list.
func contains(v, part item.Value) bool {
	switch v.Type {
	case item.S, item.B:
		return part.Type == v.Type && strings.Contains(v.Text, part.Text)
	case item.SS, item.NS, item.BS, item.L:
		return item.HasMember(v.Elements, part)
	}
	return false
}
