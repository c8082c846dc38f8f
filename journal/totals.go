package journal

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/brownoutdev/brownout/catalog"
)

// Bounds of what Totals count apart: whatever else comes in is counted as Other.
const (
	maxOperations = 2000
	maxCodes      = 40 // of one operation
	maxKinds      = 60
)

// Bounds are the upper ends of the cells of Total.Took, in seconds; a last cell has no end.
var bounds = [...]float64{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60}

// Bounds are the upper ends of the cells of Total.Took, in seconds.
func Bounds() []float64 { return slices.Clone(bounds[:]) }

// Total is what happened to an operation since the start.
type Total struct {
	// Service and Operation are the catalogue's; what it does not have is Other.
	Service, Operation string
	// Codes counts calls by their outcome: "OK", an error code, the status of an error without a code,
	// "NoAnswer" or "ClientGone"; beyond 40 codes of one operation, Other.
	Codes []Count
	// Faults counts the rules that hit, by the kind of their effect.
	Faults []Count
	// Took counts the calls in each cell, not those of the cells before; Seconds is the sum of their times.
	Took    []uint64
	Seconds float64
}

// Count is how often something was.
type Count struct {
	Name string
	N    uint64
}

// totals are all operations that were called.
type totals struct {
	mutex      sync.RWMutex
	operations map[operationKey]*total
}

type operationKey struct{ service, operation string }

// total is Total while it is counted.
type total struct {
	mutex         sync.Mutex
	codes, faults []Count
	took          [len(bounds) + 1]uint64
	time          time.Duration // reaches for 292 years of calls
}

func newTotals() *totals { return &totals{operations: map[operationKey]*total{}} }

// of finds an operation's total. Only operations of the catalogue have one of their own.
func (t *totals) of(service, operation string) *total {
	key := operationKey{Other, Other}
	if s := catalog.Lookup(service); s != nil && s.Name == service {
		key.service = s.Name
		if op := s.Operation(operation); op != nil {
			key.operation = op.Name
		}
	}
	t.mutex.RLock()
	found := t.operations[key]
	t.mutex.RUnlock()
	if found != nil {
		return found
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if len(t.operations) >= maxOperations {
		key = operationKey{Other, Other}
	}
	if found = t.operations[key]; found == nil {
		found = &total{}
		t.operations[key] = found
	}
	return found
}

func (t *total) add(r *Record) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.codes = count(t.codes, r.outcome(), maxCodes)
	for i := range r.Rules {
		t.faults = count(t.faults, r.Rules[i].Kind, maxKinds)
	}
	seconds, cell := r.Total.Seconds(), 0
	for cell < len(bounds) && seconds > bounds[cell] {
		cell++
	}
	t.took[cell]++
	t.time += r.Total
}

// outcome is the call's result in one word.
func (r *Record) outcome() string {
	switch {
	case r.ClientGone:
		return "ClientGone"
	case r.Code != "" && !utf8.ValidString(r.Code):
		return Other // no label of a metric can hold it
	case r.Code != "":
		return r.Code
	case r.Status == 0:
		return "NoAnswer"
	case r.Status >= 400:
		return strconv.Itoa(min(r.Status, 999)) // an upstream's error, which we pass on unread
	}
	return "OK"
}

// count adds one to a name's count. The lists are short, and their most frequent names come early.
func count(counts []Count, name string, limit int) []Count {
	for i := range counts {
		if counts[i].Name == name {
			counts[i].N++
			return counts
		}
	}
	if len(name) > maxName || len(counts) >= limit-1 && name != Other {
		return count(counts, Other, limit)
	}
	return append(counts, Count{strings.Clone(name), 1})
}

// Totals are the numbers of all operations called since the start, in order of their names.
func (j *Journal) Totals() []Total {
	if j == nil {
		return nil
	}
	t := j.totals
	t.mutex.RLock()
	defer t.mutex.RUnlock()
	all := make([]Total, 0, len(t.operations))
	for key, op := range t.operations {
		op.mutex.Lock()
		all = append(all, Total{
			Service: key.service, Operation: key.operation, Codes: slices.Clone(op.codes), Faults: slices.Clone(op.faults),
			Took: slices.Clone(op.took[:]), Seconds: op.time.Seconds(),
		})
		op.mutex.Unlock()
	}
	slices.SortFunc(all, func(a, b Total) int {
		return cmp.Or(strings.Compare(a.Service, b.Service), strings.Compare(a.Operation, b.Operation))
	})
	return all
}
