package dynamodb

import (
	"errors"

	"github.com/brownoutdev/brownout/services/dynamodb/item"
	"github.com/brownoutdev/brownout/store"
)

// errDangling is a damaged store: an index has an entry for an item that is not there.
var errDangling = errors.New("dynamodb: an index entry has no item")

const textStartKey = "The provided starting key is invalid"

// startKey is the storage key that an ExclusiveStartKey stands for. It must have the key attributes
// of what is read, and of the table, and no others.
func (st *state) startKey(x *index, start item.Item) ([]byte, error) {
	wantedCount, missing, mismatch := 0, false, false
	check := func(a attribute) bool {
		v, ok := start.Get(a.name)
		missing = missing || !ok
		mismatch = mismatch || ok && (v.Type != a.kind || emptyKind(v) != "")
		wantedCount++
		return true
	}
	st.keys.each(check)
	if x != nil {
		x.keys.each(func(a attribute) bool { return st.keys.has(a.name) || check(a) })
	}
	switch {
	case (missing || len(start) != wantedCount) && x != nil:
		return nil, invalid(textStartKey)
	case missing || len(start) != wantedCount || mismatch:
		return nil, invalid(textStartKey + ": " + textKeyMismatch)
	}
	var key []byte
	ok := false
	if x == nil {
		key, ok = st.itemKey(start)
	} else {
		key, ok = st.entryKey(x, start)
	}
	if !ok {
		return nil, invalid(textStartKey)
	}
	return key, nil
}

// startAfter narrows a range to what follows a key in the direction of reading.
func startAfter(over store.Range, key []byte) store.Range {
	if over.Reverse {
		over.End = key
	} else {
		over.Start = behind(key)
	}
	return over
}

// findIndex is the index that a Query or Scan names; nil for none.
func (st *state) findIndex(name *string) (*index, error) {
	if name == nil {
		return nil, nil
	}
	if x := st.index(*name); x != nil {
		if x.building {
			return nil, invalid("Cannot read from backfilling global secondary index: " + *name)
		}
		return x, nil
	}
	return nil, invalid("The table does not have the specified index: " + *name)
}

// checkIndexRead refuses what an index cannot answer.
func checkIndexRead(x *index, selected *string, isConsistent bool) error {
	if x == nil || !x.global {
		return nil
	}
	if isConsistent {
		return invalid("Consistent reads are not supported on global secondary indexes")
	}
	if is(selected, selectAll) && !x.all {
		return invalidParameter("Select type ALL_ATTRIBUTES is not supported for global secondary index " + x.name +
			" because its projection type is not ALL")
	}
	return nil
}

const (
	selectAll       = "ALL_ATTRIBUTES"
	selectProjected = "ALL_PROJECTED_ATTRIBUTES"
	selectSpecific  = "SPECIFIC_ATTRIBUTES"
	selectCount     = "COUNT"
)

// projecting is the parameter that chooses attributes; empty when the request has none.
func projecting(expression *string, names []string) string {
	switch {
	case expression != nil:
		return "ProjectionExpression"
	case names != nil:
		return "AttributesToGet"
	}
	return ""
}

// checkSelect judges Select against the rest of the request.
func (v voice) checkSelect(selected *string, projecting string, indexName *string) error {
	if selected == nil {
		return nil
	}
	switch {
	case *selected == selectProjected && indexName == nil:
		return v.request("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName")
	case *selected == selectSpecific && projecting == "":
		return v.request("Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES")
	case *selected != selectSpecific && projecting != "":
		what := *selected
		if what == selectCount {
			what = "only the Count"
		}
		return v.request("Cannot specify the " + projecting + " when choosing to get " + what)
	}
	return nil
}
