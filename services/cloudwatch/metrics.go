package cloudwatch

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"sync/atomic"
	"time"

	"github.com/brownoutdev/brownout/store"
)

const (
	// secondsStay and minutesStay are how long data stays that can be asked for by the second and by the
	// minute. AWS keeps coarser data for 15 months; these are gone then.
	secondsStay = 3 * time.Hour
	minutesStay = 15 * 24 * time.Hour
	// mostMetrics bounds what callers can make this server remember.
	mostMetrics = 100_000

	bySecond = 's'
	byMinute = 'm'
)

// metrics are the metrics that callers put.
type metrics struct {
	store  store.Store
	prefix []byte
	// known is how many there are.
	known atomic.Int64
}

// load counts the metrics that the store holds.
func (m *metrics) load(ctx context.Context) error {
	known := int64(0)
	err := m.list(ctx, "", "", "", "", func(string, *descriptor) bool {
		known++
		return true
	})
	m.known.Store(known)
	return err
}

// descriptor is a metric, as it is stored.
type descriptor struct {
	Account, Region string
	Metric          Metric
	// Last is the minute of the latest measurement.
	Last time.Time
}

func (d *descriptor) name() metricName {
	return metricName{d.Account, d.Region, value(d.Metric.Namespace), value(d.Metric.MetricName), d.Metric.Dimensions}
}

// measurement is what somebody measured of one metric.
type measurement struct {
	metric metricName
	at     time.Time
	unit   string
	// high is true for a resolution of one second.
	high   bool
	bucket bucket
}

func (m *metrics) key(letter byte, rest string) []byte {
	key := make([]byte, 0, len(m.prefix)+1+len(rest)+32)
	return append(append(append(key, m.prefix...), letter), rest...)
}

func (m *metrics) dataKey(metric string, resolution byte, at time.Time) []byte {
	return binary.BigEndian.AppendUint64(append(m.key('d', metric), resolution), uint64(at.Unix()))
}

// put stores all measurements or none.
func (m *metrics) put(ctx context.Context, all []measurement) error {
	byMetric := map[string][]*measurement{}
	locks := make([][]byte, 0, len(all))
	for i := range all {
		key := all[i].metric.key()
		if byMetric[key] == nil {
			locks = append(locks, m.key('m', key))
		}
		byMetric[key] = append(byMetric[key], &all[i])
	}
	made := int64(0)
	err := m.store.Update(ctx, locks, func(w store.Writer) error {
		made = 0
		for key, measurements := range byMetric {
			isNew, err := m.putMetric(w, key, measurements)
			if err != nil {
				return err
			}
			if isNew {
				made++
			}
		}
		if made > 0 && m.known.Load()+made > mostMetrics {
			return badValue("There are too many metrics: Brownout keeps %d at most.", mostMetrics)
		}
		return nil
	})
	if err == nil {
		m.known.Add(made)
	}
	return err
}

func (m *metrics) putMetric(w store.Writer, key string, measurements []*measurement) (isNew bool, err error) {
	latest := time.Time{}
	for _, measured := range measurements {
		minute := measured.at.Truncate(time.Minute)
		if minute.After(latest) {
			latest = minute
		}
		if err := m.addTo(w, append(m.dataKey(key, byMinute, minute), measured.unit...), &measured.bucket); err != nil {
			return false, err
		}
		if !measured.high {
			continue
		}
		second := measured.at.Truncate(time.Second)
		if err := m.addTo(w, append(m.dataKey(key, bySecond, second), measured.unit...), &measured.bucket); err != nil {
			return false, err
		}
	}
	of := &measurements[0].metric
	d := descriptor{Account: of.account, Region: of.region, Metric: of.shape(), Last: latest}
	stored, err := w.Get(m.key('m', key))
	switch {
	case err == nil:
		var before descriptor
		if err := json.Unmarshal(stored, &before); err != nil {
			return false, err
		}
		if !before.Last.Before(latest) {
			return false, nil
		}
	case errors.Is(err, store.ErrNotFound):
		isNew = true
	default:
		return false, err
	}
	encoded, err := json.Marshal(&d)
	if err != nil {
		return false, err
	}
	return isNew, w.Set(m.key('m', key), encoded)
}

