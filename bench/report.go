package main

import (
	"fmt"
	"slices"
	"strings"
)

// table is the figures as Markdown: medians, and the ratio to the first contender.
func (f figures) table() string {
	var text strings.Builder
	fmt.Fprintf(&text, "| | %s | ratio [least, greatest] |\n|---|%s---|\n", strings.Join(f.names, " | "), strings.Repeat("---|", len(f.names)))
	for _, o := range operations {
		name := o.name
		switch name {
		case "Query":
			name += " of 100 items of 1 KB"
		default:
			name += ", 1 KB"
		}
		f.row(&text, name+": server CPU per request, µs", f.cpu[o.name])
	}
	f.row(&text, "start to first answer, ms", f.startup)
	f.row(&text, "memory when idle, MB", f.memory)
	return text.String()
}

// row writes each contender's median, and the last one's ratio to the first round by round.
func (f figures) row(text *strings.Builder, name string, values map[string][]float64) {
	fmt.Fprintf(text, "| %s |", name)
	for _, contender := range f.names {
		fmt.Fprintf(text, " %.1f |", median(values[contender]))
	}
	ratios := ratios(values[f.names[len(f.names)-1]], values[f.names[0]])
	fmt.Fprintf(text, " **%.2f** [%.2f, %.2f] |\n", median(ratios), slices.Min(ratios), slices.Max(ratios))
}

// ratios are those of measurements side by side.
func ratios(values, to []float64) []float64 {
	all := make([]float64, len(values))
	for i := range values {
		all[i] = values[i] / to[i]
	}
	return all
}

// median of values in any order; of an even number of them the mean of the middle two.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
