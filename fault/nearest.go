package fault

import (
	"fmt"
	"slices"
	"strings"
)

// unknown says that a name is none of those known, and which it may have been meant to be.
func unknown(name, what string, known []string) string {
	text := fmt.Sprintf("%q is not a known %s", name, what)
	near := nearest(name, known)
	if len(near) == 0 {
		if len(known) == 0 {
			return text + "; there are none"
		}
		if len(known) <= 20 {
			return text + "; there are: " + strings.Join(known, ", ")
		}
		return text
	}
	return text + "; did you mean " + orList(near) + "?"
}

// orList is "a", "a or b", "a, b or c".
func orList(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

// mostNearest is how many names a message offers.
const mostNearest = 3

// nearest are the known names that differ least from a name, the nearest first: those that a typing
// mistake or two lead to, or that hold the name.
func nearest(name string, known []string) []string {
	type candidate struct {
		name     string
		distance int
	}
	small := strings.ToLower(name)
	limit := max(1, len(name)/3)
	var found []candidate
	for _, k := range known {
		other := strings.ToLower(k)
		switch d := distance(small, other); {
		case d <= limit:
			found = append(found, candidate{k, d})
		case len(small) >= 3 && strings.Contains(other, small), len(other) >= 4 && strings.Contains(small, other):
			found = append(found, candidate{k, limit + 1})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return a.distance - b.distance })
	names := make([]string, 0, mostNearest)
	for _, c := range found[:min(len(found), mostNearest)] {
		names = append(names, c.name)
	}
	return names
}

// distance is how many insertions, deletions, substitutions and swaps of neighbours make b of a
// (optimal string alignment). Names longer than 100 bytes are cut there.
func distance(a, b string) int {
	const most = 100
	a, b = a[:min(len(a), most)], b[:min(len(b), most)]
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