func (m *metrics) addTo(w store.Writer, key []byte, measured *bucket) error {
	total := &bucket{}
	stored, err := w.Get(key)
	switch {
	case err == nil:
		if total, err = readBucket(stored); err != nil {
			return err
		}
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	total.merge(measured)
	if math.IsInf(total.sum, 0) {
		total.sum = math.Copysign(math.MaxFloat64, total.sum)
	}
	return w.Set(key, total.appendTo(nil))
}

// period is what was measured in a stretch of time, in one unit or, with an empty unit, in all.
type period struct {
	at     time.Time
	unit   string
	bucket bucket
}

// query are the measurements from from (inclusive) to to (exclusive) in periods that begin at from, in
// order of time, then of unit. An empty unit puts all units together; perUnit keeps them apart.
//
// Periods of less than a minute see data of high resolution. Where there are none, they see what was
// put for whole minutes, at the minutes' beginnings.
func (m *metrics) query(ctx context.Context, name *metricName, unit string, perUnit bool, from, to time.Time, length time.Duration) ([]period, error) {
	resolution := byte(byMinute)
	if length%time.Minute != 0 {
		resolution = bySecond
	}
	found, err := m.scan(ctx, name, resolution, unit, perUnit, from, to, length)
	if err == nil && len(found) == 0 && resolution == bySecond {
		found, err = m.scan(ctx, name, byMinute, unit, perUnit, from, to, length)
	}
	return found, err
}

func (m *metrics) scan(ctx context.Context, name *metricName, resolution byte, unit string, perUnit bool, from, to time.Time, length time.Duration) ([]period, error) {
	if from.Unix() < 0 {
		from = time.Unix(0, 0).UTC()
	}
	if !from.Before(to) {
		return nil, nil
	}
	key := name.key()
	collected := collector{from: from, length: length, perUnit: perUnit}
	err := m.store.View(ctx, func(r store.Reader) error {
		head := len(m.dataKey(key, resolution, from))
		between := store.Range{Start: m.dataKey(key, resolution, from), End: m.dataKey(key, resolution, to)}
		return r.Scan(between, func(key, stored []byte) (bool, error) {
			at := time.Unix(int64(binary.BigEndian.Uint64(key[head-8:head])), 0).UTC()
			if found := string(key[head:]); unit == "" || unit == found {
				b, err := readBucket(stored)
				if err != nil {
					return false, err
				}
				collected.add(at, found, b)
			}
			return true, nil
		})
	})
	return collected.periods, err
}

// collector puts measurements into periods; they come in order of time.
type collector struct {
	from    time.Time
	length  time.Duration
	perUnit bool
	periods []period
}

func (c *collector) add(at time.Time, unit string, b *bucket) {
	begin := c.from.Add(at.Sub(c.from) / c.length * c.length)
	if !c.perUnit {
		unit = ""
	}
	i, found := slices.BinarySearchFunc(c.periods, period{at: begin, unit: unit}, func(a, b period) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.unit, b.unit))
	})
	if !found {
		c.periods = slices.Insert(c.periods, i, period{at: begin, unit: unit})
	}
	c.periods[i].bucket.merge(b)
}

// list calls fn for each metric of an account in a region, in order, until fn answers false. An empty
// account means all.
func (m *metrics) list(ctx context.Context, account, region, namespace, after string, fn func(key string, d *descriptor) (more bool)) error {
	start := ""
	if account != "" {
		start = account + "\x00" + region + "\x00"
		if namespace != "" {
			start += namespace + "\x00"
		}
	}
	all := store.Prefix(m.key('m', start))
	if after != "" {
		all.Start = append(m.key('m', after), 0)
	}
	return m.store.View(ctx, func(r store.Reader) error {
		return r.Scan(all, func(key, stored []byte) (bool, error) {
			var d descriptor
			if err := json.Unmarshal(stored, &d); err != nil {
				return false, err
			}
			return fn(string(key[len(m.prefix)+1:]), &d), nil
		})
	})
}

func (m *metrics) reset(ctx context.Context) error {
	all := store.Prefix(m.prefix)
	err := m.store.Update(ctx, nil, func(w store.Writer) error { return w.DeleteRange(all.Start, all.End) })
	if err == nil {
		m.known.Store(0)
	}
	return err
}

// forget deletes data that are too old, and metrics that have none left.
func (m *metrics) forget(ctx context.Context, now time.Time) error {
	var keys []string
	err := m.list(ctx, "", "", "", "", func(key string, _ *descriptor) bool {
		keys = append(keys, key)
		return true
	})
	for _, key := range keys {
		if err != nil {
			break
		}
		err = m.forgetOf(ctx, key, now)
	}
	return err
}

func (m *metrics) forgetOf(ctx context.Context, key string, now time.Time) error {
	seconds, minutes, gone := now.Add(-secondsStay), now.Add(-minutesStay), false
	err := m.store.Update(ctx, [][]byte{m.key('m', key)}, func(w store.Writer) error {
		stored, err := w.Get(m.key('m', key))
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		var d descriptor
		if err := json.Unmarshal(stored, &d); err != nil {
			return err
		}
		if d.Last.Before(minutes.Truncate(time.Minute)) {
			all := store.Prefix(m.key('d', key))
			gone = true
			return errors.Join(w.Delete(m.key('m', key)), w.DeleteRange(all.Start, all.End))
		}
		return errors.Join(m.forgetBefore(w, key, bySecond, seconds), m.forgetBefore(w, key, byMinute, minutes))
	})
	if err == nil && gone {
		m.known.Add(-1)
	}
	return err
}

// forgetBefore writes only where there is something to delete: it runs for every metric again and again.
func (m *metrics) forgetBefore(w store.Writer, key string, resolution byte, before time.Time) error {
	old := store.Range{Start: m.dataKey(key, resolution, time.Unix(0, 0)), End: m.dataKey(key, resolution, before)}
	some := false
	err := w.Scan(old, func([]byte, []byte) (bool, error) {
		some = true
		return false, nil
	})
	if err != nil || !some {
		return err
	}
	return w.DeleteRange(old.Start, old.End)
}
