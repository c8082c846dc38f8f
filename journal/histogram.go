package journal

import (
	"math/bits"
	"time"
)

// A histogram's cells are an eighth of a power of two wide, from 65 us (2^16 ns) to 69 s (2^36 ns):
// what it says of a duration is off by less than an eighth, and below 65 us by less than 65 us.
const (
	lowestPower  = 16
	highestPower = 36
	cellsPerStep = 8
	cellCount    = 1 + (highestPower-lowestPower)*cellsPerStep + 1 // one below, one above
)

type histogram struct {
	cells    [cellCount]uint32
	min, max time.Duration // exactly; min is 0 when there are none
	sum      time.Duration
}

func (h *histogram) add(d time.Duration) {
	h.cells[cellOf(d)]++
	h.least(max(d, 1))
	h.max = max(h.max, d)
	h.sum += d
}

func (h *histogram) merge(other *histogram) {
	for i, n := range other.cells {
		h.cells[i] += n
	}
	h.least(other.min)
	h.max = max(h.max, other.max)
	h.sum += other.sum
}

func (h *histogram) least(d time.Duration) {
	if h.min == 0 || d > 0 && d < h.min {
		h.min = d
	}
}

func cellOf(d time.Duration) int {
	power := bits.Len64(uint64(max(d, 0))) - 1
	switch {
	case power < lowestPower:
		return 0
	case power >= highestPower:
		return cellCount - 1
	}
	// The three bits behind the leading one say which eighth.
	return 1 + (power-lowestPower)*cellsPerStep + int(d>>(power-3))&(cellsPerStep-1)
}

// cellStart is the shortest duration of a cell.
func cellStart(i int) time.Duration {
	if i == 0 {
		return 0
	}
	power, eighth := lowestPower+(i-1)/cellsPerStep, (i-1)%cellsPerStep
	return time.Duration(1)<<power + time.Duration(eighth)<<(power-3)
}

// percentile is the duration that p percent of the durations do not exceed; 0 when there are none.
func (h *histogram) percentile(p float64) time.Duration {
	var total uint64
	for _, n := range h.cells {
		total += uint64(n)
	}
	if total == 0 {
		return 0
	}
	rank := min(max(p/100*float64(total), 0), float64(total))
	var below float64
	for i, n := range h.cells {
		if n == 0 || below+float64(n) < rank {
			below += float64(n)
			continue
		}
		start, end := cellStart(i), h.max
		if i < cellCount-1 {
			end = min(cellStart(i+1), h.max)
		}
		return start + time.Duration(float64(end-start)*(rank-below)/float64(n))
	}
	return h.max
}
