package dynamodb

const (
	writeUnit = 1 << 10 // bytes
	readUnit  = 4 << 10
)

// writeUnits is what writing this many bytes costs: one unit per KB, at least one.
func writeUnits(bytes int) int { return max((bytes+writeUnit-1)/writeUnit, 1) }

// readUnits is what reading this many bytes costs: one unit per 4 KB, at least one, and half of it
// for an eventually consistent read.
func readUnits(bytes int, consistent bool) float64 {
	units := float64(max((bytes+readUnit-1)/readUnit, 1))
	if !consistent {
		units /= 2
	}
	return units
}

const (
	capacityTotal   = "TOTAL"
	capacityIndexes = "INDEXES"
)

// wanted tells whether an answer is to say what it cost.
func wanted(mode *string) bool {
	return mode != nil && (*mode == capacityTotal || *mode == capacityIndexes)
}

// consumption is what a call cost a table and its indexes.
type consumption struct {
	table   float64
	indexes []indexUnits
}

type indexUnits struct {
	index *index
	units float64
}

// writes is what writes cost.
func (st *state) writes(e *effect) consumption {
	c := consumption{table: float64(e.units)}
	for i, x := range e.indexes {
		if x.units > 0 {
			c.indexes = append(c.indexes, indexUnits{st.indexes[i], float64(x.units)})
		}
	}
	return c
}

// describe is the cost as answers say it; nil unless the call asked for it. name is the table's name
// as the call gave it.
func (c consumption) describe(mode *string, name string) *ConsumedCapacity {
	if !wanted(mode) {
		return nil
	}
	total := c.table
	for _, x := range c.indexes {
		total += x.units
	}
	out := &ConsumedCapacity{TableName: &name, CapacityUnits: &total}
	if *mode != capacityIndexes {
		return out
	}
	out.Table = &Capacity{CapacityUnits: new(c.table)}
	for _, x := range c.indexes {
		kind := &out.LocalSecondaryIndexes
		if x.index.global {
			kind = &out.GlobalSecondaryIndexes
		}
		if *kind == nil {
			*kind = map[string]Capacity{}
		}
		(*kind)[x.index.name] = Capacity{CapacityUnits: new(x.units)}
	}
	return out
}
