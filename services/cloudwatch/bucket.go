package cloudwatch

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// bucket is what was measured in a stretch of time.
type bucket struct {
	count, sum, min, max float64
	// values are how often each value was measured; beyond mostValues of them, values that are nearly the same count as one.
	values map[float64]float64
	// opaque: some of the measurements came as statistics only, so nothing is known of percentiles.
	opaque bool
}

// mostValues is how many values of a bucket are kept exactly.
const mostValues = 500

func (b *bucket) add(v, times float64) {
	b.merge(&bucket{count: times, sum: v * times, min: v, max: v, values: map[float64]float64{v: times}})
}

func (b *bucket) merge(other *bucket) {
	if other.count == 0 {
		return
	}
	if b.count == 0 {
		b.min, b.max = other.min, other.max
	}
	b.min, b.max = min(b.min, other.min), max(b.max, other.max)
	b.count += other.count
	b.sum += other.sum
	b.opaque = b.opaque || other.opaque
	if b.values == nil {
		b.values = make(map[float64]float64, len(other.values))
	}
	for v, times := range other.values {
		b.values[v] += times
	}
	if len(b.values) > mostValues {
		b.coarsen()
	}
}

// coarsen puts values together that are nearly the same: within a percent, or more where that is not
// enough to leave room for further ones.
func (b *bucket) coarsen() {
	for step := math.Log(1.01); len(b.values) > mostValues/2; step *= 2 {
		binned := make(map[float64]float64, len(b.values))
		for v, times := range b.values {
			if v != 0 {
				bin := math.Round(math.Log(math.Abs(v)) / step)
				v = math.Copysign(min(math.Exp(bin*step), math.MaxFloat64), v)
			}
			binned[min(max(v, b.min), b.max)] += times
		}
		b.values = binned
	}
}

// sorted are the measured values in order.
func (b *bucket) sorted() []float64 {
	values := make([]float64, 0, len(b.values))
	for v := range b.values {
		values = append(values, v)
	}
	slices.Sort(values)
	return values
}

func (b *bucket) appendTo(out []byte) []byte {
	for _, f := range []float64{b.count, b.sum, b.min, b.max} {
		out = binary.BigEndian.AppendUint64(out, math.Float64bits(f))
	}
	flag := byte(0)
	if b.opaque {
		flag = 1
	}
	out = append(out, flag)
	for _, v := range b.sorted() {
		out = binary.BigEndian.AppendUint64(out, math.Float64bits(v))
		out = binary.BigEndian.AppendUint64(out, math.Float64bits(b.values[v]))
	}
	return out
}

func readBucket(in []byte) (*bucket, error) {
	const head = 4*8 + 1
	if len(in) < head || (len(in)-head)%16 != 0 {
		return nil, fmt.Errorf("cloudwatch: a stored measurement has %d bytes", len(in))
	}
	at := func(i int) float64 { return math.Float64frombits(binary.BigEndian.Uint64(in[i:])) }
	b := &bucket{count: at(0), sum: at(8), min: at(16), max: at(24), opaque: in[32] != 0}
	b.values = make(map[float64]float64, (len(in)-head)/16)
	for i := head; i < len(in); i += 16 {
		b.values[at(i)] = at(i + 8)
	}
	return b, nil
}
