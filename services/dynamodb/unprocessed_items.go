package dynamodb

import (
	"encoding/json"
	"fmt"

	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// faultUnprocessed is the fault that leaves part of a batch undone: BatchWriteItem answers it as
// UnprocessedItems, BatchGetItem as UnprocessedKeys. Other operations do not notice it.
const faultUnprocessed = "unprocessed-items"

func init() {
	operations.Fault(faultUnprocessed, func(text json.RawMessage) (any, error) {
		var p unprocessed
		if err := fault.ParseParameters(text, &p); err != nil {
			return nil, err
		}
		if s := p.Share; s != nil && !(*s >= 0 && *s <= 100) {
			return nil, &fault.RuleError{Field: "share", Message: fmt.Sprintf("%v is not a percentage from 0 to 100", *s)}
		}
		return p, nil
	})
}

// unprocessed are the fault's parameters.
type unprocessed struct {
	// Share is the percentage of a batch's items that are left undone; nil is all of them.
	Share *float64 `json:"share"`
	// Table and Key confine that to tables by their names, and to items by their partition keys' values: strings,
	// numbers in canonical form, binaries in Base64.
	Table fault.Patterns `json:"table"`
	Key   fault.Patterns `json:"key"`
}

// undone draws which items of a batch are left undone. The zero value leaves none.
type undone struct {
	unprocessed
	hit   fault.Own
	share float64
	drawn int
}

func undoneOf(r *services.Request) (u undone) {
	hit, ok := r.Faults.Hit(faultUnprocessed)
	if !ok {
		return u
	}
	u.hit, u.share = hit, 100
	if p, ok := hit.Parameters.(unprocessed); ok {
		if u.unprocessed = p; p.Share != nil {
			u.share = *p.Share
		}
	}
	return u
}

// next says whether the next item is left undone: one of a table with a partition key of this name.
func (u *undone) next(table, hash string, key item.Item) bool {
	if u.share == 0 || !u.Table.Match(shortName(table)) {
		return false
	}
	if v, _ := key.Get(hash); !u.Key.Match(keyText(v)) {
		return false
	}
	u.drawn++
	return u.hit.Chance(u.drawn, u.share)
}

// leaveWrites decides which writes of a batch are left undone, table by table in the order of the parts.
func leaveWrites(r *services.Request, parts []*tableWrites) {
	u := undoneOf(r)
	if u.share == 0 {
		return
	}
	for _, p := range parts {
		p.left = make([]bool, len(p.in))
		hash := p.table.state.Load().keys.hash[0].name
		for i := range p.in {
			p.left[i] = u.next(p.name, hash, p.in[i].values())
		}
	}
}

// values has the key attributes of what is written.
func (w *WriteRequest) values() item.Item {
	if w.PutRequest != nil {
		return w.PutRequest.Item
	}
	return w.DeleteRequest.Key
}

// leaves reports whether the i-th write is left undone.
func (p *tableWrites) leaves(i int) bool { return p.left != nil && p.left[i] }

// unprocessed are the writes that were left undone.
func (p *tableWrites) unprocessed() []WriteRequest {
	var rest []WriteRequest
	for i := range p.in {
		if p.leaves(i) {
			rest = append(rest, p.in[i])
		}
	}
	return rest
}

// leaveKeys takes the keys out of a batch that are left unread.
func leaveKeys(r *services.Request, parts []*tableKeys) {
	u := undoneOf(r)
	if u.share == 0 {
		return
	}
	for _, p := range parts {
		var kept []item.Item
		for _, key := range p.in.Keys {
			if u.next(p.name, p.st.keys.hash[0].name, key) {
				p.left = append(p.left, key)
			} else {
				kept = append(kept, key)
			}
		}
		p.in.Keys = kept
	}
}

// describeLeft adds the keys that were left unread to the answer.
func (p *tableKeys) describeLeft(out *batchGetItemAnswer) {
	if len(p.left) == 0 {
		return
	}
	rest, some := out.UnprocessedKeys[p.name]
	if !some {
		rest = p.in
		rest.Keys = nil
	}
	rest.Keys = append(rest.Keys[:len(rest.Keys):len(rest.Keys)], p.left...)
	out.UnprocessedKeys[p.name] = rest
}
