package dynamodb

import "github.com/brownoutdev/brownout/services/dynamodb/item"

// throttled leaves the i-th write of a batch undone when there is no capacity for it.
func (p *tableWrites) throttled(i int, th *throttle) bool {
	var it item.Item
	if put := p.in[i].PutRequest; put != nil {
		it = put.Item
	}
	err := th.refuses(p.st, p.writes[i].key, it)
	if err == nil {
		return false
	}
	if p.left == nil {
		p.left = make([]bool, len(p.in))
	}
	p.left[i], p.empty = true, err
	return true
}

// throttledBatch is the error of a batch of which nothing could be written for want of capacity: AWS
// answers it in place of UnprocessedItems then.
func throttledBatch(parts []*tableWrites) error {
	var empty error
	for _, p := range parts {
		for i := range p.in {
			if !p.leaves(i) {
				return nil
			}
		}
		if p.empty != nil {
			empty = p.empty
		}
	}
	return empty
}

// spend takes what the read of one key costs.
func (p *tableKeys) spend(th *throttle, key item.Item, stored found) error {
	if th == nil {
		return nil
	}
	k, _ := p.st.itemKey(key)
	err := th.spendRead(p.st, nil, k, readUnits(stored.size(), isTrue(p.in.ConsistentRead)))
	if err != nil {
		p.empty = err
	}
	return err
}

// throttledKeys is throttledBatch for reads.
func throttledKeys(parts []*tableKeys) error {
	var empty error
	for _, p := range parts {
		if p.read {
			return nil
		}
		if p.empty != nil {
			empty = p.empty
		}
	}
	return empty
}
