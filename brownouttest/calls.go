package brownouttest

import (
	"slices"

	"github.com/brownoutdev/brownout/journal"
)

// Calls are the AWS calls that have come in so far (the last 10,000), in the order in which they
// ended. With filters it is those that any of them lets through:
//
//	retried := srv.Calls(journal.Filter{Operation: "PutItem", Status: []journal.StatusRange{{From: 500, To: 599}}})
//
// A call is there before its caller has the whole answer.
func (s *Server) Calls(filters ...journal.Filter) []journal.Record {
	switch len(filters) {
	case 0:
		return s.journal.Calls(journal.Filter{})
	case 1:
		return s.journal.Calls(filters[0])
	}
	var calls []journal.Record
	for _, f := range filters {
		calls = append(calls, s.journal.Calls(f)...)
	}
	slices.SortFunc(calls, func(a, b journal.Record) int {
		return int(int64(a.Sequence) - int64(b.Sequence))
	})
	return slices.CompactFunc(calls, func(a, b journal.Record) bool { return a.Sequence == b.Sequence })
}
